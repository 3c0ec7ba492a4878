import type { CountBucket } from '../count-source.ts'

/** One metric: the value of each period, by the epoch milliseconds at which it begins. What is missing is missing. */
export type Series = ReadonlyMap<number, number>

export interface Readings {
  readonly total: Series
  readonly bad: Series
  readonly slow?: Series | undefined
  /** How many recorded items a total was counted from, where the service samples. */
  readonly rows?: Series | undefined
  /** The service said that more is to come: nothing of it decides. */
  readonly partial?: boolean | undefined
}

export interface Settling {
  readonly window: TimeWindow
  readonly periodMs: number
  readonly settleMs: number
  /** Epoch milliseconds. */
  readonly now: number
  /** What a period without a bad value means: `none` where the service reports only what is above zero. */
  readonly badMissing: 'none' | 'unknown'
  /** The service answers 0 for what it has not taken in: a row of zeros at the end is unknown. */
  readonly zeroMayBeLate: boolean
}

export interface TimeWindow {
  readonly from: number
  readonly to: number
}

/** The whole periods of a window: a part of a period has no count. */
export function wholePeriods({ from, to }: TimeWindow, periodMs: number): TimeWindow {
  return { from: Math.ceil(from / periodMs) * periodMs, to: Math.floor(to / periodMs) * periodMs }
}

/**
 * The buckets that a service's answer amounts to. A period without a total has none. One is complete when its end is
 * `settleMs` past, the answer was whole, and its numbers can be: bad and slow no more than total.
 */
export function countBuckets({ total, bad, slow, rows, partial = false }: Readings, how: Settling): CountBucket[] {
  const { periodMs, settleMs, now, badMissing, zeroMayBeLate } = how
  const { from, to } = wholePeriods(how.window, periodMs)
  const lastSeen = zeroMayBeLate ? lastAboveZero(total) : Number.POSITIVE_INFINITY
  const buckets: CountBucket[] = []
  for (let start = from; start < to; start += periodMs) {
    const count = total.get(start)
    if (count === undefined) continue
    const failed = bad.get(start) ?? (badMissing === 'none' ? 0 : undefined)
    const late = slow ? (slow.get(start) ?? (count === 0 ? 0 : undefined)) : undefined
    const items = rows?.get(start)
    const known = failed !== undefined && (slow === undefined || late !== undefined)
    const possible = isCount(count) && isCount(failed ?? 0, count) && isCount(late ?? 0, count)
    const settled = now >= start + periodMs + settleMs && start <= lastSeen
    if (!possible) continue
    buckets.push({
      from: start,
      to: start + periodMs,
      total: count,
      bad: failed ?? 0,
      complete: settled && known && !partial,
      ...(late === undefined ? {} : { slow: late }),
      ...(items === undefined || items === 0 || items === count ? {} : { sampled: count / items }),
    })
  }
  return buckets
}

const isCount = (value: number, most = Number.POSITIVE_INFINITY): boolean =>
  Number.isInteger(value) && value >= 0 && value <= most

function lastAboveZero(series: Series): number {
  let last = Number.NEGATIVE_INFINITY
  for (const [start, value] of series) if (value > 0 && start > last) last = start
  return last
}

/** The end of the newest bucket that decides, epoch milliseconds; `undefined` when there is none. */
export function dataAsOf(buckets: readonly CountBucket[]): number | undefined {
  return buckets.reduce<number | undefined>(
    (newest, { to, complete }) => (complete && (newest === undefined || to > newest) ? to : newest),
    undefined,
  )
}
