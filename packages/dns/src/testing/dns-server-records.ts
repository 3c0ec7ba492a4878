import type { RecordSet, RecordType } from '../dns-zone.ts'
import type { ResourceRecord } from '../rfc2136/message.ts'
import { isWithin, parentOf } from '../rfc2136/name.ts'
import { canonicalRdata, decodeValue, encodeValue } from '../rfc2136/rdata.ts'
import { classCode, typeCode } from '../rfc2136/registry.ts'
import { decodeSoa, encodeSoa, type Soa } from '../rfc2136/soa.ts'

/** All records of one name and type, as they are on the wire. */
export interface Rrset {
  readonly type: number
  readonly ttlSeconds: number
  readonly rdata: readonly Buffer[]
}

/**
 * A zone's records at one moment. What changes it answers another one, so that a reader never sees half an update, and a
 * secondary keeps the state that it has.
 */
export class ZoneRecords {
  readonly zone: string
  /** By canonical name, then type. */
  readonly #names: ReadonlyMap<string, ReadonlyMap<number, Rrset>>

  constructor(zone: string, names: ReadonlyMap<string, ReadonlyMap<number, Rrset>> = new Map()) {
    this.zone = zone
    this.#names = names
  }

  get(name: string, type: number): Rrset | undefined {
    return this.#names.get(name)?.get(type)
  }

  /** All sets of a name. */
  at(name: string): readonly Rrset[] {
    return [...(this.#names.get(name)?.values() ?? [])]
  }

  /** Is there such a name, be it only because there is one below it (RFC 4592 §2.2.2)? */
  exists(name: string): boolean {
    return this.#names.has(name) || [...this.#names.keys()].some((other) => isWithin(other, name))
  }

  /** The name whose records answer for `name`: itself, or the wildcard (RFC 4592 §3.3.1). */
  sourceOf(name: string): string | undefined {
    if (this.exists(name)) return name
    let closest = parentOf(name)
    while (closest !== undefined && closest !== this.zone && !this.exists(closest)) closest = parentOf(closest)
    const wildcard = `*.${closest}`
    return this.#names.has(wildcard) ? wildcard : undefined
  }

  /** With this set of that name and type, or without any. */
  with(name: string, type: number, set: Omit<Rrset, 'type'> | undefined): ZoneRecords {
    const names = new Map(this.#names)
    const sets = new Map(names.get(name))
    if (set === undefined || set.rdata.length === 0) sets.delete(type)
    else sets.set(type, { type, ...set })
    if (sets.size === 0) names.delete(name)
    else names.set(name, sets)
    return new ZoneRecords(this.zone, names)
  }

  get soa(): Soa {
    const rdata = this.get(this.zone, typeCode.SOA)?.rdata[0]
    if (rdata === undefined) throw new Error(`${this.zone} has no SOA`)
    return decodeSoa(rdata)
  }

  withNextSerial(): ZoneRecords {
    const ttlSeconds = this.get(this.zone, typeCode.SOA)?.ttlSeconds ?? 0
    const serial = (this.soa.serial + 1) >>> 0
    // RFC 1982 and BIND: 0 is no serial of a live zone.
    const next = encodeSoa({ ...this.soa, serial: serial === 0 ? 1 : serial })
    return this.with(this.zone, typeCode.SOA, { ttlSeconds, rdata: [next] })
  }

  /** What the port can say, sorted by name and type. */
  recordSets(): RecordSet[] {
    return [...this.#names].flatMap(([name, sets]) => recordSetsOf(name, sets)).sort(byNameAndType)
  }

  same(other: ZoneRecords): boolean {
    return this.#fingerprint() === other.#fingerprint()
  }

  #fingerprint(): string {
    const sets = [...this.#names].flatMap(([name, types]) =>
      [...types.values()].map(({ type, ttlSeconds, rdata }) =>
        [name, type, ttlSeconds, ...rdata.map((bytes) => bytes.toString('hex')).sort()].join(' '),
      ),
    )
    return sets.sort().join('\n')
  }
}

const moved: readonly RecordType[] = ['A', 'AAAA', 'CNAME', 'TXT']

function recordSetsOf(name: string, sets: ReadonlyMap<number, Rrset>): RecordSet[] {
  return moved.flatMap((type) => {
    const set = sets.get(typeCode[type])
    if (!set) return []
    const values = [...new Set(set.rdata.map((rdata) => decodeValue(type, rdata)))].sort()
    return [{ name, type, ttlSeconds: set.ttlSeconds, values }]
  })
}

const byNameAndType = (a: RecordSet, b: RecordSet): number => (`${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1)

/** A record set of the port as it is on the wire. */
export function rrsetOf({ type, ttlSeconds, values }: RecordSet): Rrset {
  return { type: typeCode[type], ttlSeconds, rdata: values.map((value) => encodeValue(type, value)) }
}

/** The records of a set, for a section of a message. */
export function recordsOf(name: string, { type, ttlSeconds, rdata }: Rrset): ResourceRecord[] {
  return rdata.map((bytes) => ({ name, type, class: classCode.IN, ttlSeconds, rdata: bytes }))
}

/** Are two records' data the same, names compared without regard to case? */
export function sameData(type: number, a: Buffer, b: Buffer): boolean {
  return canonicalRdata(type, a).equals(canonicalRdata(type, b))
}
