import {
  type Check,
  type Clock,
  type Context,
  type Duration,
  durationMs,
  knownOptions,
  systemClock,
} from '@cutover/core'

import type { CountSource } from '../count-source.ts'
import { requestCounts } from '../gate/request-counts.ts'
import { refuseOption } from '../health-error.ts'

export interface ProbeCountsOptions {
  /** How often it is asked. @default '1s' */
  readonly every?: Duration | undefined
  /** @default '1m' */
  readonly bucket?: Duration | undefined
  /** An ask that took longer is counted as slow: `evidence.ms` if there is one, else the time until the answer. @default not counted */
  readonly slowerThan?: Duration | undefined
  /** How long buckets are kept. @default '8h' */
  readonly keep?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/** Counts of a check that is asked as long as it is not disposed. */
export interface ProbeCounts extends CountSource, AsyncDisposable {
  /** Asks that were undecided, or threw: they are counted nowhere. */
  readonly undecided: number
}

const known: readonly (keyof ProbeCountsOptions)[] = ['every', 'bucket', 'slowerThan', 'keep', 'clock']

/**
 * Own probes as counts: asks the check from now on at an even pace until it is disposed of, a pass as a good request, a fail as a bad
 * one. An undecided answer is no word of the other side, and is not counted.
 *
 * Known within seconds, where metrics take minutes: for go or no-go. An ask that takes longer than `every` is not waited for:
 * the pace does not slow down with the target.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when made.
 */
export function probeCounts(check: Check, options: ProbeCountsOptions = {}): ProbeCounts {
  if (typeof (check as Partial<Check> | undefined)?.run !== 'function')
    refuseOption('check', check, 'a check, such as httpProbe(…)')
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'probeCounts')
  const { every = '1s', bucket = '1m', slowerThan, keep, clock = systemClock } = options
  const everyMs = durationMs(every, 'every')
  if (everyMs <= 0) refuseOption('every', every, 'more than 0')
  const slowerThanMs = slowerThan === undefined ? undefined : durationMs(slowerThan, 'slowerThan')
  const counts = requestCounts({ every: bucket, slowerThanMs, clock, ...(keep === undefined ? {} : { keep }) })
  const stopped = new AbortController()
  const { signal } = stopped
  const context: Context = { clock, signal, key: check.id, fence: () => {}, report: () => {} }
  const open = new Set<Promise<void>>()
  let undecided = 0

  const ask = async (): Promise<void> => {
    const startedAt = clock.monotonic()
    try {
      const { status, evidence } = await check.run(context)
      const { ms } = Object(evidence) as { ms?: unknown }
      const took = typeof ms === 'number' ? ms : clock.monotonic() - startedAt
      if (status === 'undecided') undecided += 1
      else counts.seen({ bad: status === 'fail', ms: took })
    } catch {
      // Whatever it threw, it is not the target's word.
      if (!signal.aborted) undecided += 1
    }
  }

  const probe = async (): Promise<void> => {
    let next = clock.monotonic()
    while (!signal.aborted) {
      const asking = ask().finally(() => open.delete(asking))
      open.add(asking)
      next += everyMs
      await clock.sleep(Math.max(0, next - clock.monotonic()), { signal })
    }
  }
  // Its sleep rejects when it is stopped; a clock that breaks is told to who disposes.
  const probing = probe().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  probing.catch(() => {})

  return {
    settleMs: counts.settleMs,
    counts: (window, o) => counts.counts(window, o),
    get undecided() {
      return undecided
    },
    async [Symbol.asyncDispose]() {
      stopped.abort()
      await probing
      await Promise.all(open)
    },
  }
}
