import { refuse } from './watch-error.ts'
import { assertSlot, slotOfWeek, weekMs, type WeekProfile } from './week-profile.ts'

/** How many former weeks a slot is compared with. */
const weeks = 6
/** What is assumed of the deviation (of the logarithm) before any is known, and for how many slots' worth. */
const assumed: { readonly deviation: number; readonly days: number } = { deviation: 0.15, days: 1 }
/** A series without noise must not make a rounding a surprise. */
const leastDeviation = 0.02

export interface SeasonSnapshot {
  /** The last slot's begin, epoch milliseconds. */
  readonly at: number | null
  readonly level: number
  readonly variance: number
  readonly judged: number
  /** What was added to the profile, in logarithms. */
  readonly shifted: number
  /** Slots in a row that were far below what was expected, and how far in all. */
  readonly low: { readonly slots: number; readonly sum: number }
  /** For each slot of the week the logarithms of the last weeks, the newest last. */
  readonly weeks: readonly (readonly number[])[]
}

export interface Season {
  /** What the slot should have cost, how far it is above that and what is usual, both in logarithms; `undefined` while nothing is known. */
  look(
    at: number,
    spend: number,
  ): { readonly expected: number; readonly above: number; readonly deviation: number } | undefined
  /** Learns the slot that was looked at last; of one that is `running` away only that it has been. */
  learn(at: number, spend: number, running: boolean): void
  /** From now on e^`by` times as much is expected. */
  shift(by: number): void
  snapshot(): SeasonSnapshot
}

/**
 * What each slot of the week costs, in logarithms: the median of up to six weeks, and a level that follows slow growth (1 % of the
 * distance per half hour, 5 % per day in daily totals; it stands still for what is more than e^0.25 away). What stays below that for
 * three days without a break is the new level: else a service that became cheap could double unseen.
 */
export function season(
  { slotMs, profile }: { readonly slotMs: number; readonly profile: WeekProfile | undefined },
  from?: SeasonSnapshot,
): Season {
  assertSlot(slotMs)
  const slots = weekMs / slotMs
  if (profile !== undefined && (profile.slotMs !== slotMs || profile.expected.length !== slots))
    refuse('COST_OPTION_INVALID', 'profile.expected.length', profile.expected.length, `${slots} slots of ${slotMs} ms`)
  const past = new Float64Array(slots * weeks)
  const seen = new Int32Array(slots)
  const sorted = new Float64Array(weeks)
  const memory = (14 * 86_400_000) / slotMs
  const levelRate = slotMs >= 86_400_000 ? 0.05 : (0.01 * slotMs) / 1_800_000
  // The least that is told apart from nothing: spend of 0 has no logarithm.
  const least = 1e-9
  let last = -Infinity
  let level = 0
  let variance = assumed.deviation ** 2
  let judged = (assumed.days * 86_400_000) / slotMs
  let above = 0
  let looked: number | undefined
  let shifted = 0
  let low = { slots: 0, sum: 0 }
  if (from !== undefined) {
    if (from.weeks.length !== slots)
      refuse('COST_SNAPSHOT_INVALID', 'season.weeks', `${from.weeks.length} slots`, String(slots))
    ;({ level, variance, judged, shifted, low } = from)
    last = from.at ?? -Infinity
    for (const [slot, logs] of from.weeks.entries()) {
      seen[slot] = logs.length
      for (const [week, log] of logs.entries()) past[slot * weeks + week] = log
    }
  }

  /** The median of the last weeks; of a single one the mean with the profile, since one week is noise. */
  function centre(slot: number): number | undefined {
    const known = Math.min(seen[slot] ?? 0, weeks)
    const spend = profile?.expected[slot] ?? undefined
    const given = spend === undefined ? undefined : Math.log(Math.max(spend, least)) + shifted
    if (known === 0) return given
    for (let i = 0; i < known; i++) {
      const log = past[slot * weeks + i] ?? 0
      let at = i
      for (; at > 0 && (sorted[at - 1] ?? 0) > log; at--) sorted[at] = sorted[at - 1] ?? 0
      sorted[at] = log
    }
    const upper = sorted[known >> 1] ?? 0
    const middle = known % 2 === 1 ? upper : (upper + (sorted[(known >> 1) - 1] ?? 0)) / 2
    return known === 1 && given !== undefined ? (middle + given) / 2 : middle
  }

  /** The past as it would have been. */
  function shift(by: number): void {
    for (let i = 0; i < past.length; i++) past[i] = (past[i] ?? 0) + by
    shifted += by
  }

  return {
    look(at, spend) {
      if (!Number.isFinite(at)) refuse('COST_SERIES_INVALID', 'at', at, 'epoch milliseconds')
      if (at <= last) refuse('COST_SERIES_INVALID', 'at', at, `a slot after the last one, ${last}`)
      if (!(spend >= 0 && spend < Infinity)) refuse('COST_SERIES_INVALID', 'spend', spend, 'a number of at least 0')
      const middle = centre(slotOfWeek(at, slotMs))
      looked = middle
      if (middle === undefined) return undefined
      above = Math.log(Math.max(spend, least)) - middle - level
      return { expected: Math.exp(middle + level), above, deviation: Math.sqrt(variance) }
    },
    learn(at, spend, running) {
      const slot = slotOfWeek(at, slotMs)
      last = at
      if (looked !== undefined) {
        if (Math.abs(above) < 0.25) level += levelRate * above
        low = above < -0.25 ? { slots: low.slots + 1, sum: low.sum + above } : { slots: 0, sum: 0 }
        if (low.slots * slotMs >= 3 * 86_400_000) {
          shift(low.sum / low.slots)
          low = { slots: 0, sum: 0 }
        }
        judged += 1
        // What is low for more than a day says where it is, not how much it scatters.
        if (low.slots * slotMs <= 86_400_000) {
          const furthest = 3 * Math.sqrt(variance)
          const clipped = Math.max(-furthest, Math.min(furthest, above))
          variance += (clipped * clipped - variance) / Math.min(judged, memory)
        }
        variance = Math.max(variance, leastDeviation ** 2)
      }
      if (running && above > 0.25) return
      const number = seen[slot] ?? 0
      past[slot * weeks + (number % weeks)] = Math.log(Math.max(spend, least))
      seen[slot] = number + 1
    },
    shift,
    snapshot: () => ({
      at: Number.isFinite(last) ? last : null,
      level,
      variance,
      judged,
      shifted,
      low,
      weeks: Array.from(seen, (number, slot) =>
        Array.from({ length: Math.min(number, weeks) }, (_, i) =>
          rounded(past[slot * weeks + ((Math.max(0, number - weeks) + i) % weeks)] ?? 0),
        ),
      ),
    }),
  }
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
