import { type Clock, type Duration, durationMs, knownOptions, systemClock } from '@cutover/core'

import type { CountSource } from '../count-source.ts'
import { refuseOption } from '../health-error.ts'
import { checkedBuckets, itemsOf } from './checked-buckets.ts'

export interface MeasureLatencyOptions {
  /** @default 0.95 */
  readonly quantile?: number | undefined
  /** How much of the time before now. @default '6h' */
  readonly back?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

/** JSON. */
export interface LatencyMeasure {
  /** The source's own p95 (p99), for the counts of both sides. */
  readonly slowerThan: Duration
  /** How many answers are slower: at most 1 − `quantile`. */
  readonly share: number
  readonly requests: number
}

const known: readonly (keyof MeasureLatencyOptions)[] = ['quantile', 'back', 'clock', 'signal']
const longestMs = 900_000

/**
 * The source's own p95, by asking its counts for one threshold after another: so it works where a service counts but knows no
 * percentiles, and says exactly what a gate will count. At most 32 reads; to 2 %, or a millisecond.
 *
 * Answers `undefined` without a settled request. An answer slower than 15 minutes, Lambda's longest, is not looked for.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `HEALTH_COUNTS_INVALID`.
 */
export async function measureLatency(
  countsAt: (slowerThan: Duration) => CountSource,
  options: MeasureLatencyOptions = {},
): Promise<LatencyMeasure | undefined> {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'measureLatency')
  const { quantile = 0.95, back = '6h', clock = systemClock, signal } = options
  if (!(quantile > 0 && quantile < 1)) refuseOption('quantile', quantile, 'a share between 0 and 1')
  const [backMs, to] = [durationMs(back, 'back'), clock.now()]
  if (backMs <= 0) refuseOption('back', back, 'more than 0')

  async function slowerThan(ms: number): Promise<{ readonly share: number; readonly requests: number }> {
    const source = countsAt(`${ms}ms`)
    let [slow, requests] = [0, 0]
    for (const bucket of checkedBuckets(await source.counts({ from: to - backMs, to }, { signal }), 'source')) {
      if (!bucket.complete || bucket.to + source.settleMs > to) continue
      const { bad, total } = itemsOf(bucket, 'slow', 'source')
      slow += bad
      requests += total
    }
    return { share: requests === 0 ? Number.NaN : slow / requests, requests }
  }

  const most = 1 - quantile
  let high = 128
  let found = await slowerThan(high)
  if (found.requests === 0) return undefined
  while (found.share > most && high < longestMs) {
    high = Math.min(longestMs, high * 2)
    found = await slowerThan(high)
  }
  let low = high === 128 ? 0 : high / 2
  while (high - low > Math.max(1, high * 0.02)) {
    const middle = Math.floor((low + high) / 2)
    const seen = await slowerThan(middle)
    if (seen.share <= most) [high, found] = [middle, seen]
    else low = middle
  }
  return { slowerThan: `${high}ms`, ...found }
}
