import { Malformed } from './malformed.ts'
import { decodeName, encodeName } from './name.ts'

/** A zone's SOA record (RFC 1035 §3.3.13). */
export interface Soa {
  readonly primary: string
  /** The address of whoever answers for the zone, `@` as the first dot: `hostmaster.example.com`. */
  readonly mailbox: string
  /** 0 to 4,294,967,295; compare with `isAtLeast`. */
  readonly serial: number
  readonly refreshSeconds: number
  readonly retrySeconds: number
  readonly expireSeconds: number
  /** How long "no such record" may be remembered, at most the SOA's own TTL (RFC 2308 §5). */
  readonly negativeTtlSeconds: number
}

export function encodeSoa(soa: Soa): Buffer {
  const numbers = Buffer.alloc(20)
  const { serial, refreshSeconds, retrySeconds, expireSeconds, negativeTtlSeconds } = soa
  ;[serial, refreshSeconds, retrySeconds, expireSeconds, negativeTtlSeconds].forEach((value, i) => {
    numbers.writeUInt32BE(value, i * 4)
  })
  return Buffer.concat([encodeName(soa.primary), encodeName(soa.mailbox), numbers])
}

/** @throws Malformed */
export function decodeSoa(rdata: Buffer): Soa {
  const primary = decodeName(rdata, 0)
  const mailbox = decodeName(rdata, primary.end)
  const numbers = rdata.subarray(mailbox.end)
  if (numbers.length !== 20) throw new Malformed(`the numbers of an SOA record have ${numbers.length} bytes`)
  return {
    primary: primary.name,
    mailbox: mailbox.name,
    serial: numbers.readUInt32BE(0),
    refreshSeconds: numbers.readUInt32BE(4),
    retrySeconds: numbers.readUInt32BE(8),
    expireSeconds: numbers.readUInt32BE(12),
    negativeTtlSeconds: numbers.readUInt32BE(16),
  }
}

/** Serial `a` is `b` or came after it; serials wrap (RFC 1982 §3.2). */
export function isAtLeast(a: number, b: number): boolean {
  return (a - b) >>> 0 < 0x8000_0000
}
