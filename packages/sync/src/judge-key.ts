import type { KnownPair } from './known-pair.ts'
import type { Side } from './origin.ts'

export interface Versions {
  readonly authority: string | undefined
  readonly follower: string | undefined
}

/**
 * - `in-step`: both are as when they were last seen to be the same.
 * - `copy`: the authority has something else, and the follower has not changed since.
 * - `remove`: the authority has deleted it, and the follower has not changed since.
 * - `look`: the follower has something that nobody recorded; its marks must say whose it is.
 */
export type Judgement = 'in-step' | 'copy' | 'remove' | 'look'

/** What has to happen to one key, by versions alone. */
export function judgeKey(now: Versions, known: KnownPair | undefined, side: Side): Judgement {
  const then = known && versionsOf(known, side)
  if (now.follower === undefined) return 'copy'
  if (then?.follower !== now.follower) return 'look'
  if (now.authority === undefined) return 'remove'
  return then.authority === now.authority ? 'in-step' : 'copy'
}

const versionsOf = (pair: KnownPair, authority: Side): Versions => ({
  authority: pair[authority],
  follower: pair[other(authority)],
})

export const other = (side: Side): Side => (side === 'from' ? 'to' : 'from')
