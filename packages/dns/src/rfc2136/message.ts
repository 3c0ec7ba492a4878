import { Malformed } from './malformed.ts'
import { decodeName, encodeName } from './name.ts'
import { expandRdata } from './rdata.ts'

export interface Question {
  /** As it came: in its own case. */
  readonly name: string
  readonly type: number
  readonly class: number
}

export interface ResourceRecord {
  /** As it came: in its own case. */
  readonly name: string
  readonly type: number
  readonly class: number
  readonly ttlSeconds: number
  /** Names in it are not compressed. Empty in some sections of an update. */
  readonly rdata: Buffer
}

/** A DNS message (RFC 1035 §4); in an update the sections are zone, prerequisites, updates and additional (RFC 2136 §2). */
export interface Message {
  readonly id: number
  readonly isResponse: boolean
  readonly opcode: number
  readonly authoritative?: boolean
  readonly truncated?: boolean
  readonly recursionDesired?: boolean
  readonly recursionAvailable?: boolean
  readonly rcode: number
  readonly questions: readonly Question[]
  readonly answers?: readonly ResourceRecord[]
  readonly authorities?: readonly ResourceRecord[]
  readonly additionals?: readonly ResourceRecord[]
}

export interface DecodedMessage extends Required<Message> {
  /** Where the last record begins: what a signature covers ends there. `undefined` without records. */
  readonly lastRecordAt: number | undefined
}

export function encodeMessage(message: Message): Buffer {
  const { questions, answers = [], authorities = [], additionals = [] } = message
  const header = Buffer.alloc(12)
  header.writeUInt16BE(message.id, 0)
  header.writeUInt16BE(flagsOf(message), 2)
  ;[questions, answers, authorities, additionals].forEach((section, i) => {
    header.writeUInt16BE(section.length, 4 + i * 2)
  })
  return Buffer.concat([
    header,
    ...questions.map(encodeQuestion),
    ...[...answers, ...authorities, ...additionals].map(encodeRecord),
  ])
}

function flagsOf(message: Message): number {
  return (
    (message.isResponse ? 0x8000 : 0) |
    (message.opcode << 11) |
    (message.authoritative ? 0x0400 : 0) |
    (message.truncated ? 0x0200 : 0) |
    (message.recursionDesired ? 0x0100 : 0) |
    (message.recursionAvailable ? 0x0080 : 0) |
    message.rcode
  )
}

function encodeQuestion({ name, type, class: dnsClass }: Question): Buffer {
  const tail = Buffer.alloc(4)
  tail.writeUInt16BE(type, 0)
  tail.writeUInt16BE(dnsClass, 2)
  return Buffer.concat([encodeName(name), tail])
}

export function encodeRecord({ name, type, class: dnsClass, ttlSeconds, rdata }: ResourceRecord): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(dnsClass, 2)
  fixed.writeUInt32BE(ttlSeconds, 4)
  fixed.writeUInt16BE(rdata.length, 8)
  return Buffer.concat([encodeName(name), fixed, rdata])
}

/** @throws Malformed */
export function decodeMessage(bytes: Buffer): DecodedMessage {
  if (bytes.length < 12) throw new Malformed(`a message of ${bytes.length} bytes has no header`)
  const flags = bytes.readUInt16BE(2)
  let at = 12
  let lastRecordAt: number | undefined
  const questions = Array.from({ length: bytes.readUInt16BE(4) }, () => {
    const { name, end } = decodeName(bytes, at)
    const fixed = slice(bytes, end, 4)
    at = end + 4
    return { name, type: fixed.readUInt16BE(0), class: fixed.readUInt16BE(2) }
  })
  const section = (countAt: number): ResourceRecord[] =>
    Array.from({ length: bytes.readUInt16BE(countAt) }, () => {
      lastRecordAt = at
      const { record, end } = decodeRecord(bytes, at)
      at = end
      return record
    })
  const [answers, authorities, additionals] = [section(6), section(8), section(10)]
  if (at !== bytes.length) throw new Malformed(`${bytes.length - at} bytes follow the message`)
  return {
    id: bytes.readUInt16BE(0),
    isResponse: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    rcode: flags & 0xf,
    questions,
    answers,
    authorities,
    additionals,
    lastRecordAt,
  }
}

function decodeRecord(bytes: Buffer, at: number): { record: ResourceRecord; end: number } {
  const { name, end } = decodeName(bytes, at)
  const fixed = slice(bytes, end, 10)
  const [type, dnsClass, ttl, length] = [
    fixed.readUInt16BE(0),
    fixed.readUInt16BE(2),
    fixed.readUInt32BE(4),
    fixed.readUInt16BE(8),
  ]
  slice(bytes, end + 10, length)
  const rdata = expandRdata(type, bytes, end + 10, length)
  return { record: { name, type, class: dnsClass, ttlSeconds: ttl, rdata }, end: end + 10 + length }
}

function slice(bytes: Buffer, at: number, length: number): Buffer {
  if (at + length > bytes.length) throw new Malformed('the message ends within a record')
  return bytes.subarray(at, at + length)
}
