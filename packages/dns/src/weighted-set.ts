import { CutoverError } from '@cutover/core'

import type { AnyRecordSet, WeightedMember, WeightedRecordSet } from './dns-zone.ts'
import { describeRecordSet, sameRecordSet } from './record-set.ts'

/** Has each member of a weighted set what it has in one of these? So a write in several steps looks halfway. */
export function isBetween(found: AnyRecordSet | undefined, ends: readonly (AnyRecordSet | undefined)[]): boolean {
  if (found?.kind !== 'weighted') return false
  const sets = ends.filter((end) => end?.kind === 'weighted' && end.members.length === found.members.length)
  return found.members.every((member, place) =>
    sets.some((end) => {
      const other = end?.kind === 'weighted' ? end.members[place] : undefined
      return other !== undefined && sameRecordSet(alone(found, member), alone(found, other))
    }),
  )
}

const alone = (set: WeightedRecordSet, member: WeightedMember): WeightedRecordSet => ({ ...set, members: [member] })

/** @throws CutoverError `DNS_RECORD_UNSUPPORTED` for a set that is not weighted. */
export function weightedOnly(set: AnyRecordSet): WeightedRecordSet {
  if (set.kind === 'weighted') return set
  throw new CutoverError(
    'DNS_RECORD_UNSUPPORTED',
    `${set.name} is ${describeRecordSet(set)}; wanted several answers by weight`,
    { next: 'First: toWeighted(record, …)' },
  )
}
