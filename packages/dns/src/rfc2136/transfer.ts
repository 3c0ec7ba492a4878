import { randomInt } from 'node:crypto'

import { type Authority, checkSignature, orUnavailable, sameQuestion } from './authority.ts'
import { notAuthorized, queryFailed, unavailable } from './failure.ts'
import { Malformed } from './malformed.ts'
import { type DecodedMessage, decodeMessage, encodeMessage, type ResourceRecord } from './message.ts'
import { isWithin } from './name.ts'
import { classCode, opcode, rcode, typeCode } from './registry.ts'
import type { Rdataset } from './served-set.ts'
import { overTcp } from './tcp.ts'
import { tsigOf } from './tsig-record.ts'
import { sign, verify } from './tsig.ts'

/** All of a zone, in one state of it. */
export interface ZoneTransfer {
  /** RDATA of its SOA. */
  readonly soa: Buffer
  readonly sets: Iterable<Rdataset>
}

/** RFC 8945 §5.3.1: of a hundred messages in a row, one is signed at least. */
const mostUnsigned = 99

/**
 * Reads a zone as its secondaries do (AXFR, RFC 5936). Nothing is answered until the SOA has come a second time, and every
 * message is covered by a good signature: a transfer that ends in the middle is no zone.
 *
 * @throws CutoverError `DNS_UNAVAILABLE` when it is cut off, `DNS_NOT_AUTHORIZED` when the key may not have it; `signal.reason`.
 */
export async function transferZone(
  authority: Authority,
  zone: string,
  signal: AbortSignal | undefined,
): Promise<ZoneTransfer> {
  const { endpoint, timeoutMs, clock, key, fudgeSeconds } = authority
  const question = { name: zone, type: typeCode.AXFR, class: classCode.IN }
  const id = randomInt(0x1_0000)
  const plain = encodeMessage({
    id,
    isResponse: false,
    opcode: opcode.QUERY,
    rcode: rcode.NOERROR,
    questions: [question],
  })
  return overTcp(endpoint, { timeoutMs, clock, signal }, async (_exchange, converse) => {
    const signed = key && sign(plain, key, { now: clock.now(), fudgeSeconds })
    const seal = signatures(authority, signed?.mac)
    const sets = new Map<string, Rdataset & { rdata: Buffer[] }>()
    let soa: Buffer | undefined
    for await (const bytes of converse(signed?.bytes ?? plain)) {
      const isDone = orUnavailable(authority, () => {
        const message = decodeMessage(bytes)
        if (!message.isResponse || message.opcode !== opcode.QUERY) throw new Malformed('it is no response')
        const [echoed] = message.questions
        if (echoed && !sameQuestion(echoed, question)) throw new Malformed('it belongs to another question')
        seal.add(bytes, message)
        if (message.rcode !== rcode.NOERROR) throw refused(authority, zone, message.rcode)
        if (message.answers.length === 0) throw new Malformed('a part of a transfer has no records')
        for (const [place, record] of message.answers.entries()) {
          const isSoa = record.type === typeCode.SOA
          if (soa && isSoa) {
            endAt(record, soa, message.answers.length - place - 1)
            return true
          }
          if (!soa && !isSoa) throw new Malformed('a transfer does not begin with the SOA')
          if (isSoa) soa = record.rdata
          gather(sets, record, zone)
        }
        return false
      })
      if (!isDone) continue
      seal.end()
      break
    }
    if (!soa) throw unavailable(endpoint, `sent no SOA of ${zone}`)
    return { soa, sets: sets.values() }
  })
}

function endAt(record: ResourceRecord, soa: Buffer, more: number): void {
  if (!record.rdata.equals(soa)) throw new Malformed('the zone changed while it was transferred')
  if (more > 0) throw new Malformed('records follow the end of a transfer')
}

function gather(sets: Map<string, Rdataset & { rdata: Buffer[] }>, record: ResourceRecord, zone: string): void {
  const { type, ttlSeconds, rdata } = record
  const name = record.name.toLowerCase()
  if (record.class !== classCode.IN || !isWithin(name, zone)) throw new Malformed(`${name} is not of the zone`)
  const set = sets.get(`${name} ${type}`)
  if (set) set.rdata.push(rdata)
  else sets.set(`${name} ${type}`, { name, type, ttlSeconds, rdata: [rdata] })
}

/** Holds an answer of several messages to their signatures: each covers what came since the last one. */
function signatures(
  authority: Authority,
  requestMac: Buffer | undefined,
): { add(bytes: Buffer, message: DecodedMessage): void; end(): void } {
  const { endpoint, key, clock } = authority
  let mac = requestMac
  let unsigned: Buffer[] | undefined
  const open = (): never => {
    throw notAuthorized(
      endpoint,
      `sent parts of a zone that are not signed with ${key?.name}, so anybody may have written them`,
      `Check that the server signs its transfers with the key ${key?.name}.`,
    )
  }
  return {
    add(bytes, message) {
      if (!key) return
      const tsig = tsigOf(message)
      if (tsig === undefined && unsigned) {
        if (unsigned.push(bytes) > mostUnsigned) open()
        return
      }
      checkSignature(authority, key, message, (found) =>
        verify(bytes, message, found, key, { now: clock.now(), requestMac: mac, unsigned }),
      )
      mac = tsig?.mac
      unsigned = []
    },
    end() {
      if (key && unsigned?.length !== 0) open()
    },
  }
}

function refused({ endpoint, key }: Authority, zone: string, code: number): Error {
  if (code !== rcode.REFUSED && code !== rcode.NOTAUTH) return queryFailed(endpoint, `a transfer of ${zone}`, code)
  return notAuthorized(
    endpoint,
    `does not let ${key?.name ?? 'us'} have a transfer of ${zone}`,
    `Allow it in the zone's statement: allow-transfer { key "${key?.name}"; }; or name the zone's own server.`,
  )
}
