import { timingSafeEqual } from 'node:crypto'

import { type DecodedMessage, encodeRecord } from './message.ts'
import { encodeName } from './name.ts'
import { classCode, tsigError } from './registry.ts'
import type { TsigKey } from './tsig-key.ts'
import { encodeTsig, timers, type Tsig } from './tsig-record.ts'

export interface SignOptions extends SignedBefore {
  /** Epoch milliseconds. */
  readonly now: number
  /** How far the clocks may differ, and how long after `now` the message is accepted. */
  readonly fudgeSeconds: number
  /** A `tsigError` to tell, with its data; for servers. */
  readonly error?: number | undefined
  readonly other?: Buffer | undefined
  /** For BADTIME, which repeats the request's time (RFC 8945 §5.2.3). */
  readonly signedAtSeconds?: number | undefined
}

/** The message with a TSIG record at its end, and the MAC that the response will cover (RFC 8945 §5.1). */
export function sign(message: Buffer, key: TsigKey, options: SignOptions): { bytes: Buffer; mac: Buffer } {
  const { now, fudgeSeconds, error = 0, other = Buffer.alloc(0) } = options
  const unsigned: Omit<Tsig, 'mac'> = {
    keyName: key.name,
    algorithm: key.algorithm,
    signedAtSeconds: options.signedAtSeconds ?? Math.floor(now / 1_000),
    fudgeSeconds,
    originalId: message.readUInt16BE(0),
    error,
    other,
  }
  const mac = key.mac(covered(message, unsigned, options))
  return { bytes: withTsig(message, { ...unsigned, mac }), mac }
}

/** Appends a TSIG record as it is: with an empty MAC for BADKEY and BADSIG. */
export function withTsig(message: Buffer, tsig: Tsig): Buffer {
  const counted = Buffer.from(message)
  counted.writeUInt16BE(counted.readUInt16BE(10) + 1, 10)
  return Buffer.concat([counted, encodeRecord(encodeTsig(tsig))])
}

/** What was signed before, in an answer of several messages. */
export interface SignedBefore {
  /** Of the request, or of the last message that was signed. */
  readonly requestMac?: Buffer | undefined
  /** The messages since then, of which none was (RFC 8945 §5.3.1); `undefined` for the first message of an answer. */
  readonly unsigned?: readonly Buffer[] | undefined
}

/**
 * Is the signature good? Answers `undefined`, or the `tsigError` that says why not; in the order of RFC 8945 §5.2:
 * key, signature, time. `message` is what `bytes` decode to, `tsig` its record.
 */
export function verify(
  bytes: Buffer,
  message: DecodedMessage,
  tsig: Tsig,
  key: TsigKey | undefined,
  { now, ...before }: SignedBefore & { readonly now: number },
): number | undefined {
  if (key === undefined || key.name !== tsig.keyName || key.algorithm !== tsig.algorithm) return tsigError.BADKEY
  const stripped = Buffer.from(bytes.subarray(0, message.lastRecordAt))
  stripped.writeUInt16BE(tsig.originalId, 0)
  stripped.writeUInt16BE(message.additionals.length - 1, 10)
  const expected = key.mac(covered(stripped, tsig, before))
  // No truncated MACs: nobody needs them, and they only make forging cheaper.
  if (tsig.mac.length !== expected.length || !timingSafeEqual(tsig.mac, expected)) return tsigError.BADSIG
  if (Math.abs(Math.floor(now / 1_000) - tsig.signedAtSeconds) > tsig.fudgeSeconds) return tsigError.BADTIME
  return undefined
}

/** What the MAC is made of (RFC 8945 §4.3); of later messages of an answer less (§5.3.1). */
function covered(message: Buffer, tsig: Omit<Tsig, 'mac'>, { requestMac, unsigned }: SignedBefore): Buffer[] {
  const size = Buffer.alloc(2)
  size.writeUInt16BE(requestMac?.length ?? 0, 0)
  const before = requestMac ? [size, requestMac] : []
  if (unsigned) return [...before, ...unsigned, message, timers(tsig)]
  const classAndTtl = Buffer.alloc(6)
  classAndTtl.writeUInt16BE(classCode.ANY, 0)
  const errorAndOther = Buffer.alloc(4)
  errorAndOther.writeUInt16BE(tsig.error, 0)
  errorAndOther.writeUInt16BE(tsig.other.length, 2)
  return [
    ...before,
    message,
    encodeName(tsig.keyName),
    classAndTtl,
    encodeName(tsig.algorithm),
    timers(tsig),
    errorAndOther,
    tsig.other,
  ]
}
