import type { ConformanceCase } from '@cutover/core/testing'

import type { CountBucket, CountSource } from '../count-source.ts'

const minute = 60_000

/** A side on which ten minutes of traffic have been recorded, all of it arrived. */
export interface CountedSide {
  readonly source: CountSource
  /** Epoch milliseconds, a whole minute. */
  readonly start: number
  /** What was recorded, minute by minute from `start`; `undefined` where nothing arrived. Both kinds, and a zero in between is allowed. */
  readonly recorded: readonly (
    | { readonly total: number; readonly bad: number; readonly slow?: number | undefined }
    | undefined
  )[]
  /** The same when the service refuses the next call for a while, and for good. */
  readonly refuse?: ((how: 'throttled' | 'denied') => void) | undefined
}

/** What every count source holds to, whichever service it reads. `make` gives a side of its own to each case. */
export function countSourceConformance(make: () => CountedSide | Promise<CountedSide>): ConformanceCase[] {
  return [
    {
      name: 'counts each minute as it was',
      async run() {
        const { source, start, recorded } = await make()
        const buckets = await source.counts({ from: start, to: start + recorded.length * minute })
        equal(
          buckets.map(({ from, to, total, bad, slow }) => ({ from, to, total, bad, slow })),
          recorded.flatMap((one, i) =>
            one
              ? [
                  {
                    from: start + i * minute,
                    to: start + (i + 1) * minute,
                    total: one.total,
                    bad: one.bad,
                    slow: one.slow,
                  },
                ]
              : [],
          ),
        )
      },
    },
    {
      name: 'says of settled minutes that they are complete',
      async run() {
        const { source, start, recorded } = await make()
        const buckets = await source.counts({ from: start, to: start + recorded.length * minute })
        const last = buckets.findLast(({ total }) => total > 0)
        equal(
          buckets.filter(({ from }) => last && from <= last.from).map(({ complete }) => complete),
          buckets.filter(({ from }) => last && from <= last.from).map(() => true),
        )
      },
    },
    {
      name: 'leaves out what it does not have',
      async run() {
        const { source, start, recorded } = await make()
        const buckets = await source.counts({ from: start, to: start + recorded.length * minute })
        const missing = recorded.flatMap((one, i) => (one ? [] : [start + i * minute]))
        if (missing.length === 0) throw new Error('a minute without data belongs to what is recorded')
        equal(
          buckets.filter(({ from }) => missing.includes(from)),
          [],
        )
      },
    },
    {
      name: 'answers the same for parts as for the whole',
      async run() {
        const { source, start, recorded } = await make()
        const end = start + recorded.length * minute
        const whole = await source.counts({ from: start, to: end })
        const parts: CountBucket[] = []
        for (let at = start; at < end; at += minute) parts.push(...(await source.counts({ from: at, to: at + minute })))
        equal(numbers(parts), numbers(whole))
      },
    },
    {
      name: 'answers only whole minutes of the window',
      async run() {
        const { source, start } = await make()
        equal(await source.counts({ from: start + 1, to: start + minute }), [])
        const buckets = await source.counts({ from: start - 1, to: start + minute + 1 })
        equal(
          buckets.map(({ from }) => from).filter((from) => from !== start),
          [],
        )
      },
    },
    {
      name: 'does not ask once it is aborted',
      async run() {
        const { source, start } = await make()
        const reason = new Error('enough')
        const failure: unknown = await source
          .counts({ from: start, to: start + minute }, { signal: AbortSignal.abort(reason) })
          .catch((error: unknown) => error)
        if (failure !== reason) throw new Error(`wanted the signal's reason; got ${String(failure)}`)
      },
    },
    ...(['throttled', 'denied'] as const).map((how) => ({
      name: `says that it was ${how}`,
      async run() {
        const { source, start, refuse } = await make()
        if (!refuse) return
        refuse(how)
        const failure: unknown = await source
          .counts({ from: start, to: start + minute })
          .catch((error: unknown) => error)
        const { code, retryable } = Object(failure) as { code?: unknown; retryable?: unknown }
        equal(
          [code, retryable],
          how === 'throttled' ? ['HEALTH_SOURCE_UNAVAILABLE', true] : ['HEALTH_NOT_AUTHORIZED', false],
        )
      },
    })),
  ]
}

const numbers = (buckets: readonly CountBucket[]): unknown =>
  buckets.map(({ from, total, bad, slow }) => [from, total, bad, slow])

function equal(found: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (one !== other) throw new Error(`wanted ${other}; got ${one}`)
}
