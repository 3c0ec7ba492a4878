import { knownOptions } from '@cutover/core'

import type { Bill } from '../bill/bill.ts'
import { dateText, dayMs } from '../bill/billed-days.ts'
import type { CostRow } from '../estimate/cost-row.ts'
import type { Estimate } from '../estimate/estimate.ts'
import { dayStart } from '../estimate/month.ts'
import { Decimal, decimal } from '../money/decimal.ts'
import { type Money, minusMoney, money, sumMoney } from '../money/money.ts'
import type { Cloud } from '../usage/usage-row.ts'

/** One meter on one side: what we said and what the provider says, over the days that both have in full. */
export interface Reconciled {
  readonly cloud: Cloud
  readonly account: string
  readonly meter: string
  readonly days: number
  readonly estimated: Money
  readonly billed: Money
  /** Billed less estimated. */
  readonly difference: Money
  /** Is the bill between the estimate's bounds? */
  readonly isWithin: boolean
  /** Billed over estimated, rounded at 6 places: times an estimate, it corrects it. `undefined` where nothing was estimated. */
  readonly factor: string | undefined
}

/** What can be said of an estimate with the bill beside it. Nothing that is only on one side is taken for zero. */
export interface Reconciliation {
  readonly meters: readonly Reconciled[]
  /** On the bill, and not in the estimate: what we do not see. */
  readonly onlyBilled: readonly CostRow[]
  /** In the estimate, and not on the bill of a day that is there: perhaps free, perhaps not yet there. */
  readonly onlyEstimated: readonly CostRow[]
  /** Days left out, since one side does not have them in full: `2026-11-20: the bill is incomplete`. */
  readonly leftOut: readonly string[]
  readonly text: string
}

/**
 * Compares an estimate with a bill, by day (UTC) and meter, and learns what to multiply the next estimate by.
 *
 * Only days count that are over and settled on both sides. A bill has no bounds; an estimate of shared accounts has wide ones.
 */
export function reconcile(
  estimated: Pick<Estimate, 'rows' | 'incomplete' | 'unpriced' | 'missing'>,
  billed: Bill,
  options: { readonly meters?: readonly string[] | undefined } = {},
): Reconciliation {
  knownOptions(options, ['meters'], 'COST_OPTION_INVALID', 'reconcile')
  const { meters: only } = options
  const leftOut = daysLeftOut(estimated, billed)
  const counts = (row: CostRow): boolean =>
    !leftOut.has(dayStart(row.from)) && (only === undefined || only.includes(row.meter))
  const [ours, theirs] = [estimated.rows.filter(counts), billed.rows.filter(counts)]
  const [byOurs, byTheirs] = [grouped(ours), grouped(theirs)]
  const both = [...byOurs].flatMap(([key, rows]) => {
    const other = byTheirs.get(key)
    return other ? [reconciled(rows, other)] : []
  })
  const onlyBilled = theirs.filter((row) => !byOurs.has(keyOf(row)) && !decimal(row.cost.amount).isZero)
  const onlyEstimated = ours.filter((row) => !byTheirs.has(keyOf(row)))
  return {
    meters: both,
    onlyBilled,
    onlyEstimated,
    leftOut: [...leftOut].toSorted(([one], [other]) => one - other).map(([day, why]) => `${dateText(day)}: ${why}`),
    text: textOf(both, onlyBilled, leftOut.size),
  }
}

function daysLeftOut(
  { rows, incomplete, unpriced, missing }: Pick<Estimate, 'rows' | 'incomplete' | 'unpriced' | 'missing'>,
  bill: Bill,
): ReadonlyMap<number, string> {
  const leftOut = new Map<number, string>()
  const add = (spans: readonly { readonly from: number; readonly to: number }[], why: string): void => {
    for (const { from, to } of spans) {
      for (let day = dayStart(from); day < to; day += dayMs) if (!leftOut.has(day)) leftOut.set(day, why)
    }
  }
  add(bill.incomplete, 'the bill is incomplete')
  add(bill.missing, 'the bill is missing')
  add(incomplete, 'the usage is incomplete')
  add(unpriced, 'some of the usage has no price')
  add(missing, 'some of the usage is missing')
  const billedDays = new Set(bill.rows.map(({ from }) => dayStart(from)))
  add(
    rows.filter(({ from }) => !billedDays.has(dayStart(from))),
    'the bill does not have it',
  )
  return leftOut
}

const keyOf = ({ cloud, account, meter }: CostRow): string => `${cloud} ${account} ${meter}`

function grouped(rows: readonly CostRow[]): ReadonlyMap<string, readonly CostRow[]> {
  const groups = new Map<string, CostRow[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

function reconciled(ours: readonly CostRow[], theirs: readonly CostRow[]): Reconciled {
  const { cloud, account, meter } = ours[0] as CostRow
  const estimated = sumMoney(ours.map(({ cost }) => cost))
  const billed = sumMoney(theirs.map(({ cost }) => cost))
  const difference = minusMoney(billed, estimated)
  const [low, high] = [sumMoney(ours.map((row) => row.low)), sumMoney(ours.map((row) => row.high))]
  const amount = decimal(billed.amount)
  const guess = decimal(estimated.amount)
  return {
    cloud,
    account,
    meter,
    days: new Set(theirs.map(({ from }) => dayStart(from))).size,
    estimated,
    billed,
    difference,
    isWithin: amount.compare(decimal(low.amount)) >= 0 && amount.compare(decimal(high.amount)) <= 0,
    factor: guess.isZero ? undefined : amount.dividedBy(guess, 6).toString(),
  }
}

/** An estimate's rows, corrected by what their meters were wrong by; meters without a factor stay as they are. */
export function corrected(rows: readonly CostRow[], { meters }: Pick<Reconciliation, 'meters'>): readonly CostRow[] {
  const factors = new Map(meters.map((one) => [`${one.cloud} ${one.account} ${one.meter}`, one.factor]))
  return rows.map((row) => {
    const factor = factors.get(keyOf(row))
    if (factor === undefined) return row
    const times = ({ amount, currency }: Money): Money => money(decimal(amount).times(decimal(factor)), currency)
    return { ...row, cost: times(row.cost), low: times(row.low), high: times(row.high) }
  })
}

function textOf(both: readonly Reconciled[], onlyBilled: readonly CostRow[], leftOut: number): string {
  const outside = both.filter(({ isWithin }) => !isWithin).length
  const unseen = onlyBilled.reduce((sum, { cost }) => sum.plus(decimal(cost.amount)), Decimal.zero)
  const parts = [
    both.length === 0
      ? 'no meter has both an estimate and a bill'
      : `${both.length - outside} of ${both.length} meters are billed within the estimate`,
    ...(onlyBilled.length > 0
      ? [`${unseen.toFixed(2)} ${onlyBilled[0]?.cost.currency ?? ''} were billed that we did not see`]
      : []),
    ...(leftOut > 0 ? [`${leftOut} days left out`] : []),
  ]
  return parts.join('; ')
}
