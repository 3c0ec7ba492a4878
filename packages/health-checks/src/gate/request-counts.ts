import { type Clock, type Duration, durationMs, knownOptions, systemClock } from '@cutover/core'

import type { CountBucket, CountSource } from '../count-source.ts'
import { refuseOption } from '../health-error.ts'

/** One answered request, or one that was given up. */
export interface RequestSeen {
  /** What a client's retries have in common: they are one request, and its first attempt counts. */
  readonly operation?: string | undefined
  readonly bad: boolean
  readonly ms?: number | undefined
}

export interface RequestCountsOptions {
  /** @default '1m' */
  readonly every?: Duration | undefined
  /** From here on an answer is slow, in milliseconds: the source's own p95. @default none, and nothing is counted as slow */
  readonly slowerThanMs?: number | undefined
  /** How long buckets, and the operations in them, are kept. @default '8h' */
  readonly keep?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/** Counts in this process: of own probes, of a load test, of a log that is read along. */
export interface RequestCounts extends CountSource {
  seen(request: RequestSeen): void
}

const known: readonly (keyof RequestCountsOptions)[] = ['every', 'slowerThanMs', 'keep', 'clock']

/**
 * Counts requests as they are seen, at once and for good: `settleMs` is 0, and a bucket is complete when its time is over.
 *
 * A client that tries again is no second witness: attempts of one `operation` count once, as the first of them, in its bucket.
 * A bucket in which nothing was seen is there with a total of 0, from the first request on: this process would have seen it.
 */
export function requestCounts(options: RequestCountsOptions = {}): RequestCounts {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'requestCounts')
  const { every = '1m', slowerThanMs, keep = '8h', clock = systemClock } = options
  const [everyMs, keepMs] = [durationMs(every, 'every'), durationMs(keep, 'keep')]
  if (everyMs <= 0) refuseOption('every', every, 'more than 0')
  if (keepMs < everyMs) refuseOption('keep', keep, `at least every, which is ${every}`)
  if (slowerThanMs !== undefined && !(slowerThanMs > 0))
    refuseOption('slowerThanMs', slowerThanMs, 'milliseconds over 0')
  const slots = new Map<number, { total: number; bad: number; slow: number }>()
  const operations = new Map<string, number>()
  let since: number | undefined

  const forget = (now: number): void => {
    for (const from of slots.keys()) {
      if (from + everyMs > now - keepMs) break
      slots.delete(from)
    }
    for (const [operation, at] of operations) {
      if (at > now - keepMs) break
      operations.delete(operation)
    }
  }

  return {
    settleMs: 0,
    seen({ operation, bad, ms }) {
      const now = clock.now()
      const from = Math.floor(now / everyMs) * everyMs
      since ??= from
      forget(now)
      if (operation !== undefined) {
        if (operations.has(operation)) return
        operations.set(operation, now)
      }
      const slot = slots.get(from) ?? { total: 0, bad: 0, slow: 0 }
      slots.set(from, slot)
      slot.total += 1
      if (bad) slot.bad += 1
      if (slowerThanMs !== undefined && ms !== undefined && ms > slowerThanMs) slot.slow += 1
    },
    async counts({ from, to }) {
      const now = clock.now()
      const buckets: CountBucket[] = []
      if (since === undefined) return buckets
      const first = Math.max(since, Math.ceil(Math.max(from, now - keepMs) / everyMs) * everyMs)
      for (let starts = first; starts < Math.min(to, now); starts += everyMs) {
        const { total = 0, bad = 0, slow = 0 } = slots.get(starts) ?? {}
        buckets.push({
          from: starts,
          to: starts + everyMs,
          total,
          bad,
          ...(slowerThanMs === undefined ? {} : { slow }),
          complete: starts + everyMs <= now,
        })
      }
      return buckets
    },
  }
}
