import { knownOptions } from '@cutover/core'

import { median } from './median.ts'
import type { SpendPoint } from './spend-point.ts'
import { refuse } from './watch-error.ts'

/** What each slot of a week is expected to cost; JSON. */
export interface WeekProfile {
  readonly slotMs: number
  /** One entry for each slot of a week, from Monday 00:00 UTC; `null` where nothing is known, which is not zero. */
  readonly expected: readonly (number | null)[]
}

export const weekMs: number = 7 * 86_400_000

/** 1970-01-05, the first Monday. */
const firstMonday = 4 * 86_400_000

/** Which slot of its week, from Monday 00:00 UTC, an instant is in. */
export const slotOfWeek = (at: number, slotMs: number): number => {
  const inWeek = (at - firstMonday) % weekMs
  return Math.floor((inWeek < 0 ? inWeek + weekMs : inWeek) / slotMs)
}

export interface WeekProfileOptions {
  /** The length of a slot of the points, in milliseconds; a whole number of them makes a week. */
  readonly slotMs: number
  /** What the target charges for the same work, as a multiple of the points. @default 1 */
  readonly times?: number | undefined
}

/**
 * The week of a series: for each slot of the week the median of the slots that are given. It is how a watch starts without a
 * history of its own: give the source's usage of the last weeks at the target's prices (or the source's spend, and `times`).
 *
 * A slot of the week that no point falls into stays `null`.
 *
 * @throws CutoverError `COST_OPTION_INVALID`, `COST_SERIES_INVALID`.
 */
export function weekProfile(points: readonly SpendPoint[], options: WeekProfileOptions): WeekProfile {
  knownOptions(options, ['slotMs', 'times'], 'COST_OPTION_INVALID', 'weekProfile')
  const { slotMs, times = 1 } = options
  assertSlot(slotMs)
  if (!(times > 0 && times < Infinity)) refuse('COST_OPTION_INVALID', 'times', times, 'a number above 0')
  const slots: number[][] = Array.from({ length: weekMs / slotMs }, () => [])
  for (const [index, { at, spend }] of points.entries()) {
    if (!Number.isFinite(at)) refuse('COST_SERIES_INVALID', `points[${index}].at`, at, 'epoch milliseconds')
    if (!(spend >= 0 && spend < Infinity))
      refuse('COST_SERIES_INVALID', `points[${index}].spend`, spend, 'a number of at least 0')
    slots[slotOfWeek(at, slotMs)]?.push(spend)
  }
  return { slotMs, expected: slots.map((spends) => (spends.length === 0 ? null : median(spends) * times)) }
}

/** A day is the longest slot that still has a season of its own. */
export function assertSlot(slotMs: number): void {
  if (slotMs >= 60_000 && slotMs <= 86_400_000 && Number.isInteger(weekMs / slotMs)) return
  refuse('COST_OPTION_INVALID', 'slotMs', slotMs, '1 minute to 1 day in milliseconds, a whole part of a week')
}
