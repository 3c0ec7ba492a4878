import type { FakeWorld } from '@cutover/core/testing'

import type { CostAndUsage, CostAndUsageInput, CostExplorerLike, CostFilter } from '../aws/cost-explorer-like.ts'
import { dateText, dayMs } from '../bill/billed-days.ts'
import { decimal } from '../money/decimal.ts'
import { type Money, money } from '../money/money.ts'
import type { BillingMachine, ShownCharge } from './billing-machine.ts'
import { aborted, awsError } from './service-errors.ts'

export interface InMemoryCostExplorerOptions {
  readonly machine: BillingMachine
  /** Groups in one page. @default 5_000 */
  readonly pageSize?: number | undefined
  /** Requests in one second of the world's clock, then it throttles. @default 5 */
  readonly mostPerSecond?: number | undefined
}

/** Cost Explorer at the level of the SDK's client, over the machine; as strict, and as expensive. */
export interface InMemoryCostExplorer {
  readonly client: CostExplorerLike
  readonly requests: readonly CostAndUsageInput[]
  /** 0.01 USD for each request that was answered. */
  readonly charged: Money
}

export function inMemoryCostExplorer(world: FakeWorld, options: InMemoryCostExplorerOptions): InMemoryCostExplorer {
  const { machine, pageSize = 5_000, mostPerSecond = 5 } = options
  const requests: CostAndUsageInput[] = []
  const answeredAt: number[] = []
  return {
    client: {
      async getCostAndUsage(input, { abortSignal: signal } = {}) {
        if (signal?.aborted) throw aborted()
        return world.call('ce.getCostAndUsage', { signal }, () => {
          const now = world.clock.monotonic()
          if (answeredAt.filter((at) => now - at < 1_000).length >= mostPerSecond) {
            throw awsError('LimitExceededException', 'Rate exceeded for the limit on GetCostAndUsage.', 429)
          }
          validate(input)
          answeredAt.push(now)
          requests.push(structuredClone(input))
          return answerTo(input, machine, pageSize)
        })
      },
    },
    get requests() {
      return [...requests]
    },
    get charged() {
      return money(decimal('0.01').times(decimal(requests.length)), 'USD')
    },
  }
}

function validate({
  TimePeriod: { Start: start, End: end },
  Metrics: metrics,
  GroupBy: groupBy,
}: CostAndUsageInput): void {
  const date = /^\d{4}-\d{2}-\d{2}$/
  if (!date.test(start) || !date.test(end) || start >= end) {
    throw awsError('ValidationException', 'Start date (and hour) should be before end date (and hour)')
  }
  if (metrics.length === 0) throw awsError('ValidationException', 'Metrics is a required parameter')
  if (groupBy.length > 2) throw awsError('ValidationException', 'GroupBy has more than 2 items')
}

function answerTo(input: CostAndUsageInput, machine: BillingMachine, pageSize: number): CostAndUsage {
  const { Start: start, End: end } = input.TimePeriod
  const shown = machine
    .charges()
    .filter(({ day }) => day >= start && day < end)
    .filter((charge) => fits(charge, input.Filter))
  const groups = new Map<string, { day: string; keys: readonly string[]; charges: ShownCharge[] }>()
  for (const charge of shown) {
    const keys = input.GroupBy.map(({ Key: key }) => (key === 'SERVICE' ? charge.service : charge.meter))
    const id = JSON.stringify([charge.day, ...keys])
    const group = groups.get(id) ?? { day: charge.day, keys, charges: [] }
    group.charges.push(charge)
    groups.set(id, group)
  }
  const sorted = [...groups.values()].toSorted((one, other) => (one.day < other.day ? -1 : 1))
  const from = Number(input.NextPageToken ?? '0')
  const page = sorted.slice(from, from + pageSize)
  // Every day that was asked for is there, with or without groups, unless it is in the future.
  const days: string[] = []
  for (let at = startOf(start); dateText(at) < end; at += dayMs) {
    if (at <= machine.now()) days.push(dateText(at))
  }
  return {
    ResultsByTime: days.map((day) => ({
      TimePeriod: { Start: day, End: dateText(startOf(day) + dayMs) },
      Groups: page.filter((group) => group.day === day).map(groupOf),
      Estimated: !machine.isInvoiced(startOf(day)),
    })),
    ...(from + pageSize < sorted.length ? { NextPageToken: String(from + pageSize) } : {}),
  }
}

function groupOf({ keys, charges }: { readonly keys: readonly string[]; readonly charges: readonly ShownCharge[] }) {
  const sum = (field: 'cost' | 'quantity'): string =>
    charges.reduce((total, charge) => total.plus(decimal(charge[field])), decimal(0)).toString()
  return {
    Keys: [...keys],
    Metrics: {
      UnblendedCost: { Amount: sum('cost'), Unit: charges[0]?.currency ?? 'USD' },
      UsageQuantity: { Amount: sum('quantity'), Unit: 'N/A' },
    },
  }
}

function fits(charge: ShownCharge, filter: CostFilter | undefined): boolean {
  if (!filter) return true
  const { And: all, Tags: tags, Dimensions: by } = filter
  if (all && !all.every((one) => fits(charge, one))) return false
  if (by?.Key === 'RECORD_TYPE' && !by.Values.includes(charge.type)) return false
  return tags === undefined || tags.Values.includes(charge.tags[tags.Key] ?? '')
}

// oxlint-disable-next-line no-restricted-globals -- reads a date, no clock
const startOf = (date: string): number => Date.parse(`${date}T00:00:00Z`)
