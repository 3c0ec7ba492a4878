import { type Clock, CutoverError, type Duration, durationMs, knownOptions, systemClock } from '@cutover/core'

import type { Bill, BillSource } from '../bill/bill.ts'
import { dateText, dayMs, daysOf, sortedBill } from '../bill/billed-days.ts'
import type { CostErrorCode } from '../cost-error-code.ts'
import { checkedClient, checkedFetch, checkedMs, checkedTexts, checkedWindow, invalid } from '../cost-options.ts'
import type { CostRow } from '../estimate/cost-row.ts'
import { decimal } from '../money/decimal.ts'
import { money } from '../money/money.ts'
import { meters } from '../prices/meter.ts'
import { subscriptionOf } from '../usage/functions-rows.ts'
import type { ReadOptions, Tag, Window } from '../usage/usage-row.ts'
import type { ArmOptions } from './arm-like.ts'
import { costQuery, type CostQuery, type QueryRow } from './cost-query.ts'
import { textOf } from './exact-json.ts'

export interface AzureCostBillOptions extends ArmOptions {
  /** `/subscriptions/<id>`, or a resource group below it. */
  readonly scope: string
  /** Only what bears this tag: the resources of this migration. @default all of the scope */
  readonly tag?: Tag | undefined
  /** Who asks: gives these requests a quota of their own. @default 'cutover-cost-watch' */
  readonly clientType?: string | undefined
  /** How long to wait altogether when throttled. @default '2m' */
  readonly patience?: Duration | undefined
  /** Until when a day may still grow after its end. @default 48 hours */
  readonly settleMs?: number | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const known = ['credential', 'fetch', 'endpoint', 'scope', 'tag', 'clientType', 'patience', 'settleMs', 'clock']
/** The service shortens a daily query that is longer, without a word. */
const mostDays = 31
/** Older ones it refuses; 37 months of at least 28 days. */
const oldestMs = 37 * 28 * dayMs
const byName = new Map([...meters.values()].flatMap((meter) => (meter.azure ? [[meter.azure.meterName, meter]] : [])))

/**
 * The bill of a scope by day, resource and meter, as Cost Management has it: its usage, renewed every four hours.
 *
 * The service edits what it does not like, and answers something else: dates in the future, swapped dates, more than 31 days.
 * So they are refused or split here, and an answer for a day that was not asked for is refused, too.
 *
 * @throws CutoverError `COST_OPTION_INVALID`; reading `COST_BILL_INVALID`, `COST_NOT_AUTHORIZED`, `COST_THROTTLED`, `COST_UNAVAILABLE`.
 * @see https://learn.microsoft.com/rest/api/cost-management/query/usage
 */
export function azureCostBill(options: AzureCostBillOptions): BillSource {
  knownOptions(options, known, 'COST_OPTION_INVALID', 'azureCostBill')
  const { credential, fetch, endpoint, scope, tag, clientType = 'cutover-cost-watch', patience = '2m' } = options
  const { settleMs = 2 * dayMs, clock = systemClock } = options
  checkedClient(credential, ['getToken'], 'azureCostBill', 'new DefaultAzureCredential()')
  checkedFetch(fetch, 'azureCostBill')
  checkedTexts({ scope, clientType }, 'azureCostBill')
  checkedMs({ settleMs }, 'azureCostBill')
  if (!/^\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?$/i.test(scope)) {
    throw invalid(`azureCostBill: scope is ${scope}; wanted /subscriptions/<id>, or a resource group of one`)
  }
  if (tag && (tag.key === '' || tag.values.length === 0)) throw invalid('azureCostBill: tag has no key or no values')
  const patienceMs = durationMs(patience, 'patience')
  const parts = { arm: { credential, fetch, endpoint }, scope, clientType, patienceMs, clock }

  return {
    cloud: 'azure',
    settleMs,
    async bill(window: Window, { signal }: ReadOptions = {}): Promise<Bill> {
      checkedWindow(window, 'azureCostBill')
      const now = clock.now()
      const days = daysOf(window)
      if ((days.at(-1) ?? 0) > now) {
        throw invalid(
          `azureCostBill: ${dateText(days.at(-1) ?? 0)} is in the future: the service would answer another year`,
        )
      }
      if ((days[0] ?? 0) < now - oldestMs) {
        throw invalid(`azureCostBill: ${dateText(days[0] ?? 0)} is longer ago than the service remembers`)
      }
      const rows: CostRow[] = []
      const answered = new Set<number>()
      for (let start = 0; start < days.length; start += mostDays) {
        const chunk = days.slice(start, start + mostDays)
        for (const row of await costQuery(parts, queryOf(chunk, tag), signal)) {
          const day = dayOf(row, chunk)
          answered.add(day)
          rows.push(rowOf(row, { day, account: subscriptionOf(scope), complete: day + dayMs + settleMs <= now }))
        }
      }
      return sortedBill('azure', window, { rows, days: answered, asked: money(0, rows[0]?.cost.currency ?? 'USD') })
    },
  }
}

/** Both ends belong to it. Two groupings and two sums are the most. */
function queryOf(days: readonly number[], tag: AzureCostBillOptions['tag']): CostQuery {
  // A purchase or a refund is no usage.
  const usage = { dimensions: { name: 'ChargeType', operator: 'In', values: ['Usage'] } }
  const tags = tag && { tags: { name: tag.key, operator: 'In', values: [...tag.values] } }
  return {
    type: 'ActualCost',
    timeframe: 'Custom',
    timePeriod: {
      from: `${dateText(days[0] ?? 0)}T00:00:00+00:00`,
      to: `${dateText(days.at(-1) ?? 0)}T23:59:59+00:00`,
    },
    dataset: {
      granularity: 'Daily',
      aggregation: {
        totalCost: { name: 'Cost', function: 'Sum' },
        quantity: { name: 'UsageQuantity', function: 'Sum' },
      },
      grouping: [
        { type: 'Dimension', name: 'ResourceId' },
        { type: 'Dimension', name: 'Meter' },
      ],
      filter: tags ? { and: [usage, tags] } : usage,
    },
  }
}

/** `UsageDate` is a number: 20261119. */
function dayOf({ UsageDate: date }: QueryRow, days: readonly number[]): number {
  const day = days.find((one) => dateText(one).replaceAll('-', '') === textOf(date))
  if (day !== undefined) return day
  throw billInvalid(`Cost Management answered for ${textOf(date)}, which was not asked for: it has changed the dates`)
}

function rowOf(
  row: QueryRow,
  { day, account, complete }: { readonly day: number; readonly account: string; readonly complete: boolean },
): CostRow {
  const resourceId = textOf(row['ResourceId'])
  const meterName = textOf(row['Meter'])
  const currency = textOf(row['Currency'])
  const amount = row['Cost'] ?? row['totalCost']
  if (amount === undefined || amount === null || currency === '') {
    throw billInvalid(`${meterName} of ${resourceId} on ${dateText(day)} has no cost or no currency`)
  }
  const cost = money(decimal(textOf(amount), meterName), currency)
  const meter = byName.get(meterName)
  return {
    cloud: 'azure',
    account: subscriptionOf(resourceId) || account,
    region: '',
    service: meter?.service ?? 'Azure',
    resourceId,
    meter: meter?.id ?? `Azure: ${meterName}`,
    from: day,
    to: day + dayMs,
    quantity: decimal(textOf(row['UsageQuantity'] ?? row['quantity']) || '0').toString(),
    // In whatever the price service sells it by: 10 executions, 10,000 requests.
    unit: 'as billed',
    listUnitPrice: undefined,
    cost,
    low: cost,
    high: cost,
    complete,
    estimated: false,
  }
}

const billInvalid = (message: string): CutoverError<CostErrorCode> => new CutoverError('COST_BILL_INVALID', message)
