import type { DecodedMessage, ResourceRecord } from '../rfc2136/message.ts'
import { isWithin } from '../rfc2136/name.ts'
import { isRdata } from '../rfc2136/rdata.ts'
import { classCode, rcode, typeCode } from '../rfc2136/registry.ts'
import { decodeSoa, isAtLeast } from '../rfc2136/soa.ts'
import { namesHosts } from './dns-server-host-names.ts'
import { type Rrset, sameData, type ZoneRecords } from './dns-server-records.ts'

/** An answer other than NOERROR: nothing is done. */
class Refusal extends Error {
  readonly rcode: number

  constructor(code: number) {
    super(`RCODE ${code}`)
    this.rcode = code
  }
}

/** The zone after an update, or the RCODE that says why nothing happened (RFC 2136 §3). */
export function applyUpdate(
  zone: ZoneRecords,
  { answers: prerequisites, authorities: updates }: DecodedMessage,
): { readonly rcode: number; readonly records: ZoneRecords } {
  try {
    checkPrerequisites(zone, prerequisites)
    for (const update of updates) checkUpdate(zone, update)
    let records = zone
    for (const update of updates) records = applyOne(records, update)
    if (records.same(zone)) return { rcode: rcode.NOERROR, records: zone }
    // Unless the update brought a serial of its own, it counts up (§3.6).
    const counted = records.soa.serial === zone.soa.serial ? records.withNextSerial() : records
    return { rcode: rcode.NOERROR, records: counted }
  } catch (error) {
    if (error instanceof Refusal) return { rcode: error.rcode, records: zone }
    throw error
  }
}

/** §3.2 */
function checkPrerequisites(zone: ZoneRecords, prerequisites: readonly ResourceRecord[]): void {
  const exact = new Map<string, { name: string; type: number; rdata: Buffer[] }>()
  for (const { name: text, type, class: dnsClass, ttlSeconds, rdata } of prerequisites) {
    const name = text.toLowerCase()
    if (ttlSeconds !== 0) throw new Refusal(rcode.FORMERR)
    if (!isWithin(name, zone.zone)) throw new Refusal(rcode.NOTZONE)
    if (dnsClass === classCode.IN) {
      const set = exact.get(`${name} ${type}`) ?? { name, type, rdata: [] }
      exact.set(`${name} ${type}`, set)
      set.rdata.push(rdata)
    } else {
      checkExistence(zone, { name, type, dnsClass, isEmpty: rdata.length === 0 })
    }
  }
  for (const { name, type, rdata } of exact.values()) {
    if (!sameSet(type, zone.get(name, type)?.rdata ?? [], rdata)) throw new Refusal(rcode.NXRRSET)
  }
}

function checkExistence(
  zone: ZoneRecords,
  { name, type, dnsClass, isEmpty }: { name: string; type: number; dnsClass: number; isEmpty: boolean },
): void {
  if (!isEmpty || (dnsClass !== classCode.ANY && dnsClass !== classCode.NONE)) throw new Refusal(rcode.FORMERR)
  const wanted = dnsClass === classCode.ANY
  const exists = type === typeCode.ANY ? zone.at(name).length > 0 : zone.get(name, type) !== undefined
  if (exists === wanted) return
  if (type === typeCode.ANY) throw new Refusal(wanted ? rcode.NXDOMAIN : rcode.YXDOMAIN)
  throw new Refusal(wanted ? rcode.NXRRSET : rcode.YXRRSET)
}

function sameSet(type: number, a: readonly Buffer[], b: readonly Buffer[]): boolean {
  const within = (list: readonly Buffer[], one: Buffer): boolean => list.some((other) => sameData(type, one, other))
  return a.every((one) => within(b, one)) && b.every((one) => within(a, one))
}

/** Types that no zone holds: OPT, and 128 to 255 (RFC 6895 §3.1). */
const isMeta = (type: number): boolean => type === typeCode.OPT || (type >= 128 && type <= 255)

/** §3.4.1 */
function checkUpdate(zone: ZoneRecords, { name, type, class: dnsClass, ttlSeconds, rdata }: ResourceRecord): void {
  if (!isWithin(name.toLowerCase(), zone.zone)) throw new Refusal(rcode.NOTZONE)
  const isFine =
    dnsClass === classCode.IN
      ? !isMeta(type) && rdata.length > 0 && isRdata(type, rdata)
      : dnsClass === classCode.ANY
        ? ttlSeconds === 0 && rdata.length === 0 && (type === typeCode.ANY || !isMeta(type))
        : dnsClass === classCode.NONE && ttlSeconds === 0 && !isMeta(type)
  if (!isFine) throw new Refusal(rcode.FORMERR)
  if (dnsClass === classCode.IN && !namesHosts({ name, type, class: dnsClass, ttlSeconds, rdata })) {
    throw new Refusal(rcode.REFUSED)
  }
}

/** §3.4.2: what cannot be is ignored, silently. */
function applyOne(zone: ZoneRecords, update: ResourceRecord): ZoneRecords {
  const name = update.name.toLowerCase()
  const isApex = name === zone.zone
  if (update.class === classCode.IN) return add(zone, name, update)
  const kept = (type: number): boolean => isApex && (type === typeCode.SOA || type === typeCode.NS)
  if (update.class === classCode.ANY) {
    const sets = update.type === typeCode.ANY ? zone.at(name).map(({ type }) => type) : [update.type]
    return sets.filter((type) => !kept(type)).reduce((now, type) => now.with(name, type, undefined), zone)
  }
  const set = zone.get(name, update.type)
  if (!set || update.type === typeCode.SOA) return zone
  const rdata = set.rdata.filter((bytes) => !sameData(update.type, bytes, update.rdata))
  if (kept(update.type) && rdata.length === 0) return zone
  return zone.with(name, update.type, { ttlSeconds: set.ttlSeconds, rdata })
}

function add(zone: ZoneRecords, name: string, { type, ttlSeconds: ttl, rdata }: ResourceRecord): ZoneRecords {
  // RFC 2181 §8: a TTL with the highest bit set counts as 0.
  const ttlSeconds = ttl > 0x7fff_ffff ? 0 : ttl
  const beside = zone.at(name).filter((set) => set.type !== type)
  if (type === typeCode.CNAME ? beside.length > 0 : beside.some((set) => set.type === typeCode.CNAME)) return zone
  if (type === typeCode.SOA) {
    const isOlder = !isAtLeast(decodeSoa(rdata).serial, zone.soa.serial)
    return name !== zone.zone || isOlder ? zone : zone.with(name, type, { ttlSeconds, rdata: [rdata] })
  }
  const present: Rrset = zone.get(name, type) ?? { type, ttlSeconds, rdata: [] }
  const others = type === typeCode.CNAME ? [] : present.rdata.filter((bytes) => !sameData(type, bytes, rdata))
  // Of a record that is there already BIND does not even take other letters.
  if (ttlSeconds === present.ttlSeconds && present.rdata.some((bytes) => sameData(type, bytes, rdata))) return zone
  // One TTL for the whole set (RFC 2181 §5.2): the last one counts, as measured with BIND.
  return zone.with(name, type, { ttlSeconds, rdata: [...others, rdata] })
}
