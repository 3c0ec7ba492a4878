import { CutoverError, knownOptions } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { decimal } from '../money/decimal.ts'
import { compareMoney, formatMoney, minusMoney, type Money, money, timesMoney } from '../money/money.ts'
import type { RunRate } from './run-rate.ts'

const dayMs = 86_400_000

export interface DoubleRunningOptions {
  /** What the source costs as long as it is kept ready; nothing of it is needed for the target. */
  readonly source: RunRate
  /** Epoch milliseconds: when the names and the consumers moved. */
  readonly switchedAt: number
  /** Epoch milliseconds: when the way back is given up. */
  readonly until: number
}

/** What keeping the source costs. */
export interface DoubleRunning {
  readonly days: number
  readonly total: Money
  readonly low: Money
  readonly high: Money
  /** Day 1, 2, … of the window: what it costs, and what all until its end have cost. */
  readonly byDay: readonly { readonly day: number; readonly cost: Money; readonly soFar: Money }[]
  /** At a moment: which day of the window it is, and what one more day costs. */
  at(now: number): { readonly day: number; readonly spent: Money; readonly left: Money; readonly text: string }
}

/**
 * What keeping the source beside the target costs until the way back is given up: day N of the window costs X.
 *
 * It is the source's present rate, so measure it after the switch, when the source is idle: what it costs then is what keeping
 * it costs (provisioned concurrency, storage, always-ready instances), not what it cost with traffic.
 *
 * @throws CutoverError `COST_OPTION_INVALID`
 */
export function doubleRunning(options: DoubleRunningOptions): DoubleRunning {
  knownOptions(options, ['source', 'switchedAt', 'until'], 'COST_OPTION_INVALID', 'doubleRunning')
  const { source, switchedAt, until } = options
  if (!(Number.isFinite(switchedAt) && Number.isFinite(until) && until > switchedAt)) {
    throw invalid(
      `doubleRunning: the window is from ${switchedAt} until ${until}; wanted epoch milliseconds that increase`,
    )
  }
  const lengthMs = until - switchedAt
  const during = (rate: Money, ms: number): Money => timesMoney(rate, ms, dayMs)
  const count = Math.ceil(lengthMs / dayMs)
  const byDay = Array.from({ length: count }, (_, at) => {
    const end = Math.min((at + 1) * dayMs, lengthMs)
    return { day: at + 1, cost: during(source.perDay, end - at * dayMs), soFar: during(source.perDay, end) }
  })
  const total = during(source.perDay, lengthMs)
  return {
    days: count,
    total,
    low: during(source.lowPerDay, lengthMs),
    high: during(source.highPerDay, lengthMs),
    byDay,
    at(now) {
      const passedMs = Math.min(Math.max(now - switchedAt, 0), lengthMs)
      const day = Math.min(Math.floor(passedMs / dayMs) + 1, count)
      const spent = during(source.perDay, passedMs)
      const left = minusMoney(total, spent)
      const holes = source.unpriced.length + source.missing.length
      const text = `day ${day} of ${count}: keeping the source costs ${formatMoney(source.perDay)} a day, ${formatMoney(spent)} so far, ${formatMoney(left)} until the window ends${holes > 0 ? `; without ${holes} unpriced or missing` : ''}`
      return { day, spent, left, text }
    },
  }
}

export interface DecommissionOptions {
  /** What the source costs now, resource by resource: the rows of an estimate, and the time they are of. */
  readonly source: RunRate
  /** What deleting it costs once: the last copies, an export. @default nothing */
  readonly once?: Money | undefined
  /** What must stay: logs, a bucket that is kept. */
  readonly stays?: RunRate | undefined
}

export interface DecommissionSavings {
  readonly perDay: Money
  readonly perMonth: Money
  /** 365 days, less what it costs once. */
  readonly firstYear: Money
  /** After so many days it has paid for itself, rounded up; `undefined` when it never does. */
  readonly paidBackAfterDays: number | undefined
  readonly text: string
}

/** What is saved by ending the source. @throws CutoverError `COST_CURRENCY_MIXED`, `COST_OPTION_INVALID` */
export function decommissionSavings(options: DecommissionOptions): DecommissionSavings {
  knownOptions(options, ['source', 'once', 'stays'], 'COST_OPTION_INVALID', 'decommissionSavings')
  const { source, stays } = options
  const { currency } = source.perDay
  const once = options.once ?? money(0, currency)
  const kept = stays ?? { perDay: money(0, currency), perMonth: money(0, currency) }
  const perDay = minusMoney(source.perDay, kept.perDay)
  const perMonth = minusMoney(source.perMonth, kept.perMonth)
  const firstYear = minusMoney(timesMoney(perDay, 365), once)
  const saves = compareMoney(perDay, money(0, currency)) > 0
  const days = saves ? Math.ceil(decimal(once.amount).dividedBy(decimal(perDay.amount), 6).toNumber()) : undefined
  const holes = source.unpriced.length + source.missing.length
  const text = `${formatMoney(perDay)} a day, ${formatMoney(perMonth)} a month${holes > 0 ? `, and ${holes} unpriced or missing on top` : ''}`
  return { perDay, perMonth, firstYear, paidBackAfterDays: days, text }
}

const invalid = (text: string): CutoverError<CostErrorCode> => new CutoverError('COST_OPTION_INVALID', text)
