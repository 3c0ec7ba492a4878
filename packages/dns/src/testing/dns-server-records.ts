import type { RecordSet, RecordType } from '../dns-zone.ts'
import { recordTypes } from '../record-kinds.ts'
import { Malformed } from '../rfc2136/malformed.ts'
import type { ResourceRecord } from '../rfc2136/message.ts'
import { isWithin, parentOf } from '../rfc2136/name.ts'
import { canonicalRdata, decodeValue } from '../rfc2136/rdata.ts'
import { classCode, typeCode } from '../rfc2136/registry.ts'
import { rdataOf } from '../rfc2136/served-set.ts'
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

  /** The highest name below the zone's own, at or above this one, that is delegated to other servers. */
  cutAbove(name: string): string | undefined {
    let cut: string | undefined
    for (let at = name; at !== this.zone; at = parentOf(at) ?? this.zone) if (this.get(at, typeCode.NS)) cut = at
    return cut
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

  /** What values say, besides the zone's own name servers; sorted by name and type. */
  recordSets(): RecordSet[] {
    return [...this.#names].flatMap(([name, sets]) => recordSetsOf(name, sets, this.zone)).sort(byNameAndType)
  }

  /** All records of the zone, its SOA first and last, as they are transferred (RFC 5936 §2.2). */
  transferred(): ResourceRecord[] {
    const own = recordsOf(this.zone, this.get(this.zone, typeCode.SOA) ?? { type: 0, ttlSeconds: 0, rdata: [] })
    const others = [...this.#names].flatMap(([name, sets]) =>
      [...sets.values()].flatMap((set) => (set.type === typeCode.SOA ? [] : recordsOf(name, set))),
    )
    return [...own, ...others, ...own]
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

function recordSetsOf(name: string, sets: ReadonlyMap<number, Rrset>, zone: string): RecordSet[] {
  return recordTypes.flatMap((type) => {
    const set = type === 'NS' && name === zone ? undefined : sets.get(typeCode[type])
    if (!set || !set.rdata.every((rdata) => isText(type, rdata))) return []
    const values = [...new Set(set.rdata.map((rdata) => decodeValue(type, rdata)))].sort()
    return [{ name, type, ttlSeconds: set.ttlSeconds, values }]
  })
}

function isText(type: RecordType, rdata: Buffer): boolean {
  try {
    return typeof decodeValue(type, rdata) === 'string'
  } catch (error) {
    if (error instanceof Malformed) return false
    throw error
  }
}

const byNameAndType = (a: RecordSet, b: RecordSet): number => (`${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1)

/** A record set of the port as it is on the wire. */
export function rrsetOf(set: RecordSet): Rrset {
  return { type: typeCode[set.type], ttlSeconds: set.ttlSeconds, rdata: rdataOf(set) }
}

/** The records of a set, for a section of a message. */
export function recordsOf(name: string, { type, ttlSeconds, rdata }: Rrset): ResourceRecord[] {
  return rdata.map((bytes) => ({ name, type, class: classCode.IN, ttlSeconds, rdata: bytes }))
}

/** Are two records' data the same, names compared without regard to case? */
export function sameData(type: number, a: Buffer, b: Buffer): boolean {
  return canonicalRdata(type, a).equals(canonicalRdata(type, b))
}
