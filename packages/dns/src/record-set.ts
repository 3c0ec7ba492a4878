import { CutoverError } from '@cutover/core'

import { nameInZone } from './dns-name.ts'
import { dnsTtl } from './dns-ttl.ts'
import type { RecordSet, RecordType } from './dns-zone.ts'
import { recordValues } from './record-values.ts'

const recordTypes: readonly RecordType[] = ['A', 'AAAA', 'CNAME', 'TXT']

/** One of the types that this version moves; refuses a CNAME at the zone's own name (RFC 1034 §3.6.2: its SOA and NS are there). */
export function recordType(type: RecordType, name: string, zone: string | undefined): RecordType {
  if (!recordTypes.includes(type)) {
    throw new CutoverError(
      'DNS_RECORD_INVALID',
      `type is ${JSON.stringify(type)}; wanted one of ${recordTypes.join(', ')}`,
    )
  }
  if (type === 'CNAME' && name === zone?.toLowerCase().replace(/\.$/, '')) {
    throw new CutoverError(
      'DNS_RECORD_INVALID',
      `type is "CNAME" at ${name}, the zone's own name; wanted A or AAAA there, since a CNAME stands alone and a zone has SOA and NS at its name`,
    )
  }
  return type
}

/**
 * A record set of a zone in the one form that this package compares; adapters hand out what they read through this.
 *
 * @throws CutoverError `DNS_NAME_INVALID`, `DNS_TTL_INVALID`, `DNS_RECORD_INVALID`
 */
export function recordSet(set: RecordSet, zone: string | undefined): RecordSet {
  const name = nameInZone(set.name, zone)
  const type = recordType(set.type, name, zone)
  return { name, type, ttlSeconds: dnsTtl(set.ttlSeconds), values: recordValues(name, type, set.values) }
}

/** Do two record sets, both in the form of `recordSet`, say the same: name, type, TTL and values? */
export function sameRecordSet(a: RecordSet | undefined, b: RecordSet | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.name === b.name && a.type === b.type && a.ttlSeconds === b.ttlSeconds && sameValues(a.values, b.values)
}

/** Are two sorted lists of values the same? */
export function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, place) => value === b[place])
}

/** As people read it: `CNAME orders.azurewebsites.net, TTL 60`. */
export function describeRecordSet(set: RecordSet | undefined): string {
  return set === undefined ? 'no such record' : `${set.type} ${set.values.join(' ')}, TTL ${set.ttlSeconds}`
}
