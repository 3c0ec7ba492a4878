import type { RecordType } from '../dns-zone.ts'
import type { ResolverAnswer } from '../resolver.ts'
import type { DecodedMessage, ResourceRecord } from '../rfc2136/message.ts'
import { decodeName } from '../rfc2136/name.ts'
import { decodeValue } from '../rfc2136/rdata.ts'
import { classCode, rcode, typeCode } from '../rfc2136/registry.ts'
import { decodeSoa } from '../rfc2136/soa.ts'
import { extendedErrors, staleCodes } from './edns.ts'

const longestChain = 16

/**
 * What a response says of a name and type, at the end of the chain of CNAMEs; for as long as every link of it lasts.
 *
 * @throws Malformed
 */
export function answerOf(response: DecodedMessage, asked: string, type: RecordType): ResolverAnswer {
  const isStale = extendedErrors(response).some(({ code }) => staleCodes.has(code))
  const stale = isStale ? { stale: true } : {}
  let [name, ttlSeconds] = [asked, Number.POSITIVE_INFINITY]
  for (let length = 0; length < longestChain; length++) {
    const found = recordsAt(response.answers, name, typeCode[type])
    const chain = found.length > 0 ? found : recordsAt(response.answers, name, typeCode.CNAME)
    ttlSeconds = Math.min(ttlSeconds, ...chain.map(ttlOf))
    if (found.length > 0) {
      const values = found.map(({ rdata }) => decodeValue(type, rdata)).sort()
      return { values, ttlSeconds, ...stale }
    }
    const target = chain[0]?.rdata
    if (target === undefined) break
    name = decodeName(target, 0).name.toLowerCase()
  }
  const absent = response.rcode === rcode.NXDOMAIN ? 'nxdomain' : 'nodata'
  return { values: [], ttlSeconds: Math.min(ttlSeconds, negativeTtl(response)), absent, ...stale }
}

const recordsAt = (records: readonly ResourceRecord[], name: string, type: number): ResourceRecord[] =>
  records.filter(
    (record) => record.type === type && record.class === classCode.IN && record.name.toLowerCase() === name,
  )

/** RFC 2308 §5: the lower of the SOA's TTL and its minimum; without an SOA it is not to be remembered. */
function negativeTtl({ authorities }: DecodedMessage): number {
  const soa = authorities.find(({ type }) => type === typeCode.SOA)
  return soa ? Math.min(ttlOf(soa), decodeSoa(soa.rdata).negativeTtlSeconds) : 0
}

/** RFC 2181 §8: a TTL with the highest bit set counts as 0. */
const ttlOf = ({ ttlSeconds }: ResourceRecord): number => (ttlSeconds > 0x7fff_ffff ? 0 : ttlSeconds)
