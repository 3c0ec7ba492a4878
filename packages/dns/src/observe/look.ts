import { formatDuration } from '@cutover/core'

import { sameValues } from '../record-set.ts'
import { answeredValues } from '../resolver-list.ts'
import type { Resolver, ResolverAnswer } from '../resolver.ts'
import type { Observer, Watched } from './follow.ts'
import type { AnswerState, Observation } from './observation.ts'

/** RFC 8767 §4: the TTL that an answer out of date is given with. */
const staleTtlSeconds = 30
/** By how much two instants may differ that two answers with whole seconds say. */
const roundingMs = 1_500

export interface Look {
  readonly observation: Observation
  /** When it was asked, epoch milliseconds: the answer's seconds count from no earlier than that. */
  readonly askedAt: number
  readonly ttlSeconds?: number | undefined
}

/** Asks one resolver once, and judges what it answers; `former` is what was seen of it before. */
export async function lookAtResolver(
  resolver: Resolver,
  watched: Watched,
  { clock, signal }: Observer,
  former?: Observation,
): Promise<Look> {
  const { name, type } = watched.record
  const askedAt = clock.now()
  const by = resolver.name
  let answer: ResolverAnswer | undefined
  try {
    answer = await inTime((asking) => resolver.lookup(name, type, { signal: asking }))
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof Error ? error.message : String(error)
    const text = `${by} does not answer: ${why}`
    return { askedAt, observation: { resolver: by, state: 'timeout', at: clock.now(), values: [], text } }
  }
  const at = clock.now()
  const values = answer ? answeredValues(name, type, answer.values) : []
  const expiresAt = answer && askedAt + answer.ttlSeconds * 1_000
  const state = judged(watched, { values, expiresAt, at, isStale: answer?.stale ?? false, former })
  return {
    askedAt,
    ttlSeconds: answer?.ttlSeconds,
    observation: {
      resolver: by,
      state,
      at,
      values,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(state === 'new' && { flippedAt: former?.flippedAt ?? at }),
      text: inWords(by, state, values, answer),
    },
  }

  /** A resolver that never answers must not hold up the end. */
  async function inTime<T>(asking: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = new AbortController()
    const within = AbortSignal.any([signal, over.signal])
    const late = clock.sleep(watched.patienceMs, { signal: within }).then(() => {
      throw new Error(`no answer within ${formatDuration(watched.patienceMs)}`)
    })
    try {
      return await Promise.race([asking(within), late])
    } finally {
      over.abort()
      late.catch(() => {})
    }
  }
}

interface Seen {
  readonly values: readonly string[]
  readonly expiresAt: number | undefined
  readonly at: number
  readonly isStale: boolean
  readonly former: Observation | undefined
}

function judged({ to, from, allMovedBy }: Watched, seen: Seen): AnswerState {
  const { values, expiresAt, at, isStale, former } = seen
  if (values.length === 0) return 'nxdomain'
  if (sameValues(values, to)) return isStale ? 'stale' : 'new'
  if (from !== undefined && !sameValues(values, from)) return 'other'
  if (isStale) return 'stale'
  // It does not say so: too late for an honest cache, as short as RFC 8767 wants it, and no countdown that was begun earlier.
  const isLate = allMovedBy !== undefined && at > allMovedBy
  const isShort = expiresAt !== undefined && expiresAt - at <= staleTtlSeconds * 1_000
  const goesOn =
    former?.expiresAt !== undefined &&
    expiresAt !== undefined &&
    expiresAt - former.expiresAt <= roundingMs &&
    // A second or two tell no countdown from a TTL that is 30 each time.
    (former.state !== 'stale' || at - former.at > 2 * roundingMs)
  return isLate && isShort && !goesOn ? 'stale' : 'old'
}

function inWords(
  by: string,
  state: AnswerState,
  values: readonly string[],
  answer: ResolverAnswer | undefined,
): string {
  const lasts = answer === undefined ? '' : ` for up to ${formatDuration((answer.ttlSeconds + 1) * 1_000)}`
  switch (state) {
    case 'new':
      return `${by} answers ${values.join(' ')}: moved`
    case 'old':
      return `${by} still answers ${values.join(' ')}${lasts}`
    case 'other':
      return `${by} answers ${values.join(' ')}${lasts}, neither the former nor the new answer`
    case 'stale':
      return `${by} answers ${values.join(' ')} out of date: it does not reach the zone's servers, or serves stale answers first`
    default:
      return `${by} has no such record${lasts}${answer?.absent === 'nodata' ? '; the name has others' : ''}`
  }
}
