import { type Clock, type Duration, durationMs, knownOptions, systemClock } from '@cutover/core'

import type { CountBucket, CountSource } from '../count-source.ts'
import { refuseOption } from '../health-error.ts'
import { burstinessOf, neighbours } from './burstiness.ts'
import { checkedBuckets, itemsOf } from './checked-buckets.ts'
import type { Pair } from './count-process.ts'

export interface MeasureOptions {
  /** How much of the time before now. @default '6h' */
  readonly back?: Duration | undefined
  /** A second side that was as well in that time: then the two are compared minute by minute (A/A). @default the source's own next minute */
  readonly with?: CountSource | undefined
  /** @default 'bad' */
  readonly counts?: 'bad' | 'slow' | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a gate and a plan have to know of the source; JSON. */
export interface SourceMeasure {
  readonly from: number
  readonly to: number
  readonly intervals: number
  readonly perMinute: number
  /** The share of requests that are errors (or slow). */
  readonly badShare: number
  /** The variance of the error rate from interval to interval beyond chance, relative to its square. */
  readonly burstiness: number
  readonly errors: number
}

const known: readonly (keyof MeasureOptions)[] = ['back', 'with', 'counts', 'clock', 'signal']

/**
 * Reads the source's recent hours, in which it was well: how much traffic, how many errors, how bursty they are.
 *
 * Answers `undefined` when there are fewer than 20 errors: too few to say how bursty they are.
 */
export async function measureSource(
  source: CountSource,
  options: MeasureOptions = {},
): Promise<SourceMeasure | undefined> {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'measureSource')
  const { back = '6h', with: other, counts = 'bad', clock = systemClock, signal } = options
  const backMs = durationMs(back, 'back')
  if (backMs <= 0) refuseOption('back', back, 'more than 0')
  const to = clock.now()
  const window = { from: to - backMs, to }
  const settled = async (side: CountSource): Promise<readonly CountBucket[]> =>
    checkedBuckets(await side.counts(window, { signal }), 'source').filter(
      (bucket) => bucket.complete && bucket.to + side.settleMs <= to,
    )
  const own = (await settled(source)).map((bucket) => ({
    from: bucket.from,
    to: bucket.to,
    ...itemsOf(bucket, counts, 'source'),
  }))
  const pairs = other ? together(own, await settled(other), counts) : neighbours(own)
  const found = burstinessOf(pairs)
  const [first, last] = [own[0], own.at(-1)]
  if (!found || !first || !last) return undefined
  const [bad, total] = [sum(own.map((slice) => slice.bad)), sum(own.map((slice) => slice.total))]
  const coveredMs = sum(own.map((slice) => slice.to - slice.from))
  return {
    from: first.from,
    to: last.to,
    intervals: own.length,
    perMinute: total / (coveredMs / 60_000),
    badShare: bad / total,
    burstiness: found.burstiness,
    errors: found.errors,
  }
}

function together(
  own: readonly { readonly from: number; readonly bad: number; readonly total: number }[],
  others: readonly CountBucket[],
  counts: 'bad' | 'slow',
): Pair[] {
  const byFrom = new Map(others.map((bucket) => [bucket.from, bucket]))
  return own.flatMap((source, interval) => {
    const bucket = byFrom.get(source.from)
    return bucket ? [{ interval, source, target: itemsOf(bucket, counts, 'target') }] : []
  })
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
