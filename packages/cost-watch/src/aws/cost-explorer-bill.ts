import { type Clock, CutoverError, knownOptions, systemClock } from '@cutover/core'

import type { Bill, BillSource } from '../bill/bill.ts'
import { dateText, dayMs, daysOf, sortedBill } from '../bill/billed-days.ts'
import type { CostErrorCode } from '../cost-error-code.ts'
import { checkedClient, checkedMs, checkedTexts, checkedWindow, invalid } from '../cost-options.ts'
import type { CostRow } from '../estimate/cost-row.ts'
import { decimal } from '../money/decimal.ts'
import { minusMoney, money } from '../money/money.ts'
import type { ReadOptions, Tag, Window } from '../usage/usage-row.ts'
import { asked } from './aws-error.ts'
import { abortable } from './cloudwatch-like.ts'
import type { CostAndUsage, CostExplorerLike, CostFilter } from './cost-explorer-like.ts'
import type { RequestBudget } from './request-budget.ts'
import { usageTypeOf } from './usage-type.ts'

export interface CostExplorerBillOptions {
  readonly client: CostExplorerLike
  /** 0.01 USD for each request, and each page is one: what it may cost altogether. Build the client with `maxAttempts: 1`. */
  readonly budget: RequestBudget
  /** The account whose bill it is. */
  readonly account: string
  /** Only what bears this cost allocation tag: the resources of this migration. @default all of the account */
  readonly tag?: Tag | undefined
  /** Until when a day may still grow after its end. @default 48 hours: data are up to 24 hours late, and then corrected */
  readonly settleMs?: number | undefined
  /** `'final'`: only days that AWS does not call estimated, which is after the month's invoice. @default 'settled' */
  readonly trust?: 'settled' | 'final' | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const known = ['client', 'budget', 'account', 'tag', 'settleMs', 'trust', 'clock']
const pricePerRequest = money('0.01', 'USD')
const metrics = ['UnblendedCost', 'UsageQuantity']
const usageTypes = ['Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage']

/**
 * The bill of one account by day, service and usage type, as Cost Explorer has it: its usage, without tax, credits and refunds.
 *
 * @throws CutoverError `COST_OPTION_INVALID` at once; reading `COST_BUDGET_SPENT` before a request is sent, `COST_BILL_INVALID`,
 * `COST_NOT_AUTHORIZED`, `COST_THROTTLED`, `COST_UNAVAILABLE`.
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
 */
export function costExplorerBill(options: CostExplorerBillOptions): BillSource {
  knownOptions(options, known, 'COST_OPTION_INVALID', 'costExplorerBill')
  const { client, budget, account, tag, settleMs = 2 * dayMs, trust = 'settled', clock = systemClock } = options
  checkedClient(client, ['getCostAndUsage'], 'costExplorerBill', "new CostExplorer({ region: 'us-east-1' })")
  checkedTexts({ account }, 'costExplorerBill')
  checkedMs({ settleMs }, 'costExplorerBill')
  if (trust !== 'settled' && trust !== 'final') throw invalid(`costExplorerBill: trust is ${JSON.stringify(trust)}`)
  if (tag && (tag.key === '' || tag.values.length === 0)) throw invalid('costExplorerBill: tag has no key or no values')
  const filter: CostFilter = {
    And: [
      { Dimensions: { Key: 'LINKED_ACCOUNT', Values: [account] } },
      // A credit would make it look free, and tax is no usage.
      { Dimensions: { Key: 'RECORD_TYPE', Values: usageTypes } },
      ...(tag ? [{ Tags: { Key: tag.key, Values: [...tag.values] } }] : []),
    ],
  }

  return {
    cloud: 'aws',
    settleMs,
    async bill(window: Window, { signal }: ReadOptions = {}): Promise<Bill> {
      checkedWindow(window, 'costExplorerBill')
      const days = daysOf(window)
      const period = { Start: dateText(days[0] ?? 0), End: dateText((days.at(-1) ?? 0) + dayMs) }
      const now = clock.now()
      const spentBefore = budget.spent
      const rows: CostRow[] = []
      const answered = new Set<number>()
      const attempt = { what: `read the bill of ${account}`, action: 'ce:GetCostAndUsage' }
      for (let token: string | undefined, page = 0; page === 0 || token !== undefined; page++) {
        signal?.throwIfAborted()
        budget.take(pricePerRequest)
        const input = {
          TimePeriod: period,
          Granularity: 'DAILY' as const,
          Metrics: metrics,
          GroupBy: [
            { Type: 'DIMENSION' as const, Key: 'SERVICE' },
            { Type: 'DIMENSION' as const, Key: 'USAGE_TYPE' },
          ],
          Filter: filter,
        }
        const more = token === undefined ? input : { ...input, NextPageToken: token }
        const answer = await asked(attempt, signal, () => client.getCostAndUsage(more, abortable(signal)))
        for (const result of answer.ResultsByTime ?? []) {
          const day = dayOf(result, days)
          const complete = day + dayMs + settleMs <= now && (trust === 'settled' || result.Estimated === false)
          answered.add(day)
          rows.push(...rowsOf(result, { day, account, complete }))
        }
        token = answer.NextPageToken === '' ? undefined : answer.NextPageToken
      }
      return sortedBill('aws', window, { rows, days: answered, asked: minusMoney(budget.spent, spentBefore) })
    },
  }
}

type Result = NonNullable<CostAndUsage['ResultsByTime']>[number]

function dayOf({ TimePeriod: { Start: start = '' } = {} }: Result, days: readonly number[]): number {
  const day = days.find((one) => dateText(one) === start)
  if (day !== undefined) return day
  throw billInvalid(`Cost Explorer answered for ${start || 'no day'}, which was not asked for`)
}

function rowsOf(
  { Groups: groups = [] }: Result,
  { day, account, complete }: { readonly day: number; readonly account: string; readonly complete: boolean },
): readonly CostRow[] {
  return groups.map(({ Keys: [service = '', usageType = ''] = [], Metrics: of = {} }): CostRow => {
    const { UnblendedCost: amount, UsageQuantity: quantity } = of
    const text = `${service} ${usageType} on ${dateText(day)}`
    if (amount?.Amount === undefined || amount.Unit === undefined) throw billInvalid(`${text} has no cost`)
    const cost = money(decimal(amount.Amount, text), amount.Unit)
    const { region, meter } = usageTypeOf(usageType, { service })
    return {
      cloud: 'aws',
      account,
      region,
      service,
      resourceId: '',
      // What we do not know is on the bill all the same, under the provider's name.
      meter: meter?.id ?? `${service}: ${usageType}`,
      from: day,
      to: day + dayMs,
      quantity: decimal(quantity?.Amount ?? '0').toString(),
      unit: meter?.unit ?? quantity?.Unit ?? '',
      listUnitPrice: undefined,
      cost,
      low: cost,
      high: cost,
      complete,
      estimated: false,
    }
  })
}

const billInvalid = (text: string): CutoverError<CostErrorCode> => new CutoverError('COST_BILL_INVALID', text)
