import type { Message, ResourceRecord } from './message.ts'
import { sameRdata } from './rdata.ts'
import { classCode, opcode, rcode, typeCode } from './registry.ts'
import { rdataOf, type ServedSet, ttlOf, typeNumberOf, type ZoneSet } from './served-set.ts'

export interface Update {
  readonly zone: string
  /**
   * RDATA of the zone's SOA, as it must still be: it changes with every change, so that it stands for the TTLs, which no
   * prerequisite can name. `undefined` where nothing is expected.
   */
  readonly soa: Buffer | undefined
  readonly edits: readonly ZoneEdit[]
}

interface ZoneEdit {
  /** What must be there, all of it exactly. */
  readonly expected: ServedSet | undefined
  /** What will be there instead. What no edit expects must not be there. */
  readonly next: ZoneSet | undefined
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

/** A message that changes nothing: NOERROR says that these records are there, all of each exactly, and that those without `will` are not. */
export function assertionOf(
  zone: string,
  records: readonly { readonly name: string; readonly type: string; readonly will: ZoneSet | undefined }[],
): Unnumbered {
  const answers = records.flatMap(({ will, ...key }) =>
    will === undefined
      ? [record(key.name, typeNumberOf(key), classCode.NONE)]
      : rdataOf(will).map((rdata) => record(key.name, typeNumberOf(key), classCode.IN, rdata)),
  )
  return {
    opcode: opcode.UPDATE,
    rcode: rcode.NOERROR,
    questions: [{ name: zone, type: typeCode.SOA, class: classCode.IN }],
    answers,
  }
}

/** RFC 2136 §2.4 */
function prerequisites({ zone, soa, edits }: Update): ResourceRecord[] {
  const there = edits.flatMap(({ expected }) =>
    expected === undefined
      ? []
      : expected.rdata.map((rdata) => record(expected.set.name, typeNumberOf(expected.set), classCode.IN, rdata)),
  )
  const removed = new Set(edits.flatMap(({ expected }) => (expected ? [keyOf(expected.set)] : [])))
  const free = edits.flatMap(({ next }) => (next && !removed.has(keyOf(next)) ? mustBeFree(next, removed) : []))
  const once = new Map(free.map((each) => [`${each.name} ${each.type}`, each]))
  return [...(soa ? [record(zone, typeCode.SOA, classCode.IN, soa)] : []), ...there, ...once.values()]
}

const keyOf = (set: ZoneSet): string => `${set.name} ${typeNumberOf(set)}`

/**
 * Types that a CNAME cannot stand beside (RFC 1034 §3.6.2), by number: A, NS, PTR, MX, TXT, AAAA, LOC, SRV, NAPTR, SSHFP, TLSA,
 * SVCB, HTTPS, URI, CAA.
 *
 * A server silently ignores a CNAME beside another type (RFC 2136 §3.4.2.2), after it has deleted what it was to replace: the
 * name would be gone.
 */
const besideNoCname = [1, 2, 12, 15, 16, 28, 29, 33, 35, 44, 52, 64, 65, 256, 257]

function mustBeFree(next: ZoneSet, removed: ReadonlySet<string>): ResourceRecord[] {
  const own = typeNumberOf(next)
  const others = own === typeCode.CNAME ? besideNoCname : [typeCode.CNAME]
  return [own, ...others]
    .filter((type) => !removed.has(`${next.name} ${type}`))
    .map((type) => record(next.name, type, classCode.NONE))
}

/** RFC 2136 §2.5: all that goes, then all that comes; so a CNAME comes when the other types of its name are gone. */
function changes({ zone, edits }: Update): ResourceRecord[] {
  const [own, others] = [edits.filter((edit) => isApexNs(edit, zone)), edits.filter((edit) => !isApexNs(edit, zone))]
  const away = others.flatMap(({ expected }) =>
    expected ? [record(expected.set.name, typeNumberOf(expected.set), classCode.ANY)] : [],
  )
  return [...away, ...others.flatMap(({ next }) => (next ? added(next) : [])), ...own.flatMap(nameServers)]
}

function isApexNs({ expected, next }: ZoneEdit, zone: string): boolean {
  const set = next ?? expected?.set
  return set !== undefined && set.name === zone && set.type === 'NS'
}

/** The name servers of the zone itself cannot be deleted as a set (RFC 2136 §3.4.2.3): first the next ones come, then each of the others goes. */
function nameServers({ expected, next }: ZoneEdit): ResourceRecord[] {
  if (!next) return []
  const stay = rdataOf(next)
  const gone = (expected?.rdata ?? []).filter((old) => !stay.some((rdata) => sameRdata(typeCode.NS, [old], [rdata])))
  return [...added(next), ...gone.map((rdata) => record(next.name, typeCode.NS, classCode.NONE, rdata))]
}

const added = (next: ZoneSet): ResourceRecord[] =>
  rdataOf(next).map((rdata) => ({
    ...record(next.name, typeNumberOf(next), classCode.IN, rdata),
    ttlSeconds: ttlOf(next),
  }))

const record = (name: string, type: number, of: number, rdata: Buffer = Buffer.alloc(0)): ResourceRecord => ({
  name,
  type,
  class: of,
  ttlSeconds: 0,
  rdata,
})
