import { isCutoverError } from '@cutover/core'

import { nameInZone } from '../dns-name.ts'
import type { OpaqueRecordSet, RecordSet, RecordType } from '../dns-zone.ts'
import { recordTypes } from '../record-kinds.ts'
import { recordType, sameValues } from '../record-set.ts'
import { recordValues } from '../record-values.ts'
import { Malformed } from './malformed.ts'
import { decodeValue, encodeValue } from './rdata.ts'
import { typeName, typeNumber } from './registry.ts'

/** What such a zone holds: values, or what is kept as bytes because no value says it. */
export type ZoneSet = RecordSet | OpaqueRecordSet

/** A record set as it is on the wire. */
export interface Rdataset {
  /** Canonical. */
  readonly name: string
  readonly type: number
  readonly ttlSeconds: number
  readonly rdata: readonly Buffer[]
}

/** A record set and its exact RDATA, which tells more than the values do: where a TXT's strings end, for one. */
export interface ServedSet {
  readonly set: ZoneSet
  readonly rdata: readonly Buffer[]
}

/** `spelling` of a set, `extra` of an opaque one: RDATA, base64. */
interface KeptBytes {
  readonly ttlSeconds?: number
  readonly rdata: readonly string[]
}

/** The record set that these bytes are, of a name within the zone; opaque where it could not be written back as it is from its values (RFC 3597). */
export function servedSet({ name, type, ttlSeconds: ttl, rdata }: Rdataset, zone: string): ServedSet {
  // RFC 2181 §8: a TTL with the highest bit set counts as 0.
  const ttlSeconds = ttl > 0x7fff_ffff ? 0 : ttl
  const known = recordTypes.find((each) => each === typeName(type))
  const opaque = (what: string): ServedSet => {
    const extra: KeptBytes = { ttlSeconds, rdata: base64(rdata) }
    return { set: { kind: 'opaque', name, type: typeName(type), what, extra }, rdata }
  }
  if (known === undefined) return opaque('a record that no verb edits')
  try {
    const values = rdata.map((bytes) => decodeValue(known, bytes))
    const set: RecordSet = {
      name,
      type: recordType(known, name, zone),
      ttlSeconds,
      values: checkedValues(name, known, values),
    }
    const isOurs = sameBytes(rdataOf(set), rdata)
    return { set: isOurs ? set : { ...set, spelling: { rdata: base64(rdata) } satisfies KeptBytes }, rdata }
  } catch (error) {
    if (error instanceof Malformed || isCutoverError(error)) {
      return opaque(`a record that cannot be written as text: ${error.message}`)
    }
    throw error
  }
}

/** Most of a zone are addresses; of these each has one text already. */
const checkedValues = (name: string, type: RecordType, values: readonly string[]): readonly string[] =>
  type === 'A' || type === 'AAAA' ? [...new Set(values)].sort() : recordValues(name, type, values)

/** The bytes of a set's records: as the authority had spelled them where that says the same, else as this package does. */
export function rdataOf(set: ZoneSet): readonly Buffer[] {
  if (set.kind === 'opaque') return keptBytes(set.extra) ?? []
  const spelled = keptBytes(set.spelling)
  return spelled && saysTheSame(set, spelled) ? spelled : set.values.map((value) => encodeValue(set.type, value))
}

/** Do these bytes say what the values of the set say? */
export function saysTheSame(set: RecordSet, rdata: readonly Buffer[]): boolean {
  try {
    return sameValues([...new Set(rdata.map((bytes) => decodeValue(set.type, bytes)))].sort(), set.values)
  } catch (error) {
    if (error instanceof Malformed) return false
    throw error
  }
}

export const ttlOf = (set: ZoneSet): number =>
  set.kind === 'opaque' ? ((set.extra as KeptBytes).ttlSeconds ?? 0) : set.ttlSeconds

/** @throws Malformed for what is no type */
export function typeNumberOf({ type }: Pick<ZoneSet, 'type'>): number {
  const number = typeNumber(type)
  if (number === undefined) throw new Malformed(`${JSON.stringify(type)} is no type of records`)
  return number
}

/** An opaque set as another process may hand it in: bytes that can be sent. @throws CutoverError, Malformed */
export function checkedOpaque(set: OpaqueRecordSet, zone: string): OpaqueRecordSet {
  const bytes = keptBytes(set.extra)
  if (!bytes || bytes.length === 0) throw new Malformed(`${set.name} ${set.type} has no RDATA in its extra`)
  const ttlSeconds = ttlOf(set)
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > 0x7fff_ffff)
    throw new Malformed(`${set.name} ${set.type} has no TTL`)
  typeNumberOf(set)
  return { ...set, name: nameInZone(set.name, zone) }
}

function keptBytes(kept: unknown): readonly Buffer[] | undefined {
  const { rdata } = (kept ?? {}) as Partial<Record<keyof KeptBytes, unknown>>
  if (!Array.isArray(rdata) || !rdata.every((bytes) => typeof bytes === 'string')) return undefined
  return rdata.map((bytes) => Buffer.from(bytes, 'base64'))
}

/** In one order: servers answer the records of a set in any. */
export const base64 = (list: readonly Buffer[]): readonly string[] =>
  list.map((bytes) => bytes.toString('base64')).sort()

/** The same records, in any order, byte for byte. */
function sameBytes(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  if (a.length !== b.length) return false
  if (a.length === 1) return a[0] !== undefined && b[0] !== undefined && a[0].equals(b[0])
  return base64(a).join() === base64(b).join()
}
