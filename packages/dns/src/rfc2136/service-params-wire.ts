import { paramKey, paramNumber, type ServiceParams } from '../service-params.ts'
import { decodeIpv4, decodeIpv6, encodeIpv4, encodeIpv6 } from './ip-address.ts'
import { Malformed } from './malformed.ts'

/** The parameters of an HTTPS or SVCB record on the wire (RFC 9460 §2.2): number, length, value, in the order of their numbers. */
export function encodeParams(params: ServiceParams): Buffer {
  const parts = Object.entries(params as Record<string, unknown>).map(([key, value]) => {
    const bytes = encodeParam(key, value)
    const head = Buffer.alloc(4)
    head.writeUInt16BE(paramNumber(key) ?? 0xffff, 0)
    head.writeUInt16BE(bytes.length, 2)
    return Buffer.concat([head, bytes])
  })
  return Buffer.concat(parts)
}

function encodeParam(key: string, value: unknown): Buffer {
  const list = value as readonly string[]
  switch (key) {
    case 'mandatory':
      return Buffer.concat(list.map((each) => number(paramNumber(each) ?? 0xffff)))
    case 'alpn':
      return Buffer.concat(list.map((id) => Buffer.concat([Buffer.of(id.length), Buffer.from(id, 'latin1')])))
    case 'no-default-alpn':
      return Buffer.alloc(0)
    case 'port':
      return number(value as number)
    case 'ipv4hint':
      return Buffer.concat(list.map(encodeIpv4))
    case 'ipv6hint':
      return Buffer.concat(list.map(encodeIpv6))
    case 'ech':
      return Buffer.from(value as string, 'base64')
    default:
      return Buffer.from(value as string, 'latin1')
  }
}

/** @throws Malformed, or RangeError where the bytes end too early */
export function decodeParams(bytes: Buffer): ServiceParams {
  const params: [string, unknown][] = []
  let last = -1
  for (let at = 0; at < bytes.length;) {
    const [key, end] = [bytes.readUInt16BE(at), at + 4 + bytes.readUInt16BE(at + 2)]
    if (key <= last) throw new Malformed('the parameters of a record are not in the order of their numbers')
    if (end > bytes.length) throw new Malformed('a parameter runs past the end of its record')
    params.push([paramKey(key), decodeParam(paramKey(key), bytes.subarray(at + 4, end))])
    last = key
    at = end
  }
  return Object.fromEntries(params) as ServiceParams
}

function decodeParam(key: string, bytes: Buffer): unknown {
  switch (key) {
    case 'mandatory':
      return pieces(bytes, 2).map((piece) => paramKey(piece.readUInt16BE(0)))
    case 'alpn':
      return idsOf(bytes)
    case 'no-default-alpn':
      return bytes.length === 0 ? true : bytes.toString('latin1')
    case 'port':
      return bytes.length === 2 ? bytes.readUInt16BE(0) : Number.NaN
    case 'ipv4hint':
      return pieces(bytes, 4).map(decodeIpv4)
    case 'ipv6hint':
      return pieces(bytes, 16).map(decodeIpv6)
    case 'ech':
      return bytes.toString('base64')
    default:
      return bytes.toString('latin1')
  }
}

function idsOf(bytes: Buffer): readonly string[] {
  const ids: string[] = []
  for (let at = 0; at < bytes.length; at += 1 + bytes.readUInt8(at)) {
    const end = at + 1 + bytes.readUInt8(at)
    if (end > bytes.length) throw new Malformed('a protocol runs past the end of its record')
    ids.push(bytes.toString('latin1', at + 1, end))
  }
  return ids
}

function pieces(bytes: Buffer, size: number): readonly Buffer[] {
  if (bytes.length % size !== 0) throw new Malformed(`a parameter of ${bytes.length} bytes is no list of ${size}`)
  return Array.from({ length: bytes.length / size }, (_, place) => bytes.subarray(place * size, (place + 1) * size))
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value, 0)
  return bytes
}
