import { CutoverError, formatInstant } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import type { Estimate } from '../estimate/estimate.ts'
import { decimal } from '../money/decimal.ts'
import { formatMoney, type Money, money, sumMoney } from '../money/money.ts'
import type { MissingUsage, UsageRow, Window } from '../usage/usage-row.ts'
import { knownTime } from './known-time.ts'

/** What something costs as it goes. */
export interface RunRate {
  readonly perHour: Money
  readonly perDay: Money
  /** 730 hours, as both providers' calculators have it. */
  readonly perMonth: Money
  /** By the bounds of what is not known exactly. */
  readonly lowPerDay: Money
  readonly highPerDay: Money
  /** The settled time that it is measured over, without what is missing, in milliseconds. */
  readonly overMs: number
  readonly from: number
  readonly to: number
  /** What is not in it: unpriced, missing. A rate with a hole is a lower bound. */
  readonly unpriced: readonly UsageRow[]
  readonly missing: readonly MissingUsage[]
}

const hourMs = 3_600_000

/**
 * What an estimate costs by the hour, the day and the month, over its settled time only: what is incomplete is in neither the
 * money nor the hours, and neither is a time of which something is missing. Idle hours count: pass the window when the first or
 * last hours had no usage at all.
 *
 * @throws CutoverError `COST_OPTION_INVALID` when there is no settled time: no data is no rate of zero.
 */
export function runRate(estimate: Estimate, window?: Window): RunRate {
  const { rows, incomplete, unpriced, missing } = estimate
  const from = window?.from ?? Math.min(...rows.map((row) => row.from))
  const until = window?.to ?? Math.max(...rows.map((row) => row.to))
  // What still grows ends the settled time.
  const to = Math.min(until, ...incomplete.map((row) => row.from))
  const known = from < to ? knownTime(estimate, { from, to }) : undefined
  if (!Number.isFinite(from) || !Number.isFinite(to) || !known || known.ms === 0) {
    throw new CutoverError<CostErrorCode>('COST_OPTION_INVALID', 'there is no settled usage to make a rate of', {
      next: 'Wait until the first hour is settled, and ask again.',
    })
  }
  const outside = rows.find((row) => row.from < from || row.to > to)
  if (outside) {
    throw new CutoverError<CostErrorCode>(
      'COST_OPTION_INVALID',
      `${outside.meter} has usage from ${formatInstant(outside.from)} until ${formatInstant(outside.to)}, outside the settled time until ${formatInstant(to)}`,
      { next: 'Estimate the settled window alone.' },
    )
  }
  const { currency } = estimate.mid
  const per = (which: 'low' | 'cost' | 'high', ms: number): Money => {
    const sum = decimal(
      sumMoney(
        known.rows.map((row) => row[which]),
        currency,
      ).amount,
    )
    return money(sum.times(decimal(ms)).dividedBy(decimal(known.ms)), currency)
  }
  return {
    perHour: per('cost', hourMs),
    perDay: per('cost', 24 * hourMs),
    perMonth: per('cost', 730 * hourMs),
    lowPerDay: per('low', 24 * hourMs),
    highPerDay: per('high', 24 * hourMs),
    overMs: known.ms,
    from,
    to,
    unpriced,
    missing,
  }
}

/** Both sides beside each other. */
export interface RunRateComparison {
  readonly source: RunRate
  readonly target: RunRate
  /** Target over source, 4 places; `undefined` when the source costs nothing. */
  readonly ratio: string | undefined
  /** Is the answer the same wherever between the bounds the truth is? */
  readonly isCertain: boolean
  readonly text: string
}

/**
 * Which side costs more, as both run now. Rates of different loads are no comparison: while the source still has some of the
 * traffic, compare the cost per request instead.
 *
 * @throws CutoverError `COST_CURRENCY_MIXED`
 */
export function compareRunRate(source: RunRate, target: RunRate): RunRateComparison {
  if (source.perDay.currency !== target.perDay.currency) {
    throw new CutoverError<CostErrorCode>(
      'COST_CURRENCY_MIXED',
      `the source is in ${source.perDay.currency}, the target in ${target.perDay.currency}`,
    )
  }
  const [before, after] = [decimal(source.perDay.amount), decimal(target.perDay.amount)]
  const ratio = before.isZero ? undefined : after.dividedBy(before, 4).toString()
  const cheaper = decimal(target.highPerDay.amount).compare(decimal(source.lowPerDay.amount)) < 0
  const dearer = decimal(target.lowPerDay.amount).compare(decimal(source.highPerDay.amount)) > 0
  const holes = [source, target].reduce((sum, { unpriced, missing }) => sum + unpriced.length + missing.length, 0)
  const isCertain = (cheaper || dearer) && holes === 0
  const than = after.compare(before) < 0 ? 'less' : 'more'
  const difference = after.compare(before) < 0 ? before.minus(after) : after.minus(before)
  const text = `source ${formatMoney(source.perDay)} a day, target ${formatMoney(target.perDay)} a day: ${formatMoney(money(difference, source.perDay.currency))} ${than}${isCertain ? '' : ', which is not certain'}${holes > 0 ? ` (${holes} unpriced or missing)` : ''}`
  return { source, target, ratio, isCertain, text }
}
