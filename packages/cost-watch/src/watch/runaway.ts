import { knownOptions } from '@cutover/core'

import { cusum } from './cusum.ts'
import type { SeasonSnapshot } from './season.ts'
import type { SpendPoint } from './spend-point.ts'
import { threshold } from './threshold.ts'
import { refuse } from './watch-error.ts'
import type { WeekProfile } from './week-profile.ts'

export interface RunawayOptions {
  /** The length of a slot, in milliseconds: 5 minutes to an hour for a fast look, a day for small excess. */
  readonly slotMs: number
  /** What a week is expected to cost, for as long as there is no history; without it the first week is `learning`. */
  readonly profile?: WeekProfile | undefined
  /** How many false alarms in 30 days are put up with: 0.05 to 0.5. @default 0.25 */
  readonly falseAlarmsPer30Days?: number | undefined
  /** Excess since it began below which nothing is said, in the unit of the series; never less than a twentieth of a usual day. @default 0 */
  readonly minimumExcess?: number | undefined
}

/** What a slot means. */
export interface Judgement {
  readonly at: number
  readonly spend: number
  /**
   * `learning`: nothing to compare with yet, which is not calm. `calm`; `suspect`: dearer than expected, could be chance;
   * `runaway`: it cannot, at the stated rate of false alarms.
   */
  readonly state: 'learning' | 'calm' | 'suspect' | 'runaway'
  /** What the slot should have cost. */
  readonly expected: number | undefined
  /** How much speaks for a runaway: 1 is the threshold. */
  readonly evidence: number
  /** True in the slot in which a runaway is found, and again where it has grown as clearly since. */
  readonly alarm: boolean
  /** Epoch milliseconds since when it is dearer than expected; while `suspect` or `runaway`. */
  readonly since: number | undefined
  /** Spend over expectation since then. */
  readonly excess: number
  /** Spend as a multiple of the expectation since then. */
  readonly times: number | undefined
}

/** All that a detector remembers; JSON. */
export interface RunawaySnapshot {
  readonly version: 1
  readonly slotMs: number
  readonly season: SeasonSnapshot
  readonly sum: number
  readonly alarmed: boolean
  /** The multiple that was told last, how much speaks for more, and the deviation before it began. */
  readonly told: number
  readonly grown: number
  readonly usual: number
  /** What a day usually costs, and from how many slots that is known. */
  readonly day: { readonly spend: number; readonly slots: number }
  readonly since: number | null
  readonly spent: number
  readonly expected: number
}

export interface RunawayDetector {
  /** Judges the next slot from the slots before it, then learns from it. A slot that is missing is left out, never given as 0. */
  judge(point: SpendPoint): Judgement
  /**
   * What is dearer now is meant: so many `times` as much is expected from here on, and the alarm ends. Answers how many.
   * @default as many times as it was dearer since it began; 1 where it was not
   */
  accept(times?: number): number
  snapshot(): RunawaySnapshot
}

/**
 * Finds spend that leaves its weekly season upwards: a one-sided CUSUM (Page 1954) over the logarithm of spend, against the median
 * of the same slot of up to six former weeks, in units of the deviation of the last two.
 *
 * How many false alarms its thresholds give was measured on synthetic demand, see `threshold.ts`; on demand that is more
 * irregular than that it is more. Spend that halves is no runaway and is not told.
 *
 * @throws CutoverError `COST_OPTION_INVALID`, `COST_SNAPSHOT_INVALID`; from `judge` `COST_SERIES_INVALID` for a spend that is
 * no number of at least 0, or a slot that does not come after the last one: the detector is as before.
 */
export function runawayDetector(options: RunawayOptions, from?: RunawaySnapshot): RunawayDetector {
  knownOptions(
    options,
    ['slotMs', 'profile', 'falseAlarmsPer30Days', 'minimumExcess'],
    'COST_OPTION_INVALID',
    'runawayDetector',
  )
  const { slotMs, profile, falseAlarmsPer30Days = 0.25, minimumExcess = 0 } = options
  if (!(minimumExcess >= 0 && minimumExcess < Infinity))
    refuse('COST_OPTION_INVALID', 'minimumExcess', minimumExcess, 'a number of at least 0')
  if (from !== undefined && (from.version !== 1 || from.slotMs !== slotMs))
    refuse(
      'COST_SNAPSHOT_INVALID',
      'snapshot',
      `version ${from.version}, slots of ${from.slotMs} ms`,
      `version 1, slots of ${slotMs} ms`,
    )
  return cusum({ slotMs, profile, minimumExcess, limit: threshold(slotMs, falseAlarmsPer30Days) }, from)
}
