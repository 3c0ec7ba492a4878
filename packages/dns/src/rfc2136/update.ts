import type { RecordSet, RecordType } from '../dns-zone.ts'
import type { Message, ResourceRecord } from './message.ts'
import { encodeValue } from './rdata.ts'
import { classCode, opcode, rcode, typeCode } from './registry.ts'

export interface Update {
  readonly zone: string
  /** What must be there, all of it exactly, in this very state of the zone. */
  readonly expected: ExpectedRecord | undefined
  /** What will be there instead. Without `expected`, nothing of that name and type may be there. */
  readonly next: RecordSet | undefined
}

export interface ExpectedRecord {
  readonly name: string
  readonly type: RecordType
  readonly rdata: readonly Buffer[]
  /** The zone's SOA: it changes with every change, so that it stands for the TTL, which no prerequisite can name. */
  readonly soa: Buffer
}

type Unnumbered = Omit<Message, 'id' | 'isResponse'>

/** One update message (RFC 2136 §2): applied as a whole, or not at all. @throws Malformed for values that are none of their type */
export function updateMessage(update: Update): Unnumbered {
  return {
    opcode: opcode.UPDATE,
    rcode: rcode.NOERROR,
    questions: [{ name: update.zone, type: typeCode.SOA, class: classCode.IN }],
    answers: prerequisites(update),
    authorities: changes(update),
  }
}

/** RFC 2136 §2.4 */
function prerequisites({ zone, expected, next }: Update): ResourceRecord[] {
  const there = expected && [
    record(zone, typeCode.SOA, classCode.IN, expected.soa),
    ...expected.rdata.map((rdata) => record(expected.name, typeCode[expected.type], classCode.IN, rdata)),
  ]
  const stays = expected !== undefined && next?.name === expected.name && next.type === expected.type
  const free = next === undefined || stays ? [] : mustBeFree(expected, next)
  return [...(there ?? []), ...free]
}

/**
 * Types that a CNAME cannot stand beside (RFC 1034 §3.6.2), by number: A, NS, PTR, MX, TXT, AAAA, LOC, SRV, NAPTR, SSHFP, TLSA,
 * SVCB, HTTPS, URI, CAA.
 *
 * A server silently ignores a CNAME beside another type (RFC 2136 §3.4.2.2), after it has deleted what it was to replace: the
 * name would be gone.
 */
const besideNoCname = [1, 2, 12, 15, 16, 28, 29, 33, 35, 44, 52, 64, 65, 256, 257]

function mustBeFree(expected: ExpectedRecord | undefined, next: RecordSet): ResourceRecord[] {
  const replaced = expected?.name === next.name ? typeCode[expected.type] : undefined
  const others = next.type === 'CNAME' ? besideNoCname : [typeCode.CNAME]
  return [typeCode[next.type], ...others]
    .filter((type) => type !== replaced)
    .map((type) => record(next.name, type, classCode.NONE))
}

/** RFC 2136 §2.5: the whole set away, then the next one in. */
function changes({ expected, next }: Update): ResourceRecord[] {
  const away = expected && record(expected.name, typeCode[expected.type], classCode.ANY)
  const into = next?.values.map((value) => ({
    ...record(next.name, typeCode[next.type], classCode.IN, encodeValue(next.type, value)),
    ttlSeconds: next.ttlSeconds,
  }))
  return [...(away ? [away] : []), ...(into ?? [])]
}

const record = (name: string, type: number, of: number, rdata: Buffer = Buffer.alloc(0)): ResourceRecord => ({
  name,
  type,
  class: of,
  ttlSeconds: 0,
  rdata,
})
