// How late a runaway is found, and how often none is.
import { type Judgement, runawayDetector, weekProfile } from '@cutover/cost-watch'
import { dailyTotals, demand, type Runaway, withRunaway } from '@cutover/cost-watch/testing'

type Points = ReturnType<typeof demand>

export const hour = 3_600_000
const day = 24 * hour
const slotMs = hour / 2
const monday = Date.UTC(2026, 10, 2)
/** So much history each judge has before anything is measured. */
const historyMs = 28 * day

const switchedAt = monday + historyMs

/** Says when it is sure of a runaway, epoch milliseconds, each time that it is. */
export type Judge = (points: Points) => number[]

const alarms = (points: Points, lengthMs: number, falseAlarmsPer30Days: number, knownAfterMs: number): number[] => {
  const detector = runawayDetector({ slotMs: lengthMs, falseAlarmsPer30Days })
  return points
    .map((point): Judgement => detector.judge(point))
    .filter(({ alarm }) => alarm)
    .map(({ at }) => at + lengthMs + knownAfterMs)
}

const [fast, daily] = [0.55 * 0.25, 0.4 * 0.25]

/** Slots of half an hour, and the totals of days, as the watch does: 0.1375 and 0.1 false alarms in 30 days. */
export const ours: Judge = (points) => [...fastOnly(points), ...dailyOnly(points)]
export const fastOnly: Judge = (points) => alarms(points, slotMs, fast, 0)
export const dailyOnly: Judge = (points) => alarms(dailyTotals(points, slotMs), day, daily, 0)

/** Slots of an hour, as the sources of CloudWatch and Azure Monitor have them, and the totals of days. */
export const hourly: Judge = (points) => {
  const hours = new Map<number, number>()
  for (const { at, spend } of points) {
    const begin = Math.floor(at / hour) * hour
    hours.set(begin, (hours.get(begin) ?? 0) + spend)
  }
  return [
    ...alarms(
      [...hours].map(([at, spend]) => ({ at, spend })),
      hour,
      fast,
      0,
    ),
    ...dailyOnly(points),
  ]
}

/** The same at a target that is new: no history of its own, but the source's week, priced at the target. */
export const coldStart: Judge = (points) =>
  [slotMs, day].flatMap((lengthMs) => {
    const all = lengthMs === day ? dailyTotals(points, slotMs) : points
    const [before, after] = [all.filter(({ at }) => at < switchedAt), all.filter(({ at }) => at >= switchedAt)]
    const profile = weekProfile(before, { slotMs: lengthMs })
    const detector = runawayDetector({
      slotMs: lengthMs,
      profile,
      falseAlarmsPer30Days: lengthMs === day ? daily : fast,
    })
    return after.filter((point) => detector.judge(point).alarm).map(({ at }) => at + lengthMs)
  })

/**
 * Emulated from what is documented, not measured at the service: three looks a day, each at the last 24 hours of data that is a day old.
 * In each it judges as well as we do: only what it knows is later, and coarser.
 */
export const likeAws: Judge = (points) =>
  [0, 8, 16].flatMap((offset) => {
    const shifted = points.map(({ at, spend }) => ({ at: at - offset * hour, spend }))
    return alarms(dailyTotals(shifted, slotMs), day, 0.25 / 3, day).map((at) => at + offset * hour)
  })

/** As above: the totals of UTC days, looked at 36 hours after their end. */
export const likeAzure: Judge = (points) => alarms(dailyTotals(points, slotMs), day, 0.25, 36 * hour)

/** False alarms in 30 days, over `days` of each seed after its history; what is told within 12 hours is one. */
export function falseAlarms(judge: Judge, seeds: readonly number[], days: number): number {
  let count = 0
  for (const seed of seeds) {
    let told = -Infinity
    for (const at of judge(demand({ seed, days: historyMs / day + days })).sort((one, other) => one - other)) {
      if (at < switchedAt || at - told < 12 * hour) continue
      count += 1
      told = at
    }
  }
  return (count * 30) / (seeds.length * days)
}

export interface Delays {
  /** Hours from its begin until it is known; half are quicker. `Infinity` where more than half are not found. */
  readonly medianHours: number
  readonly meanHours: number
  readonly slowestTenth: number
  /** Of all, within three hours. */
  readonly within3Hours: number
  /** Of all, within 14 days. */
  readonly found: number
  /** What was spent too much until then, in ordinary days' spend. */
  readonly excessDays: number
}

/** A runaway from a moment of its own in each seed. */
export function delays(judge: Judge, seeds: readonly number[], runaway: Omit<Runaway, 'from'>): Delays {
  const hours: number[] = []
  const excess: number[] = []
  for (const seed of seeds) {
    const from = switchedAt + ((seed * 7_919) % (7 * 48)) * slotMs
    const clean = demand({ seed, days: historyMs / day + 22 })
    const points = withRunaway(clean, { ...runaway, from })
    const found = Math.min(...judge(points).filter((at) => at > from && at <= from + 14 * day))
    if (found === Infinity) continue
    hours.push((found - from) / hour)
    const usual = clean.reduce((sum, { spend }) => sum + spend, 0) / (historyMs / day + 22)
    const much = points.reduce((sum, { at, spend }, i) => sum + (at < found ? spend - (clean[i]?.spend ?? 0) : 0), 0)
    excess.push(much / usual)
  }
  const sorted = hours.sort((one, other) => one - other)
  const part = hours.length / seeds.length
  return {
    medianHours: sorted[Math.floor(seeds.length / 2)] ?? Infinity,
    meanHours: mean(sorted),
    slowestTenth: sorted[Math.floor(seeds.length * 0.9)] ?? Infinity,
    within3Hours: sorted.filter((one) => one <= 3).length / seeds.length,
    found: part,
    excessDays: mean(excess),
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
