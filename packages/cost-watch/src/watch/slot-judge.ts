import { median } from './median.ts'
import { type Judgement, type RunawayDetector, runawayDetector, type RunawaySnapshot } from './runaway.ts'
import type { SpendPoint } from './spend-point.ts'
import type { WeekProfile } from './week-profile.ts'

const dayMs = 86_400_000

export interface SlotJudgeOptions {
  readonly slotMs: number
  /** The shape of a week: what the source cost, slot by slot. */
  readonly profile: WeekProfile | undefined
  /** What the target costs for the same work, as a multiple of the profile; without it the first day is for learning it. */
  readonly targetTimesSource: number | undefined
  readonly falseAlarmsPer30Days: number
  readonly minimumExcess: number
  /** Whether unit costs are judged, too. */
  readonly units: boolean
}

export interface SlotJudgeSnapshot {
  readonly times: number | null
  readonly ratios: readonly number[]
  readonly fast: RunawaySnapshot | null
  readonly daily: RunawaySnapshot | null
  readonly unit: RunawaySnapshot | null
  readonly firstUnits: readonly number[]
  readonly day: { readonly at: number; readonly spend: number; readonly slots: number }
}

export interface SlotVerdict {
  readonly fast: Judgement
  /** With the last slot of a day that is known as a whole. */
  readonly daily: Judgement | undefined
  readonly unit: Judgement | undefined
}

export interface SlotJudge {
  /** `unit` is what 1,000 good requests cost in the slot, where that is known. */
  judge(point: SpendPoint, unit?: number): SlotVerdict
  accept(): void
  snapshot(): SlotJudgeSnapshot
}

/** How the false alarms that are put up with are shared among the looks; a twentieth is a margin. */
const shares: { readonly two: readonly [number, number]; readonly three: readonly [number, number, number] } = {
  two: [0.55, 0.4],
  three: [0.35, 0.3, 0.3],
}

/** The least and the most rate whose shares were all measured. */
export const rates: { readonly least: number; readonly most: number } = { least: 0.2, most: 0.9 }

/**
 * Three looks at the same spend: slot by slot for what is large, by the day for what is small and lasts, and per good request, where
 * demand cancels. Together they give at most the stated number of false alarms.
 */
export function slotJudge(options: SlotJudgeOptions, from?: SlotJudgeSnapshot): SlotJudge {
  const { slotMs, profile, falseAlarmsPer30Days, minimumExcess, units } = options
  const slotsOfDay = Math.round(dayMs / slotMs)
  let times = from?.times ?? options.targetTimesSource ?? null
  const ratios = [...(from?.ratios ?? [])]
  const firstUnits = [...(from?.firstUnits ?? [])]
  let day = from?.day ?? { at: -1, spend: 0, slots: 0 }
  const [fastShare, dailyShare, unitShare = 0] = units ? shares.three : shares.two
  let fast = detector(slotMs, fastShare, scaled(profile, times), from?.fast)
  let daily = detector(dayMs, dailyShare, daysOf(scaled(profile, times)), from?.daily)
  let unit = units ? detector(slotMs, unitShare, flat(slotMs, firstUnits, slotsOfDay), from?.unit) : undefined

  function detector(
    length: number,
    share: number,
    expected: WeekProfile | undefined,
    snapshot: RunawaySnapshot | null | undefined,
  ): RunawayDetector {
    const rate = Math.round(falseAlarmsPer30Days * share * 1e6) / 1e6
    const least = length === slotMs && share === unitShare ? 0 : minimumExcess
    return runawayDetector(
      { slotMs: length, profile: expected, falseAlarmsPer30Days: rate, minimumExcess: least },
      snapshot ?? undefined,
    )
  }

  /** What a day costs more or less than the profile is learned once, before anything is judged. */
  function learnTimes({ at, spend }: SpendPoint): void {
    const expected =
      profile?.expected[Math.round((((at - 345_600_000) % (7 * dayMs)) + 7 * dayMs) / slotMs) % (7 * slotsOfDay)]
    if (times !== null || typeof expected !== 'number' || !(expected > 0)) return
    ratios.push(spend / expected)
    if (ratios.length < slotsOfDay) return
    times = median(ratios)
    fast = detector(slotMs, fastShare, scaled(profile, times), undefined)
    daily = detector(dayMs, dailyShare, daysOf(scaled(profile, times)), undefined)
  }

  return {
    judge(point, unitSpend) {
      const verdict = fast.judge(point)
      learnTimes(point)
      const at = Math.floor(point.at / dayMs) * dayMs
      day =
        day.at === at
          ? { at, spend: day.spend + point.spend, slots: day.slots + 1 }
          : { at, spend: point.spend, slots: 1 }
      // A day with a gap would be a cheap day.
      const whole = day.slots === slotsOfDay ? daily.judge({ at, spend: day.spend }) : undefined
      let perUnit: Judgement | undefined
      if (unit !== undefined && unitSpend !== undefined) {
        perUnit = unit.judge({ at: point.at, spend: unitSpend })
        if (firstUnits.length < slotsOfDay && firstUnits.push(unitSpend) === slotsOfDay)
          unit = detector(slotMs, unitShare, flat(slotMs, firstUnits, slotsOfDay), undefined)
      }
      return { fast: verdict, daily: whole, unit: perUnit }
    },
    accept() {
      const dearer = fast.accept()
      // The day knows less of what has just begun; where it knows more, it found it.
      if (dearer > 1) daily.accept(dearer)
      else fast.accept(daily.accept())
      unit?.accept()
    },
    snapshot: () => ({
      times,
      ratios: times === null ? ratios : [],
      fast: fast.snapshot(),
      daily: daily.snapshot(),
      unit: unit?.snapshot() ?? null,
      firstUnits,
      day,
    }),
  }
}

function scaled(profile: WeekProfile | undefined, times: number | null): WeekProfile | undefined {
  if (profile === undefined || times === null) return undefined
  return { ...profile, expected: profile.expected.map((one) => (one === null ? null : one * times)) }
}

/** The same week by the day; a day of which a slot is unknown is unknown. */
function daysOf(profile: WeekProfile | undefined): WeekProfile | undefined {
  if (profile === undefined) return undefined
  const slots = profile.expected.length / 7
  const expected = Array.from({ length: 7 }, (_, day) =>
    profile.expected
      .slice(day * slots, (day + 1) * slots)
      .reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0),
  )
  return { slotMs: dayMs, expected }
}

/** What a request costs has no season: the first day says it for every slot. */
function flat(slotMs: number, units: readonly number[], needed: number): WeekProfile | undefined {
  if (units.length < needed) return undefined
  const expected = Array.from({ length: (7 * dayMs) / slotMs }, () => median(units))
  return { slotMs, expected }
}
