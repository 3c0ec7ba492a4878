import { Malformed } from '../rfc2136/malformed.ts'
import {
  type DecodedMessage,
  decodeMessage,
  encodeMessage,
  type Message,
  type ResourceRecord,
} from '../rfc2136/message.ts'
import { classCode, opcode, rcode, rcodeName, tsigError, typeCode, typeName } from '../rfc2136/registry.ts'
import type { TsigKey } from '../rfc2136/tsig-key.ts'
import { type Tsig, tsigOf } from '../rfc2136/tsig-record.ts'
import { sign, verify, withTsig } from '../rfc2136/tsig.ts'
import { answerQuery } from './dns-server-query.ts'
import { applyUpdate } from './dns-server-update.ts'
import type { ServedZones } from './dns-server-zones.ts'

export interface Responder {
  readonly zones: ServedZones
  readonly keys: readonly TsigKey[]
  /** Secondaries refuse updates. */
  readonly isPrimary: boolean
  /** Epoch milliseconds. */
  now(): number
  log(line: string): void
}

/** What is answered without EDNS (RFC 1035 §4.2.1), and with it. */
const [plainUdp, ednsUdp] = [512, 1_232]

/** The response to a request and what it was, `undefined` for what is dropped: no header, or a response itself. Never throws. */
export function respond(
  responder: Responder,
  bytes: Buffer,
  transport: 'udp' | 'tcp',
): { readonly response: Buffer; readonly opcode: number } | undefined {
  if (bytes.length < 12 || (bytes.readUInt8(2) & 0x80) !== 0) return undefined
  const code = (bytes.readUInt8(2) >> 3) & 0xf
  const bare = { id: bytes.readUInt16BE(0), isResponse: true, opcode: code, questions: [] }
  try {
    const request = decodeMessage(bytes)
    return { opcode: code, response: answer(responder, bytes, request, transport) }
  } catch (error) {
    const isMalformed = error instanceof Malformed
    responder.log(isMalformed ? `malformed: ${error.message}` : `failed: ${String(error)}`)
    return { opcode: code, response: encodeMessage({ ...bare, rcode: isMalformed ? rcode.FORMERR : rcode.SERVFAIL }) }
  }
}

function answer(responder: Responder, bytes: Buffer, request: DecodedMessage, transport: 'udp' | 'tcp'): Buffer {
  const { keys, zones, log } = responder
  const now = responder.now()
  const tsig = tsigOf(request)
  const key = tsig && keys.find(({ name, algorithm }) => name === tsig.keyName && algorithm === tsig.algorithm)
  const wrong = tsig && verify(bytes, request, tsig, key, { now })
  const [first] = request.questions
  const what = `${request.opcode === opcode.UPDATE ? 'update' : 'query'} ${first?.name} ${typeName(first?.type ?? 0)}`
  if (tsig && wrong !== undefined) {
    log(`${what}: the signature of ${tsig.keyName} is not accepted`)
    return withWrongSignature(encodeMessage(header(request, { rcode: rcode.NOTAUTH })), tsig, wrong, key, now)
  }
  const body = serve(responder, request, tsig !== undefined)
  log(`${what}: ${rcodeName(body.rcode)}${request.opcode === opcode.UPDATE ? serials(zones) : ''}`)
  const limit = transport === 'tcp' ? 65_535 : udpLimit(request)
  const room = limit - (tsig ? 300 : 0)
  const response = fitting(header(request, body), room)
  return tsig && key
    ? sign(response, key, { now, fudgeSeconds: tsig.fudgeSeconds, requestMac: tsig.mac }).bytes
    : response
}

const serials = (zones: ServedZones): string =>
  `; ${zones.all.map(({ zone, soa }) => `${zone} ${soa.serial}`).join(', ')}`

type Body = Pick<Message, 'rcode' | 'authoritative' | 'answers' | 'authorities'>

function serve({ zones, isPrimary }: Responder, request: DecodedMessage, isSigned: boolean): Body {
  if (request.opcode === opcode.QUERY) return answerQuery(zones.all, request)
  if (request.opcode !== opcode.UPDATE) return { rcode: rcode.NOTIMP }
  const [zone, more] = request.questions
  if (zone === undefined || more !== undefined || zone.type !== typeCode.SOA) return { rcode: rcode.FORMERR }
  const records = zone.class === classCode.IN ? zones.get(zone.name.toLowerCase()) : undefined
  if (records === undefined) return { rcode: rcode.NOTAUTH }
  if (!isSigned || !isPrimary) return { rcode: rcode.REFUSED }
  const result = applyUpdate(records, request)
  if (result.records !== records) zones.put(result.records)
  return { rcode: result.rcode }
}

function header(request: DecodedMessage, body: Body): Message {
  const { id, opcode: code, recursionDesired, questions } = request
  const additionals = optOf(request) === undefined ? [] : [ourOpt]
  return { id, isResponse: true, opcode: code, recursionDesired, questions, additionals, ...body }
}

/** RFC 1035 §4.2.1: what does not fit is asked again over TCP. */
function fitting(message: Message, room: number): Buffer {
  const whole = encodeMessage(message)
  if (whole.length <= room) return whole
  return encodeMessage({ ...message, truncated: true, answers: [], authorities: [] })
}

const optOf = ({ additionals }: DecodedMessage): ResourceRecord | undefined =>
  additionals.find(({ type }) => type === typeCode.OPT)

/** An OPT record's class is how large a datagram its sender takes (RFC 6891 §6.1.2). */
const ourOpt: ResourceRecord = {
  name: '',
  type: typeCode.OPT,
  class: ednsUdp,
  ttlSeconds: 0,
  rdata: Buffer.alloc(0),
}

const udpLimit = (request: DecodedMessage): number =>
  Math.min(Math.max(optOf(request)?.class ?? plainUdp, plainUdp), ednsUdp)

/** RFC 8945 §5.2: BADKEY and BADSIG are told without a signature, BADTIME with one and our time. */
function withWrongSignature(
  response: Buffer,
  tsig: Tsig,
  error: number,
  key: TsigKey | undefined,
  now: number,
): Buffer {
  if (error !== tsigError.BADTIME || key === undefined) {
    return withTsig(response, { ...tsig, mac: Buffer.alloc(0), error, other: Buffer.alloc(0) })
  }
  const other = Buffer.alloc(6)
  other.writeUIntBE(Math.floor(now / 1_000), 0, 6)
  const { fudgeSeconds, signedAtSeconds, mac: requestMac } = tsig
  return sign(response, key, { now, fudgeSeconds, signedAtSeconds, requestMac, error, other }).bytes
}
