import type { RecordType } from '../dns-zone.ts'
import { decodeIpv4, decodeIpv6, encodeIpv4, encodeIpv6 } from './ip-address.ts'
import { Malformed } from './malformed.ts'
import { canonicalName, decodeName, encodeName } from './name.ts'
import { typeCode } from './registry.ts'

/** Where names stand in the RDATA that may be compressed (RFC 3597 §4): bytes before them, and how many. */
const namesIn: ReadonlyMap<number, { readonly before: number; readonly count: number }> = new Map([
  [typeCode.NS, { before: 0, count: 1 }],
  [typeCode.CNAME, { before: 0, count: 1 }],
  [typeCode.PTR, { before: 0, count: 1 }],
  [typeCode.DNAME, { before: 0, count: 1 }],
  [typeCode.SOA, { before: 0, count: 2 }],
  [typeCode.MX, { before: 2, count: 1 }],
])

/** RDATA by itself: names that point elsewhere in the message are written out. */
export function expandRdata(type: number, message: Buffer, at: number, length: number): Buffer {
  const layout = namesIn.get(type)
  if (!layout || length === 0) return Buffer.from(message.subarray(at, at + length))
  const parts = [message.subarray(at, at + layout.before)]
  let position = at + layout.before
  for (let i = 0; i < layout.count; i++) {
    const { name, end } = decodeName(message, position)
    parts.push(encodeName(name))
    position = end
  }
  if (position > at + length) throw new Malformed('a name runs past the end of its record')
  return Buffer.concat([...parts, message.subarray(position, at + length)])
}

/** Expanded RDATA as it is compared: names in lower case (RFC 4034 §6.2). */
export function canonicalRdata(type: number, rdata: Buffer): Buffer {
  const layout = namesIn.get(type)
  if (!layout || rdata.length === 0) return rdata
  const parts = [rdata.subarray(0, layout.before)]
  let position = layout.before
  for (let i = 0; i < layout.count; i++) {
    const { name, end } = decodeName(rdata, position)
    parts.push(encodeName(name.toLowerCase()))
    position = end
  }
  return Buffer.concat([...parts, rdata.subarray(position)])
}

/** The values of two record sets, in any order; compared bytewise once they are canonical. */
export function sameRdata(type: number, a: readonly Buffer[], b: readonly Buffer[]): boolean {
  const [left, right] = [a, b].map((list) => list.map((rdata) => canonicalRdata(type, rdata).toString('hex')).sort())
  return left?.join() === right?.join()
}

/** @throws Malformed when the value is none of that type. */
export function encodeValue(recordType: RecordType, value: string): Buffer {
  switch (recordType) {
    case 'A':
      return encodeIpv4(value)
    case 'AAAA':
      return encodeIpv6(value)
    case 'CNAME':
      return encodeName(canonicalName(value))
    case 'TXT':
      return encodeText(value)
  }
}

/** The value as `RecordSet` has it. @throws Malformed */
export function decodeValue(recordType: RecordType, rdata: Buffer): string {
  switch (recordType) {
    case 'A':
      return decodeIpv4(rdata)
    case 'AAAA':
      return decodeIpv6(rdata)
    case 'CNAME':
      return decodeName(rdata, 0).name.toLowerCase()
    case 'TXT':
      return decodeText(rdata)
  }
}

/** One text as strings of at most 255 bytes (RFC 1035 §3.3.14). */
function encodeText(text: string): Buffer {
  if (!text.isWellFormed()) throw new Malformed('a TXT value has half of a surrogate pair')
  const bytes = Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  for (let at = 0; at === 0 || at < bytes.length; at += 255) {
    const string = bytes.subarray(at, at + 255)
    parts.push(Buffer.of(string.length), string)
  }
  return Buffer.concat(parts)
}

function decodeText(rdata: Buffer): string {
  const parts: Buffer[] = []
  for (let at = 0; at < rdata.length;) {
    const end = at + 1 + rdata.readUInt8(at)
    if (end > rdata.length) throw new Malformed('a TXT string runs past the end of its record')
    parts.push(rdata.subarray(at + 1, end))
    at = end
  }
  const bytes = Buffer.concat(parts)
  const text = bytes.toString('utf8')
  // Answering a text that cannot be written back as it was would lose it in a rollback.
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new Malformed('a TXT value is not UTF-8')
  return text
}
