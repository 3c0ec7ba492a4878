import { CutoverError, knownOptions } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { Decimal } from '../money/decimal.ts'
import { type Money, money } from '../money/money.ts'
import { meters } from '../prices/meter.ts'
import type { PriceBook } from '../prices/price-book.ts'
import type { MissingUsage, Usage, UsageRow } from '../usage/usage-row.ts'
import { checkedRow } from './checked-row.ts'
import type { CostRow } from './cost-row.ts'
import { type Amounts, MonthToDate } from './month-to-date.ts'

export interface EstimateOptions {
  readonly prices: PriceBook
  /**
   * `'shared'`: others use the same accounts, so nobody here knows what is left of free grants and cheaper tiers: `low` and
   * `high` are the bounds, and `mid` is without any grant, at the first tier's price. `'complete'`: the rows, with those of
   * `before`, are all that the accounts used in their calendar months (UTC), and the sum is exact.
   *
   * @default 'shared'
   */
  readonly accounts?: 'shared' | 'complete' | undefined
  /** What the accounts had used before in the same months: it uses up grants and tiers, and is not part of the sum. */
  readonly before?: readonly UsageRow[] | undefined
}

/** What usage costs. Only `rows` are in the sums: what is unpriced, incomplete or missing is listed, and never counts as zero. */
export interface Estimate {
  readonly low: Money
  readonly mid: Money
  readonly high: Money
  readonly rows: readonly CostRow[]
  /** Of meters that the price book does not have. */
  readonly unpriced: readonly UsageRow[]
  /** Priced so far, and still growing: in no sum. */
  readonly incomplete: readonly CostRow[]
  /** Handed on from the source. */
  readonly missing: readonly MissingUsage[]
}

/**
 * Prices usage, exactly: no rounding, except of quotients in the usage itself.
 *
 * Free grants are given in the order of time, rows of one time in the order given. Tiers are counted per account, region, meter
 * and calendar month in UTC, after the grant.
 *
 * @throws CutoverError `COST_OPTION_INVALID`; `COST_USAGE_INVALID` naming the row that cannot be meant.
 */
export function estimate(usage: Usage | readonly UsageRow[], options: EstimateOptions): Estimate {
  knownOptions(options, ['prices', 'accounts', 'before'], 'COST_OPTION_INVALID', 'estimate')
  const { prices, accounts = 'shared', before = [] } = options
  if (accounts !== 'shared' && accounts !== 'complete') {
    throw invalid(`accounts is ${JSON.stringify(accounts)}; wanted 'shared' or 'complete'`)
  }
  if (accounts === 'shared' && before.length > 0) {
    throw invalid("before is given, but the accounts are 'shared': nobody knows then what others use")
  }
  const { rows: all, missing } = isList(usage) ? { rows: usage, missing: [] } : usage
  const monthToDate = new MonthToDate(prices, accounts)
  for (const row of inTime(before)) monthToDate.price(row)

  const [rows, incomplete, unpriced]: [CostRow[], CostRow[], UsageRow[]] = [[], [], []]
  let [low, mid, high] = [Decimal.zero, Decimal.zero, Decimal.zero]
  for (const row of inTime(all)) {
    const cost = monthToDate.price(row)
    if (cost === undefined) unpriced.push(row)
    else if (!row.complete) incomplete.push(costRow(row, cost, prices))
    else {
      rows.push(costRow(row, cost, prices))
      low = low.plus(cost.low)
      mid = mid.plus(cost.mid)
      high = high.plus(cost.high)
    }
  }
  const { currency } = prices
  return {
    low: money(low, currency),
    mid: money(mid, currency),
    high: money(high, currency),
    rows,
    unpriced,
    incomplete,
    missing,
  }
}

/** Checked, the earliest first; in the given order within one time. */
function inTime(rows: readonly UsageRow[]): readonly UsageRow[] {
  rows.forEach(checkedRow)
  const isSorted = rows.every((row, at) => at === 0 || (rows[at - 1]?.from ?? 0) <= row.from)
  return isSorted ? rows : rows.toSorted((one, other) => one.from - other.from)
}

function costRow(
  row: UsageRow,
  { low, mid, high, quantity, listPrice, skuId }: Amounts,
  { currency }: PriceBook,
): CostRow {
  const { cloud, account, region, resourceId, meter, from, to, complete, tags } = row
  const known = meters.get(meter)
  const cost = { amount: mid.toString(), currency }
  const exact = low.compare(high) === 0
  return {
    cloud,
    account,
    region,
    service: known?.service ?? meter.split('/')[0] ?? meter,
    resourceId,
    meter,
    from,
    to,
    quantity: quantity.toString(),
    unit: known?.unit ?? 'Units',
    cost,
    low: exact ? cost : { amount: low.toString(), currency },
    high: exact ? cost : { amount: high.toString(), currency },
    listUnitPrice: listPrice.toString(),
    skuId,
    complete,
    estimated: true,
    tags,
  }
}

const isList = (usage: Usage | readonly UsageRow[]): usage is readonly UsageRow[] => Array.isArray(usage)

const invalid = (text: string): CutoverError<CostErrorCode> =>
  new CutoverError('COST_OPTION_INVALID', `estimate: ${text}`)
