import { Malformed } from '../rfc2136/malformed.ts'
import {
  type DecodedMessage,
  decodeMessage,
  encodeMessage,
  encodeRecord,
  type Message,
  type ResourceRecord,
} from '../rfc2136/message.ts'
import { classCode, opcode, rcode, rcodeName, tsigError, typeCode, typeName } from '../rfc2136/registry.ts'
import type { TsigKey } from '../rfc2136/tsig-key.ts'
import { type Tsig, tsigOf } from '../rfc2136/tsig-record.ts'
import { sign, type SignOptions, verify, withTsig } from '../rfc2136/tsig.ts'
import { answerQuery } from './dns-server-query.ts'
import type { ZoneRecords } from './dns-server-records.ts'
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

/** The response to a request, a transfer in several messages, and what it was, `undefined` for what is dropped: no header, or a response itself. Never throws. */
export function respond(
  responder: Responder,
  bytes: Buffer,
  transport: 'udp' | 'tcp',
): { readonly responses: readonly Buffer[]; readonly opcode: number } | undefined {
  if (bytes.length < 12 || (bytes.readUInt8(2) & 0x80) !== 0) return undefined
  const code = (bytes.readUInt8(2) >> 3) & 0xf
  const bare = { id: bytes.readUInt16BE(0), isResponse: true, opcode: code, questions: [] }
  try {
    const request = decodeMessage(bytes)
    return { opcode: code, responses: answer(responder, bytes, request, transport) }
  } catch (error) {
    const isMalformed = error instanceof Malformed
    responder.log(isMalformed ? `malformed: ${error.message}` : `failed: ${String(error)}`)
    const failed = encodeMessage({ ...bare, rcode: isMalformed ? rcode.FORMERR : rcode.SERVFAIL })
    return { opcode: code, responses: [failed] }
  }
}

function answer(
  responder: Responder,
  bytes: Buffer,
  request: DecodedMessage,
  transport: 'udp' | 'tcp',
): readonly Buffer[] {
  const { keys, zones, log } = responder
  const now = responder.now()
  const tsig = tsigOf(request)
  const key = tsig && keys.find(({ name, algorithm }) => name === tsig.keyName && algorithm === tsig.algorithm)
  const wrong = tsig && verify(bytes, request, tsig, key, { now })
  const [first] = request.questions
  const what = `${request.opcode === opcode.UPDATE ? 'update' : 'query'} ${first?.name} ${typeName(first?.type ?? 0)}`
  if (tsig && wrong !== undefined) {
    log(`${what}: the signature of ${tsig.keyName} is not accepted`)
    return [withWrongSignature(encodeMessage(header(request, { rcode: rcode.NOTAUTH })), tsig, wrong, key, now)]
  }
  const bodies = serve(responder, request, { isSigned: tsig !== undefined, transport })
  log(`${what}: ${rcodeName(bodies[0]?.rcode ?? 0)}${request.opcode === opcode.UPDATE ? serials(zones) : ''}`)
  const limit = transport === 'tcp' ? 65_535 : udpLimit(request)
  const room = limit - (tsig ? 300 : 0)
  const responses = bodies.map((body) => fitting(header(request, body), room))
  return tsig && key
    ? signAll(responses, key, { now, fudgeSeconds: tsig.fudgeSeconds, requestMac: tsig.mac })
    : responses
}

/** Each covers the one before it (RFC 8945 §5.3.1). */
function signAll(responses: readonly Buffer[], key: TsigKey, options: SignOptions): readonly Buffer[] {
  let { requestMac } = options
  return responses.map((response, place) => {
    const signed = sign(response, key, { ...options, requestMac, unsigned: place === 0 ? undefined : [] })
    requestMac = signed.mac
    return signed.bytes
  })
}

const serials = (zones: ServedZones): string =>
  `; ${zones.all.map(({ zone, soa }) => `${zone} ${soa.serial}`).join(', ')}`

type Body = Pick<Message, 'rcode' | 'authoritative' | 'answers' | 'authorities' | 'additionals'>

function serve(
  { zones, keys, isPrimary }: Responder,
  request: DecodedMessage,
  { isSigned, transport }: { readonly isSigned: boolean; readonly transport: 'udp' | 'tcp' },
): readonly Body[] {
  const [question] = request.questions
  if (request.opcode === opcode.QUERY && question?.type === typeCode.AXFR) {
    return transferred(zones.get(question.name.toLowerCase()), transport === 'tcp', isSigned || keys.length === 0)
  }
  if (request.opcode === opcode.QUERY) return [answerQuery(zones.all, request)]
  if (request.opcode !== opcode.UPDATE) return [{ rcode: rcode.NOTIMP }]
  const [zone, more] = request.questions
  if (zone === undefined || more !== undefined || zone.type !== typeCode.SOA) return [{ rcode: rcode.FORMERR }]
  const records = zone.class === classCode.IN ? zones.get(zone.name.toLowerCase()) : undefined
  if (records === undefined) return [{ rcode: rcode.NOTAUTH }]
  if (!isSigned || !isPrimary) return [{ rcode: rcode.REFUSED }]
  const result = applyUpdate(records, request)
  if (result.records !== records) zones.put(result.records)
  return [{ rcode: result.rcode }]
}

/** How many bytes of records go into one message of a transfer. */
const transferredAtOnce = 16_384

/** A zone in as many messages as it needs, over TCP alone (RFC 5936 §2.2, §4.2). */
function transferred(zone: ZoneRecords | undefined, isTcp: boolean, isAllowed: boolean): readonly Body[] {
  if (!isTcp) return [{ rcode: rcode.FORMERR }]
  if (!zone) return [{ rcode: rcode.NOTAUTH }]
  if (!isAllowed) return [{ rcode: rcode.REFUSED }]
  const bodies: ResourceRecord[][] = [[]]
  let size = 0
  for (const record of zone.transferred()) {
    size += encodeRecord(record).length
    if (size > transferredAtOnce) {
      bodies.push([])
      size = encodeRecord(record).length
    }
    bodies.at(-1)?.push(record)
  }
  return bodies.map((answers) => ({ rcode: rcode.NOERROR, authoritative: true, answers }))
}

function header(request: DecodedMessage, body: Body): Message {
  const { id, opcode: code, recursionDesired, questions } = request
  const additionals = [...(body.additionals ?? []), ...(optOf(request) === undefined ? [] : [ourOpt])]
  return { id, isResponse: true, opcode: code, recursionDesired, questions, ...body, additionals }
}

/** RFC 1035 §4.2.1: what does not fit is asked again over TCP. */
function fitting(message: Message, room: number): Buffer {
  const whole = encodeMessage(message)
  if (whole.length <= room) return whole
  const additionals = (message.additionals ?? []).filter(({ type }) => type === typeCode.OPT)
  return encodeMessage({ ...message, truncated: true, answers: [], authorities: [], additionals })
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
