/**
 * What was seen of one that was asked:
 *
 * - `'old'`: the former answer; `'new'`: the one that it is moved to; `'other'`: neither, so somebody else's.
 * - `'stale'`: the former answer out of date, given because no authoritative server answers that resolver (RFC 8767).
 * - `'nxdomain'`: no such record; never counted as moved.
 * - `'timeout'`: no answer, or an error such as SERVFAIL.
 */
export type AnswerState = 'old' | 'new' | 'other' | 'stale' | 'nxdomain' | 'timeout'

/** One look at one resolver, or at the zone itself. */
export interface Observation {
  /** The resolver's name; `'authority'` is the zone itself. */
  readonly resolver: string
  readonly state: AnswerState
  /** When it answered, epoch milliseconds. */
  readonly at: number
  readonly values: readonly string[]
  /** Until when it goes on answering so by its own word, epoch milliseconds; up to 1 s longer, since it counts whole seconds. */
  readonly expiresAt?: number | undefined
  /** When it was first seen to answer the new one, epoch milliseconds. */
  readonly flippedAt?: number | undefined
  /** Of the authority alone: it had the new answer, and has it no more. */
  readonly reverted?: Reverted | undefined
  /** One English sentence. */
  readonly text: string
}

/** Somebody took the move back: between two looks, epoch milliseconds. */
export interface Reverted {
  readonly after: number
  readonly before: number
  /** Who says in the zone that the record is its own: `external-dns, owner default`. */
  readonly by?: string | undefined
}
