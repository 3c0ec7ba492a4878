import type { SpendPoint } from '../watch/spend-point.ts'
import { seededRandom } from './random.ts'

export interface DemandOptions {
  readonly seed: number
  readonly days: number
  /** The length of a slot, in milliseconds. @default 1_800_000 */
  readonly slotMs?: number | undefined
  /** Epoch milliseconds. @default 2026-11-02T00:00:00Z, a Monday */
  readonly startAt?: number | undefined
  /** Mean spend of a day, in the unit of the series. @default 100 */
  readonly perDay?: number | undefined
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** 2026-11-02T00:00:00Z, epoch milliseconds. */
const monday = 1_793_577_600_000

/**
 * Spend as demand makes it: a daily and a weekly season, noise that lasts, short bursts, holidays both quiet and busy, and
 * drift. Every seed is another service: how strong each of these is, is drawn, too.
 *
 * Drawn per seed: daily amplitude e^0.2 to e^1.1 with a second peak; weekends at 0.4 to 1.1; noise of 3 to 10 % (AR(1), 0.2 to 0.8
 * from hour to hour) and 1 to 4 % from slot to slot; a level of the day that wanders by 1 to 3 %; a burst of 1.1 to 1.4 for one to
 * three hours every ten days; a holiday every 30 days (four of five at 0.5 to 0.9, the fifth at 1.1 to 1.3); drift of −5 to 10 % in
 * 30 days.
 */
export function demand(options: DemandOptions): SpendPoint[] {
  const { seed, days, slotMs = hourMs / 2, startAt = monday, perDay = 100 } = options
  const random = seededRandom(seed)
  const shape = {
    amplitude: random.between(0.2, 1.1),
    second: random.between(0, 0.3),
    peakHour: random.between(9, 21),
    weekend: random.between(0.4, 1.1),
    slow: random.between(0.03, 0.1),
    slowKept: random.between(0.2, 0.8),
    fast: random.between(0.01, 0.04),
    day: random.between(0.01, 0.03),
    drift: random.between(-0.05, 0.1) / 30,
  }
  const kept = shape.slowKept ** (slotMs / hourMs)
  const shock = shape.slow * Math.sqrt(1 - kept * kept)
  let slow = shape.slow * random.normal()
  let dayLevel = 0
  let holiday = 0
  let burst = { until: 0, log: 0 }
  const points: SpendPoint[] = []
  for (let at = startAt; at < startAt + days * dayMs; at += slotMs) {
    const day = Math.floor(at / dayMs)
    if (at === startAt || day !== Math.floor((at - slotMs) / dayMs)) {
      dayLevel = 0.7 * dayLevel + shape.day * random.normal()
      holiday = 0
      if (random.next() < 1 / 30)
        holiday = Math.log(random.next() < 0.8 ? random.between(0.5, 0.9) : random.between(1.1, 1.3))
    }
    if (random.next() < slotMs / (10 * dayMs))
      burst = { until: at + random.between(1, 3) * hourMs, log: Math.log(random.between(1.1, 1.4)) }
    slow = kept * slow + shock * random.normal()
    const hour = ((at % dayMs) / hourMs - shape.peakHour) * (Math.PI / 12)
    const weekday = (day + 3) % 7
    const log =
      shape.amplitude * Math.cos(hour) +
      shape.second * Math.cos(2 * hour) +
      (weekday > 4 ? Math.log(shape.weekend) : 0) +
      shape.drift * ((at - startAt) / dayMs) +
      holiday +
      dayLevel +
      slow +
      shape.fast * random.normal() +
      (at < burst.until ? burst.log : 0)
    points.push({ at, spend: (perDay * Math.exp(log) * slotMs) / dayMs })
  }
  return points
}

export interface Runaway {
  /** Epoch milliseconds of the first slot that is dearer. */
  readonly from: number
  /** Epoch milliseconds; forever without it. */
  readonly until?: number | undefined
  /** How many times as dear. */
  readonly times: number
  /** How long it grows until it is `times` as dear, in milliseconds. @default 0, a step */
  readonly rampMs?: number | undefined
}

/** The same series with a runaway in it. */
export function withRunaway(points: readonly SpendPoint[], runaway: Runaway): SpendPoint[] {
  const { from, until = Infinity, times, rampMs = 0 } = runaway
  return points.map((point) => {
    if (point.at < from || point.at >= until) return point
    const part = rampMs === 0 ? 1 : Math.min(1, (point.at - from) / rampMs)
    return { ...point, spend: point.spend * (1 + (times - 1) * part) }
  })
}

/** Totals of whole UTC days: a day that is not whole is left out. */
export function dailyTotals(points: readonly SpendPoint[], slotMs: number): SpendPoint[] {
  const days = new Map<number, { spend: number; slots: number }>()
  for (const { at, spend } of points) {
    const day = Math.floor(at / dayMs) * dayMs
    const total = days.get(day) ?? { spend: 0, slots: 0 }
    days.set(day, { spend: total.spend + spend, slots: total.slots + 1 })
  }
  return [...days].filter(([, { slots }]) => slots === dayMs / slotMs).map(([at, { spend }]) => ({ at, spend }))
}
