import { CutoverError, isCutoverError } from '@cutover/core'

import type { AnyRecordSet, Edit } from '../dns-zone.ts'
import { describeRecordSet, recordSet } from '../record-set.ts'
import type { Edits } from './apply-edits.ts'
import { type Endpoint, rejected } from './failure.ts'
import { Malformed } from './malformed.ts'
import { derivedTypes, typeCode } from './registry.ts'
import { checkedOpaque, rdataOf, typeNumberOf, type ZoneSet } from './served-set.ts'
import { refuseTooLong } from './update-length.ts'
import type { ZoneAt } from './zone-state.ts'

/** Refuses what the server would, or would ignore silently, before anything is sent. @throws CutoverError `DNS_CHANGE_REJECTED`, `DNS_BATCH_TOO_LARGE` */
export function checkedEdits(edits: readonly Edit[], at: ZoneAt): Edits['edits'] {
  const { endpoint, zone } = at
  refuseTooLong(endpoint, edits)
  const checked = edits.map(({ expected, next }) => ({
    expected: expected && { ...expected, set: checkedSet(expected.set, at) },
    next: next && checkedSet(next, at),
  }))
  for (const { expected, next } of checked) {
    if (!expected && !next) throw rejected(endpoint, 'is asked neither to replace a record nor to put one there')
    const isApexNs = expected?.set.type === 'NS' && expected.set.name === zone
    if (isApexNs && !(next?.type === 'NS' && next.name === zone)) {
      throw rejected(endpoint, `keeps the name servers of ${zone} itself: they can be replaced, not deleted`)
    }
  }
  refuseTwice(
    checked.flatMap(({ expected }) => expected?.set ?? []),
    endpoint,
    'expected',
  )
  const coming = checked.flatMap(({ next }) => next ?? [])
  refuseTwice(coming, endpoint, 'written')
  const cname = coming.find(
    (set) => set.type === 'CNAME' && coming.some((other) => other !== set && other.name === set.name),
  )
  if (cname) {
    throw rejected(endpoint, `is asked to put a CNAME beside other types at ${cname.name} (RFC 1034 §3.6.2)`)
  }
  return checked
}

function refuseTwice(sets: readonly ZoneSet[], endpoint: Endpoint, what: string): void {
  const seen = new Set<string>()
  for (const { name, type } of sets) {
    if (seen.has(`${name} ${type}`)) throw rejected(endpoint, `is given two edits in which ${name} ${type} is ${what}`)
    seen.add(`${name} ${type}`)
  }
}

function checkedSet(set: AnyRecordSet, { endpoint, zone }: ZoneAt): ZoneSet {
  if (set.kind === 'alias' || set.kind === 'weighted') {
    throw rejected(endpoint, `has no such records: ${set.name} is ${describeRecordSet(set)}`)
  }
  try {
    const checked = set.kind === 'opaque' ? checkedOpaque(set, zone) : recordSet(set, zone)
    const longest = rdataOf(checked).reduce((most, { length }) => Math.max(most, length), 0)
    if (longest > 0xffff)
      throw new Malformed(`${set.name} ${set.type} has a value of ${longest} bytes, more than 65535`)
    const type = typeNumberOf(checked)
    if (type !== typeCode.SOA && !derivedTypes.has(type)) return checked
  } catch (error) {
    if (!isCutoverError(error) && !(error instanceof Malformed)) throw error
    throw new CutoverError('DNS_CHANGE_REJECTED', `${endpoint.server} is sent no such record: ${error.message}`, {
      cause: error,
    })
  }
  throw rejected(endpoint, `makes ${set.type} records itself: ${set.name} is not written`)
}
