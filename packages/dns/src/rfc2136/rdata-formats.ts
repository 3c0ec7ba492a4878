import type { RecordDataOf } from '../record-data.ts'
import { decodeIpv4, decodeIpv6, encodeIpv4, encodeIpv6 } from './ip-address.ts'
import { Malformed } from './malformed.ts'
import { canonicalName, decodeName, encodeName } from './name.ts'
import { decodeParams, encodeParams } from './service-params-wire.ts'

interface RdataFormat<Data> {
  encode(data: Data): Buffer
  /** @throws Malformed or RangeError for bytes that are none of that type */
  decode(rdata: Buffer): Data
}

const name: RdataFormat<string> = {
  encode: (text) => encodeName(canonicalName(text)),
  decode: (rdata) => nameUpTo(rdata, 0).toLowerCase(),
}

const service: RdataFormat<RecordDataOf['SVCB']> = {
  encode: ({ priority, target, params }) =>
    Buffer.concat([numbers(priority), encodeName(target), encodeParams(params)]),
  decode(rdata) {
    const { name: target, end } = decodeName(rdata, 2)
    // RFC 9460 §2.2: never compressed; whoever expands names does not look here.
    if (!encodeName(target).equals(rdata.subarray(2, end))) throw new Malformed('the target of a record is compressed')
    return { priority: rdata.readUInt16BE(0), target: dotted(target), params: decodeParams(rdata.subarray(end)) }
  },
}

/** The data of each type on the wire; names in it are not compressed. */
export const rdataFormats: { readonly [Type in keyof RecordDataOf]: RdataFormat<RecordDataOf[Type]> } = {
  A: { encode: encodeIpv4, decode: decodeIpv4 },
  AAAA: { encode: encodeIpv6, decode: decodeIpv6 },
  CNAME: name,
  NS: name,
  TXT: { encode: encodeText, decode: decodeText },
  MX: {
    encode: ({ preference, exchange }) => Buffer.concat([numbers(preference), encodeName(exchange)]),
    decode: (rdata) => ({ preference: rdata.readUInt16BE(0), exchange: dotted(nameUpTo(rdata, 2)) }),
  },
  SRV: {
    encode: ({ priority, weight, port, target }) =>
      Buffer.concat([numbers(priority, weight, port), encodeName(target)]),
    decode: (rdata) => ({
      priority: rdata.readUInt16BE(0),
      weight: rdata.readUInt16BE(2),
      port: rdata.readUInt16BE(4),
      target: dotted(nameUpTo(rdata, 6)),
    }),
  },
  CAA: {
    encode: ({ flags, tag, value }) =>
      Buffer.concat([Buffer.of(flags, tag.length), Buffer.from(tag + value, 'latin1')]),
    decode(rdata) {
      const [flags, end] = [rdata.readUInt8(0), 2 + rdata.readUInt8(1)]
      if (end > rdata.length) throw new Malformed('the tag of a CAA record runs past its end')
      return { flags, tag: rdata.toString('latin1', 2, end), value: rdata.toString('latin1', end) }
    },
  },
  HTTPS: service,
  SVCB: service,
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  values.forEach((value, place) => bytes.writeUInt16BE(value, place * 2))
  return bytes
}

/** The name that ends the data. */
function nameUpTo(rdata: Buffer, at: number): string {
  const { name: text, end } = decodeName(rdata, at)
  if (end !== rdata.length) throw new Malformed(`${rdata.length - end} bytes follow the name in a record`)
  return text
}

/** The root is `.` in a value. */
const dotted = (text: string): string => (text === '' ? '.' : text)

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
  const bytes = Buffer.concat(stringsOf(rdata))
  const text = bytes.toString('utf8')
  // Answering a text that cannot be written back as it was would lose it in a rollback.
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new Malformed('a TXT value is not UTF-8')
  return text
}

/** The strings of a TXT record. @throws Malformed */
export function stringsOf(rdata: Buffer): readonly Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < rdata.length;) {
    const end = at + 1 + rdata.readUInt8(at)
    if (end > rdata.length) throw new Malformed('a TXT string runs past the end of its record')
    parts.push(rdata.subarray(at + 1, end))
    at = end
  }
  return parts
}
