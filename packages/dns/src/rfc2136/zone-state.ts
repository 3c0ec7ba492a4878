import { CutoverError, isCutoverError } from '@cutover/core'

import type { RecordSet, RecordType } from '../dns-zone.ts'
import { recordSet } from '../record-set.ts'
import type { Ask } from './authority.ts'
import { type Endpoint, queryFailed, shown, unavailable } from './failure.ts'
import { Malformed } from './malformed.ts'
import type { DecodedMessage } from './message.ts'
import { decodeValue } from './rdata.ts'
import { classCode, opcode, rcode, typeCode } from './registry.ts'
import { decodeSoa } from './soa.ts'

/** A record set as one state of the zone has it. */
export interface ZoneState {
  /** The RDATA of the zone's SOA record: changes with every change of the zone. */
  readonly soa: Buffer
  readonly serial: number
  readonly found: RecordData | undefined
}

/** A record set and its exact RDATA, which tells more than the values do: where a TXT's strings end, for one. */
export interface RecordData {
  readonly set: RecordSet
  readonly rdata: readonly Buffer[]
}

interface Wanted {
  readonly endpoint: Endpoint
  readonly zone: string
  readonly name: string
  readonly type: RecordType
}

/** How often a zone may change while one record of it is read. */
const attempts = 5

/** Reads SOA, record set and SOA again, until nothing changed in between: TTL, values and serial are of one state. */
export async function readState(ask: Ask, wanted: Wanted): Promise<ZoneState> {
  let soa = await readSoa(ask, wanted)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await readRecord(ask, wanted)
    const again = await readSoa(ask, wanted)
    if (again.rdata.equals(soa.rdata)) return { soa: soa.rdata, serial: soa.serial, found }
    soa = again
  }
  throw unavailable(wanted.endpoint, `changes ${wanted.zone} more quickly than ${wanted.name} can be read`)
}

/** The zone's SOA record as this server has it. */
export async function readSoa(
  ask: Ask,
  { endpoint, zone }: Pick<Wanted, 'endpoint' | 'zone'>,
): Promise<{ rdata: Buffer; serial: number }> {
  const response = await query(ask, endpoint, zone, typeCode.SOA)
  const record = response.answers.find(({ name, type }) => name.toLowerCase() === zone && type === typeCode.SOA)
  if (!record) {
    throw unavailable(endpoint, `has no SOA record at ${zone}`, {
      retryable: false,
      next: `Name the zone that contains it: dig +noall +authority @${endpoint.server} -p ${endpoint.port} ${zone} SOA`,
    })
  }
  return { rdata: record.rdata, serial: readable(endpoint, () => decodeSoa(record.rdata)).serial }
}

/** The record set as this server has it, `undefined` when it says that there is none: NXDOMAIN, no data, or a CNAME instead. */
export async function readRecord(ask: Ask, { endpoint, zone, name, type }: Wanted): Promise<RecordData | undefined> {
  const response = await query(ask, endpoint, name, typeCode[type])
  // Behind a CNAME stand its target's records: they are not this name's.
  const records = response.answers.filter(
    (record) => record.name.toLowerCase() === name && record.type === typeCode[type] && record.class === classCode.IN,
  )
  const first = records[0]
  if (first === undefined) return undefined
  const rdata = records.map((record) => record.rdata)
  // RFC 2181 §8: a TTL with the highest bit set counts as 0.
  const ttlSeconds = first.ttlSeconds > 0x7fff_ffff ? 0 : first.ttlSeconds
  const set = readable(endpoint, () =>
    recordSet({ name, type, ttlSeconds, values: rdata.map((bytes) => decodeValue(type, bytes)) }, zone),
  )
  return { set, rdata }
}

async function query(ask: Ask, endpoint: Endpoint, name: string, type: number): Promise<DecodedMessage> {
  const response = await ask({
    opcode: opcode.QUERY,
    rcode: rcode.NOERROR,
    questions: [{ name, type, class: classCode.IN }],
  })
  if (response.rcode !== rcode.NOERROR && response.rcode !== rcode.NXDOMAIN) {
    throw queryFailed(endpoint, `a query for ${name}`, response.rcode)
  }
  if (!response.authoritative) {
    throw unavailable(endpoint, `is not authoritative for ${name}`, {
      retryable: false,
      next: 'Name an authoritative server of the zone, and the zone that the name is in: it may have been delegated.',
    })
  }
  return response
}

/** What is served and could not be put back as it is must not be taken for something else. */
function readable<T>(endpoint: Endpoint, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Malformed) && !isCutoverError(error)) throw error
    throw new CutoverError(
      'DNS_RECORD_UNSUPPORTED',
      `${shown(endpoint)} serves a record that could not be put back as it is: ${error.message}`,
      { cause: error },
    )
  }
}
