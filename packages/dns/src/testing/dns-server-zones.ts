import { CutoverError, knownOptions } from '@cutover/core'

import type { RecordSet } from '../dns-zone.ts'
import { recordSet } from '../record-set.ts'
import { canonicalName, encodeName } from '../rfc2136/name.ts'
import { typeCode } from '../rfc2136/registry.ts'
import { encodeSoa, type Soa } from '../rfc2136/soa.ts'
import { type Rrset, rrsetOf, ZoneRecords } from './dns-server-records.ts'

export interface ServedZone {
  /** `example.com` */
  readonly name: string
  readonly records?: readonly RecordSet[] | undefined
  /**
   * @default serial 1, negativeTtlSeconds 60, ttlSeconds 3600, primary ns1.<zone>, mailbox hostmaster.<zone>, refresh 3600,
   * retry 600, expire 604800
   */
  readonly soa?: Partial<Soa & { readonly ttlSeconds: number }> | undefined
}

const soaFields: readonly (keyof Soa | 'ttlSeconds')[] = [
  'primary',
  'mailbox',
  'serial',
  'refreshSeconds',
  'retrySeconds',
  'expireSeconds',
  'negativeTtlSeconds',
  'ttlSeconds',
]

/** The zones of one server. A secondary listens to its primary's. */
export class ServedZones {
  readonly #zones = new Map<string, ZoneRecords>()
  readonly #listeners = new Set<(records: ZoneRecords) => void>()

  get all(): readonly ZoneRecords[] {
    return [...this.#zones.values()]
  }

  /** @throws CutoverError `DNS_OPTION_INVALID` for a zone that is not served here */
  named(zone: string): ZoneRecords {
    const records = this.#zones.get(canonicalName(zone))
    if (records) return records
    throw new CutoverError(
      'DNS_OPTION_INVALID',
      `zone is ${JSON.stringify(zone)}; wanted one that this server has: ${[...this.#zones.keys()].join(', ')}`,
    )
  }

  get(zone: string): ZoneRecords | undefined {
    return this.#zones.get(zone)
  }

  put(records: ZoneRecords): void {
    this.#zones.set(records.zone, records)
    for (const listener of this.#listeners) listener(records)
  }

  onPut(listener: (records: ZoneRecords) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}

/** @throws CutoverError `DNS_RECORD_INVALID` and what `recordSet` refuses */
export function loadZone(served: ServedZone): ZoneRecords {
  knownOptions(served, ['name', 'records', 'soa'], 'DNS_OPTION_INVALID', 'a zone')
  const { name, records = [], soa = {} } = served
  knownOptions(soa, soaFields, 'DNS_OPTION_INVALID', 'soa')
  const zone = canonicalName(name)
  const { primary = `ns1.${zone}`, mailbox = `hostmaster.${zone}`, serial = 1 } = soa
  const { refreshSeconds = 3_600, retrySeconds = 600, expireSeconds = 604_800 } = soa
  const { negativeTtlSeconds = 60, ttlSeconds = 3_600 } = soa
  const start = { primary, mailbox, serial, refreshSeconds, retrySeconds, expireSeconds, negativeTtlSeconds }
  const names = new Map<string, Map<number, Rrset>>()
  const put = (at: string, set: Rrset): void => {
    names.set(at, (names.get(at) ?? new Map<number, Rrset>()).set(set.type, set))
  }
  put(zone, { type: typeCode.SOA, ttlSeconds, rdata: [encodeSoa(start)] })
  put(zone, { type: typeCode.NS, ttlSeconds, rdata: [encodeName(primary)] })
  const given = new Set<string>()
  for (const record of records) {
    const set = recordSet(record, zone)
    const key = `${set.name} ${set.type}`
    if (given.has(key)) throw new CutoverError('DNS_RECORD_INVALID', `${key} is given twice`)
    given.add(key)
    refuseBesideCname(set, [...(names.get(set.name)?.keys() ?? [])])
    put(set.name, rrsetOf(set))
  }
  return new ZoneRecords(zone, names)
}

/** The zone with this record set; the serial stays. @throws CutoverError `DNS_RECORD_INVALID` for a CNAME beside another type */
export function withRecord(zone: ZoneRecords, set: RecordSet): ZoneRecords {
  const present = zone.at(set.name).map(({ type }) => type)
  refuseBesideCname(set, present)
  return zone.with(set.name, typeCode[set.type], rrsetOf(set))
}

function refuseBesideCname({ name, type }: RecordSet, present: readonly number[]): void {
  const others = present.filter((other) => other !== typeCode[type])
  if (type === 'CNAME' ? others.length > 0 : others.includes(typeCode.CNAME)) {
    throw new CutoverError('DNS_RECORD_INVALID', `${name}: a CNAME cannot stand beside records of other types`)
  }
}
