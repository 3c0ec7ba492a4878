import { isIPv4, isIPv6 } from 'node:net'

import { Malformed } from './malformed.ts'

export function encodeIpv4(address: string): Buffer {
  if (!isIPv4(address)) throw new Malformed(`${JSON.stringify(address)} is no IPv4 address`)
  return Buffer.from(address.split('.').map(Number))
}

export function decodeIpv4(bytes: Buffer): string {
  if (bytes.length !== 4) throw new Malformed(`an A record has ${bytes.length} bytes`)
  return bytes.join('.')
}

export function encodeIpv6(address: string): Buffer {
  if (!isIPv6(address) || address.includes('%')) throw new Malformed(`${JSON.stringify(address)} is no IPv6 address`)
  // The last 32 bits may be written as IPv4: ::ffff:192.0.2.1
  const hex = address.replace(/[\d.]+\.\d+$/, (ipv4) => {
    const tail = encodeIpv4(ipv4)
    return `${tail.readUInt16BE(0).toString(16)}:${tail.readUInt16BE(2).toString(16)}`
  })
  const [head = '', tail] = hex.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  const bytes = Buffer.alloc(16)
  groups.forEach((group, i) => bytes.writeUInt16BE(Number.parseInt(group, 16), i * 2))
  return bytes
}

/** RFC 5952: lower case, and the longest run of zero groups as `::`. */
export function decodeIpv6(bytes: Buffer): string {
  if (bytes.length !== 16) throw new Malformed(`an AAAA record has ${bytes.length} bytes`)
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16))
  let best = { at: -1, length: 1 }
  for (let i = 0; i < 8; i++) {
    let length = 0
    while (groups[i + length] === '0') length++
    if (length > best.length) best = { at: i, length }
  }
  if (best.at === -1) return groups.join(':')
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`
}
