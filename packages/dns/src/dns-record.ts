import { nameInZone } from './dns-name.ts'
import type { DnsZone, RecordType } from './dns-zone.ts'
import { recordType } from './record-set.ts'

/** A record of yours: what every verb of this package takes first. */
export interface DnsRecord<Type extends RecordType = RecordType> {
  readonly zone: DnsZone
  /** Absolute, in lower case, without the last dot. */
  readonly name: string
  readonly type: Type
}

/** What a record of that type can be pointed at: one name for a CNAME, one address or several for an A. */
export type RecordAnswer<Type extends RecordType> = Type extends 'CNAME' ? string : string | readonly string[]

/**
 * Names one record of a zone; reads nothing.
 *
 * `name` is absolute; case and a last dot do not matter.
 *
 * @throws CutoverError `DNS_NAME_INVALID` for a relative name and for one of another zone, `DNS_RECORD_INVALID` for another
 * type and for a CNAME at the zone's own name.
 */
export function dnsRecord<Type extends RecordType>(zone: DnsZone, name: string, type: Type): DnsRecord<Type> {
  const absolute = nameInZone(name, zone.name)
  recordType(type, absolute, zone.name)
  return { zone, name: absolute, type }
}
