import { knownOptions } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import type { CountBucket, CountSource } from '../count-source.ts'

export interface InMemoryCountsOptions {
  /** For the trace. @default 'counts' */
  readonly name?: string | undefined
  /** @default 0 */
  readonly settleMs?: number | undefined
  /**
   * What a bucket shows between its end and its settling: `grows` from nothing to all of it, as CloudWatch's newest do; `zero`,
   * as Azure's minutes that are not ingested; `absent`.
   *
   * @default 'grows'
   */
  readonly unsettled?: 'grows' | 'zero' | 'absent' | undefined
}

export interface InMemoryCounts extends CountSource {
  /** Buckets as they will be for good, oldest first. A service that corrects or loses some is a new list. */
  buckets: readonly CountBucket[]
  /** The next read rejects with it. */
  failNext(error: Error): void
}

/** One side's counts in the fake world: what is over can be read, and is settled `settleMs` later. */
export function inMemoryCounts(
  world: FakeWorld,
  buckets: readonly CountBucket[],
  options: InMemoryCountsOptions = {},
): InMemoryCounts {
  knownOptions(options, ['name', 'settleMs', 'unsettled'], 'HEALTH_OPTIONS_INVALID', 'inMemoryCounts')
  const { name = 'counts', settleMs = 0, unsettled = 'grows' } = options
  let failure: Error | undefined

  const shown = (bucket: CountBucket, now: number): CountBucket[] => {
    const age = now - bucket.to
    if (age >= settleMs) return [bucket]
    if (unsettled === 'absent') return []
    const part = unsettled === 'zero' ? 0 : Math.max(0, age / settleMs)
    const scaled = (count: number): number => Math.floor(count * part)
    const [total, bad] = [scaled(bucket.total), scaled(bucket.bad)]
    const slow = bucket.slow === undefined ? {} : { slow: scaled(bucket.slow) }
    return [{ ...bucket, total, bad, ...slow, complete: false }]
  }

  const made: InMemoryCounts = {
    buckets,
    settleMs,
    failNext(error) {
      failure = error
    },
    counts({ from, to }, { signal } = {}) {
      return world.call(`counts.read ${name}`, signal ? { signal } : {}, () => {
        const problem = failure
        failure = undefined
        if (problem) throw problem
        const now = world.clock.now()
        return made.buckets
          .filter((bucket) => bucket.from >= from && bucket.from < to && bucket.to <= now)
          .flatMap((bucket) => shown(bucket, now))
      })
    },
  }
  return made
}
