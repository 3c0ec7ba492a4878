import { type Ask, askAll } from './authority.ts'
import { type Endpoint, queryFailed, unavailable } from './failure.ts'
import { Malformed } from './malformed.ts'
import type { DecodedMessage, ResourceRecord } from './message.ts'
import { decodeName, isWithin } from './name.ts'
import { classCode, opcode, rcode, typeCode } from './registry.ts'
import { type ServedSet, servedSet, typeNumberOf, type ZoneSet } from './served-set.ts'
import { decodeSoa } from './soa.ts'

/** Record sets as one state of the zone has them. */
export interface ZoneState {
  /** The RDATA of the zone's SOA record: changes with every change of the zone. */
  readonly soa: Buffer
  readonly serial: number
  /** In the order in which they were asked for. */
  readonly found: readonly (ServedSet | undefined)[]
}

/** Where a zone is read. */
export interface ZoneAt {
  readonly endpoint: Endpoint
  readonly zone: string
}

export type RecordKey = Pick<ZoneSet, 'name' | 'type'>

/** How often a zone may change while records of it are read. */
const attempts = 5

/** Reads SOA, record sets and SOA again, until nothing changed in between: TTLs, values and serial are of one state. */
export async function readState(ask: Ask, at: ZoneAt, keys: readonly RecordKey[]): Promise<ZoneState> {
  let soa = await readSoa(ask, at)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await askAll(keys, (key) => readRecord(ask, at, key))
    const again = await readSoa(ask, at)
    if (again.rdata.equals(soa.rdata)) return { soa: soa.rdata, serial: soa.serial, found }
    soa = again
  }
  const names = keys.map(({ name }) => name).join(', ')
  throw unavailable(at.endpoint, `changes ${at.zone} more quickly than ${names} can be read`)
}

/** The zone's SOA record as this server has it. */
export async function readSoa(ask: Ask, { endpoint, zone }: ZoneAt): Promise<{ rdata: Buffer; serial: number }> {
  const response = await query(ask, endpoint, zone, typeCode.SOA)
  if (!response.authoritative) referred(response, { endpoint, zone }, zone, typeCode.SOA)
  const record = response.answers.find(({ name, type }) => name.toLowerCase() === zone && type === typeCode.SOA)
  if (!record) {
    throw unavailable(endpoint, `has no SOA record at ${zone}`, {
      retryable: false,
      next: `Name the zone that contains it: dig +noall +authority @${endpoint.server} -p ${endpoint.port} ${zone} SOA`,
    })
  }
  return { rdata: record.rdata, serial: serialOf(endpoint, record.rdata) }
}

export function serialOf(endpoint: Endpoint, soa: Buffer): number {
  try {
    return decodeSoa(soa).serial
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw unavailable(endpoint, `sent an SOA record that is none: ${error.message}`, { cause: error })
  }
}

/** The record set as this server has it, `undefined` when it says that there is none: NXDOMAIN, no data, or a CNAME instead. */
export async function readRecord(ask: Ask, at: ZoneAt, key: RecordKey): Promise<ServedSet | undefined> {
  const [name, type] = [key.name, typeNumberOf(key)]
  const response = await query(ask, at.endpoint, name, type)
  const section = response.authoritative ? response.answers : referred(response, at, name, type)
  // Behind a CNAME stand its target's records: they are not this name's.
  const records = section.filter(
    (record) => record.name.toLowerCase() === name && record.type === type && record.class === classCode.IN,
  )
  const first = records[0]
  if (first === undefined) return undefined
  const { ttlSeconds } = first
  return servedSet({ name, type, ttlSeconds, rdata: records.map((record) => record.rdata) }, at.zone)
}

/**
 * Where a server refers to others, the zone's own records stand in two other sections: the delegation itself, and the addresses of its
 * servers (RFC 1034 §4.3.2). Of all else below it such an answer says nothing.
 */
function referred(
  { authorities, additionals }: DecodedMessage,
  { endpoint, zone }: ZoneAt,
  name: string,
  type: number,
): readonly ResourceRecord[] {
  const servers = authorities.filter((record) => record.type === typeCode.NS)
  const cut = servers[0]?.name.toLowerCase()
  const isOurs = cut !== undefined && cut !== zone && isWithin(cut, zone) && isWithin(name, cut)
  const isAddress = type === typeCode.A || type === typeCode.AAAA
  const isGlue = isAddress && servers.some(({ rdata }) => decodeName(rdata, 0).name.toLowerCase() === name)
  if (isOurs && type === typeCode.NS && cut === name) return authorities
  if (isOurs && isGlue) return additionals
  throw unavailable(endpoint, `is not authoritative for ${name}`, {
    retryable: false,
    next: 'Name an authoritative server of the zone, and the zone that the name is in: it may have been delegated.',
  })
}

async function query(ask: Ask, endpoint: Endpoint, name: string, type: number): Promise<DecodedMessage> {
  const response = await ask({
    opcode: opcode.QUERY,
    rcode: rcode.NOERROR,
    questions: [{ name, type, class: classCode.IN }],
  })
  if (response.rcode === rcode.NOERROR || response.rcode === rcode.NXDOMAIN) return response
  throw queryFailed(endpoint, `a query for ${name}`, response.rcode)
}
