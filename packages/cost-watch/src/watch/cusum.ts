import type { RunawayDetector, RunawaySnapshot } from './runaway.ts'
import { type Season, season } from './season.ts'
import { refuse } from './watch-error.ts'
import type { WeekProfile } from './week-profile.ts'

/** Deviations by which a slot must exceed what is expected to speak for a runaway. */
const allowance: { readonly fast: number; readonly daily: number } = { fast: 1.5, daily: 0.75 }
/** No single slot says more than so many deviations. */
const clip: { readonly fast: number; readonly daily: number } = { fast: 8, daily: 4 }

/** A runaway is told once it has cost this part of a usual day: what comes and goes in a quiet night costs little, however unusual. */
const leastPart = 0.05

/** How much more than was told is more. */
const clearly = 1.15

type Remembered = Omit<RunawaySnapshot, 'version' | 'slotMs' | 'season' | 'day'>

const calm: Remembered = { sum: 0, alarmed: false, told: 1, grown: 0, usual: 1, since: null, spent: 0, expected: 0 }

export interface CusumOptions {
  readonly slotMs: number
  readonly profile: WeekProfile | undefined
  readonly minimumExcess: number
  /** The sum above which it is a runaway. */
  readonly limit: number
}

/** The detector of `runawayDetector`, with a threshold in deviations in the place of a rate of false alarms. */
export function cusum(options: CusumOptions, from?: RunawaySnapshot): RunawayDetector {
  const { slotMs, profile, minimumExcess, limit } = options
  const learned: Season = season({ slotMs, profile }, from?.season)
  const pace = slotMs >= 86_400_000 ? 'daily' : 'fast'
  let { sum, alarmed, told, grown, usual, since, spent, expected } = from ?? calm
  let day = from?.day ?? { spend: 0, slots: 0 }
  const perWeek = (7 * 86_400_000) / slotMs

  /** What a slot says for its being dearer than expected, less what is allowed. */
  const evidence = (above: number, deviation: number): number =>
    Math.max(-clip[pace], Math.min(clip[pace], above / deviation)) - allowance[pace]

  return {
    judge({ at, spend }) {
      const slot = learned.look(at, spend)
      if (slot === undefined) {
        learned.learn(at, spend, false)
        return {
          at,
          spend,
          state: 'learning',
          expected: undefined,
          evidence: sum / limit,
          alarm: false,
          since: since ?? undefined,
          excess: 0,
          times: undefined,
        }
      }
      // Twice the threshold at most, so that a long runaway ends soon after it has ended.
      // What it scatters while it runs away says nothing about what is usual.
      if (!alarmed) usual = slot.deviation
      sum = Math.min(2 * limit, Math.max(0, sum + evidence(slot.above, usual)))
      if (sum === 0) ({ alarmed, told, grown, since, spent, expected } = calm)
      else {
        since ??= at
        spent += spend
        expected += slot.expected
      }
      const slots = Math.min(day.slots + 1, perWeek)
      day = { spend: day.spend + ((slot.expected * perWeek) / 7 - day.spend) / slots, slots }
      const excess = spent - expected
      const worthwhile = excess >= Math.max(minimumExcess, leastPart * day.spend)
      // What is known to run away may run away further: from a multiple clearly above the one that was told.
      grown = alarmed ? Math.max(0, grown + evidence(slot.above - Math.log(clearly * told), usual)) : 0
      const alarm = worthwhile && (alarmed ? grown > limit : sum > limit)
      if (alarm) [alarmed, told, grown] = [true, Math.max(spent / expected, alarmed ? spend / slot.expected : 1), 0]
      // What is running away must not become what is expected.
      learned.learn(at, spend, alarmed)
      return {
        at,
        spend,
        state: alarmed ? 'runaway' : sum > 0 ? 'suspect' : 'calm',
        expected: slot.expected,
        evidence: sum / limit,
        alarm,
        since: since ?? undefined,
        excess,
        times: expected > 0 ? spent / expected : undefined,
      }
    },
    accept(times = expected > 0 ? spent / expected : 1) {
      if (!(times > 0 && times < Infinity)) refuse('COST_OPTION_INVALID', 'times', times, 'a number above 0')
      learned.shift(Math.log(times))
      ;({ sum, alarmed, told, grown, usual, since, spent, expected } = calm)
      return times
    },
    snapshot: () => ({
      version: 1,
      slotMs,
      season: learned.snapshot(),
      sum,
      alarmed,
      told,
      grown,
      usual,
      day,
      since,
      spent,
      expected,
    }),
  }
}
