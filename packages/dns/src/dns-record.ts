import { nameInZone } from './dns-name.ts'
import type { DnsZone, RecordType } from './dns-zone.ts'
import { refuseOption } from './option-error.ts'
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
 * type and for a CNAME at the zone's own name, `DNS_OPTION_INVALID` for what is no zone.
 */
export function dnsRecord<Type extends RecordType>(zone: DnsZone, name: string, type: Type): DnsRecord<Type> {
  if (!isZone(zone)) refuseOption('zone', zone, 'a DnsZone, such as route53Zone(…) or rfc2136Zone(…) answers')
  const absolute = nameInZone(name, zone.name)
  recordType(type, absolute, zone.name)
  return { zone, name: absolute, type }
}

/** A record as a verb is given it, looked at again: a caller without types may pass anything. */
export function checkedRecord<Type extends RecordType>(record: DnsRecord<Type>): DnsRecord<Type> {
  const given: unknown = record
  if (typeof given === 'object' && given !== null && 'zone' in given) {
    return dnsRecord(record.zone, record.name, record.type)
  }
  return refuseOption('record', given, 'what dnsRecord(zone, name, type) answers')
}

function isZone(zone: unknown): boolean {
  if (typeof zone !== 'object' || zone === null) return false
  const given = zone as Partial<Record<string, unknown>>
  return ['find', 'replace', 'waitUntilServed'].every((method) => typeof given[method] === 'function')
}
