import type { DecodedMessage, Message, Question, ResourceRecord } from '../rfc2136/message.ts'
import { decodeName, isWithin } from '../rfc2136/name.ts'
import { classCode, rcode, typeCode } from '../rfc2136/registry.ts'
import { recordsOf, type ZoneRecords } from './dns-server-records.ts'

type Answer = Pick<Message, 'rcode' | 'authoritative' | 'answers' | 'authorities' | 'additionals'>

/** Types that are asked for and are no data: IXFR, AXFR, MAILB, MAILA. */
const noData: ReadonlySet<number> = new Set([251, 252, 253, 254])

const longestChain = 16

/** Answers a question from the zones, as an authoritative server does (RFC 1034 §4.3.2), without recursion. */
export function answerQuery(zones: readonly ZoneRecords[], message: DecodedMessage): Answer {
  const question = message.questions[0]
  if (question === undefined || message.questions.length !== 1) return { rcode: rcode.FORMERR }
  if (question.class !== classCode.IN || noData.has(question.type)) return { rcode: rcode.REFUSED }
  const zone = zoneOf(zones, question.name.toLowerCase())
  if (zone === undefined) return { rcode: rcode.REFUSED }
  return referral(zone, question) ?? { authoritative: true, ...follow(zones, zone, question) }
}

/** The most specific zone that contains the name. */
function zoneOf(zones: readonly ZoneRecords[], name: string): ZoneRecords | undefined {
  return zones.filter(({ zone }) => isWithin(name, zone)).sort((a, b) => b.zone.length - a.zone.length)[0]
}

/** Of what is delegated to other servers, only these are told, and their addresses where they are below (RFC 1034 §4.3.2). */
function referral(zone: ZoneRecords, { name, type }: Question): Answer | undefined {
  const cut = zone.cutAbove(name.toLowerCase())
  const servers = cut === undefined ? undefined : zone.get(cut, typeCode.NS)
  // A DS belongs to the parent (RFC 4035 §3.1.4.1).
  if (cut === undefined || servers === undefined || (type === typeCode.DS && cut === name.toLowerCase()))
    return undefined
  const below = servers.rdata.map((rdata) => decodeName(rdata, 0).name.toLowerCase()).filter((of) => isWithin(of, cut))
  const addresses = below.flatMap((of) =>
    [zone.get(of, typeCode.A), zone.get(of, typeCode.AAAA)].flatMap((set) => (set ? recordsOf(of, set) : [])),
  )
  return { rcode: rcode.NOERROR, authorities: recordsOf(cut, servers), additionals: addresses }
}

/** CNAMEs are followed as long as their targets are in zones of this server. */
function follow(zones: readonly ZoneRecords[], first: ZoneRecords, { name: asked, type }: Question): Answer {
  const answers: ResourceRecord[] = []
  let [name, zone] = [asked, first]
  for (let length = 0; length < longestChain; length++) {
    const source = zone.sourceOf(name.toLowerCase())
    // A wildcard's records are answered under the name that was asked.
    const sets = source === undefined ? [] : zone.at(source)
    const wanted = sets.filter((set) => set.type === type || type === typeCode.ANY)
    if (wanted.length > 0) {
      answers.push(...wanted.flatMap((set) => recordsOf(name, set)))
      return { rcode: rcode.NOERROR, answers }
    }
    const cname = sets.find((set) => set.type === typeCode.CNAME)
    const target = cname?.rdata[0]
    if (cname === undefined || target === undefined) {
      return { rcode: source === undefined ? rcode.NXDOMAIN : rcode.NOERROR, answers, authorities: [negative(zone)] }
    }
    answers.push(...recordsOf(name, cname))
    name = decodeName(target, 0).name
    const next = zoneOf(zones, name.toLowerCase())
    if (next === undefined) break
    zone = next
  }
  return { rcode: rcode.NOERROR, answers }
}

/** The SOA that says for how long "no" may be remembered (RFC 2308 §3). */
function negative(zone: ZoneRecords): ResourceRecord {
  const [soa] = recordsOf(zone.zone, zone.get(zone.zone, typeCode.SOA) ?? { type: 0, ttlSeconds: 0, rdata: [] })
  if (soa === undefined) throw new Error(`${zone.zone} has no SOA`)
  return { ...soa, ttlSeconds: Math.min(soa.ttlSeconds, zone.soa.negativeTtlSeconds) }
}
