import { knownOptions } from '@cutover/core'

import type { SpendPoint } from './spend-point.ts'
import { refuse } from './watch-error.ts'

export interface Budget {
  /** How much may be spent in the period, in the currency of the prices. */
  readonly amount: number
  /** @default 30 */
  readonly days?: number | undefined
}

export interface Burn {
  /** `fast` asks for a person now, `slow` for a look today. */
  readonly pace: 'fast' | 'middle' | 'slow'
  /** How many times as fast as the budget allows; both windows are at least `limit`. */
  readonly long: number
  readonly short: number
  readonly limit: number
  readonly longMs: number
  readonly shortMs: number
}

const hourMs = 3_600_000

/** @see The Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts": of 30 days 2 % in 1 h, 5 % in 6 h, 10 % in 3 days. */
const windows: readonly {
  readonly pace: Burn['pace']
  readonly limit: number
  readonly longMs: number
  readonly shortMs: number
}[] = [
  { pace: 'fast', limit: 14.4, longMs: hourMs, shortMs: hourMs / 12 },
  { pace: 'middle', limit: 6, longMs: 6 * hourMs, shortMs: hourMs / 2 },
  { pace: 'slow', limit: 1, longMs: 72 * hourMs, shortMs: 6 * hourMs },
]

export interface BurnRateOptions {
  readonly slotMs: number
  readonly budget: Budget
  /** Epoch milliseconds: the end of the newest slot. */
  readonly now: number
}

/**
 * How fast a budget burns, where it is too fast: the long window says that it matters, the short one that it still goes on. A window
 * shorter than a slot is one slot. Answers the most urgent pace, or `undefined`: also for a pace of whose window a slot is missing,
 * since half of a window says nothing about the rest.
 *
 * Says nothing about chance: a budget is a promise, not a forecast.
 */
export function burnRate(points: readonly SpendPoint[], options: BurnRateOptions): Burn | undefined {
  return burnRates(points, options).find(({ long, short, limit }) => long >= limit && short >= limit)
}

/** Every pace whose windows are known as a whole. */
function burnRates(points: readonly SpendPoint[], options: BurnRateOptions): Burn[] {
  knownOptions(options, ['slotMs', 'budget', 'now'], 'COST_OPTION_INVALID', 'burnRate')
  const { slotMs, budget, now } = options
  const { amount, days = 30 } = budget
  if (!(amount > 0 && amount < Infinity)) refuse('COST_OPTION_INVALID', 'budget.amount', amount, 'a number above 0')
  if (!(days > 0 && days < Infinity)) refuse('COST_OPTION_INVALID', 'budget.days', days, 'a number above 0')
  const perMs = amount / (days * 24 * hourMs)
  const rate = (windowMs: number): number | undefined => {
    const slots = Math.max(1, Math.round(windowMs / slotMs))
    const inside = points.filter(({ at }) => at >= now - slots * slotMs && at < now)
    return inside.length < slots
      ? undefined
      : inside.reduce((sum, { spend }) => sum + spend, 0) / (slots * slotMs * perMs)
  }
  return windows.flatMap(({ pace, limit, longMs, shortMs }) => {
    const [long, short] = [rate(longMs), rate(shortMs)]
    const lengths = { longMs: Math.max(longMs, slotMs), shortMs: Math.max(shortMs, slotMs) }
    return long === undefined || short === undefined ? [] : [{ pace, long, short, limit, ...lengths }]
  })
}
