import { CutoverError } from '@cutover/core'

import type { AnyRecordSet } from './dns-zone.ts'
import { describeRecordSet } from './record-set.ts'

/**
 * For how long caches may keep an answer of this set, in seconds: of a weighted set, the longest of any member.
 *
 * @throws CutoverError `DNS_RECORD_UNSUPPORTED` where the zone does not say: an alias of Route 53 has its target's TTL.
 */
export function ttlOf(set: AnyRecordSet): number {
  if (set.kind === undefined) return set.ttlSeconds
  const ttls = set.kind === 'weighted' ? set.members.map(({ ttlSeconds }) => ttlSeconds) : [aliasTtl(set)]
  const known = ttls.filter((ttl) => ttl !== undefined)
  if (known.length === ttls.length && known.length > 0) return Math.max(...known)
  throw new CutoverError(
    'DNS_RECORD_UNSUPPORTED',
    `${set.name} is ${describeRecordSet(set)}, which has no TTL of its own; wanted a record with a TTL`,
    {
      next: "Caches keep an alias for its target's TTL, 60 s with most AWS services: nothing need be lowered before it is replaced.",
    },
  )
}

const aliasTtl = (set: AnyRecordSet): number | undefined => (set.kind === 'alias' ? set.ttlSeconds : undefined)

/** The same set with another TTL, all members alike. */
export function withTtl<Set extends AnyRecordSet>(set: Set, ttlSeconds: number): Set {
  if (set.kind === 'weighted') return { ...set, members: set.members.map((member) => ({ ...member, ttlSeconds })) }
  return { ...set, ttlSeconds }
}
