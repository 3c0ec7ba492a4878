import { Malformed } from './malformed.ts'
import type { DecodedMessage, ResourceRecord } from './message.ts'
import { decodeName, encodeName } from './name.ts'
import { classCode, typeCode } from './registry.ts'

/** A TSIG record (RFC 8945 §4.2). */
export interface Tsig {
  /** Canonical. */
  readonly keyName: string
  readonly algorithm: string
  /** Epoch seconds. */
  readonly signedAtSeconds: number
  /** By how much the clocks of the two may differ. */
  readonly fudgeSeconds: number
  readonly mac: Buffer
  readonly originalId: number
  /** 0, or a `tsigError`. */
  readonly error: number
  /** With BADTIME, the server's time in 48 bits. */
  readonly other: Buffer
}

export function encodeTsig(tsig: Tsig): ResourceRecord {
  const size = Buffer.alloc(2)
  size.writeUInt16BE(tsig.mac.length, 0)
  const tail = Buffer.alloc(6)
  tail.writeUInt16BE(tsig.originalId, 0)
  tail.writeUInt16BE(tsig.error, 2)
  tail.writeUInt16BE(tsig.other.length, 4)
  return {
    name: tsig.keyName,
    type: typeCode.TSIG,
    class: classCode.ANY,
    ttlSeconds: 0,
    rdata: Buffer.concat([encodeName(tsig.algorithm), timers(tsig), size, tsig.mac, tail, tsig.other]),
  }
}

/** The message's TSIG record, which must be the last one (RFC 8945 §5.1); `undefined` when it has none. @throws Malformed */
export function tsigOf(message: DecodedMessage): Tsig | undefined {
  const { additionals } = message
  const at = additionals.findIndex((record) => record.type === typeCode.TSIG)
  const record = additionals[at]
  if (record === undefined) return undefined
  if (at !== additionals.length - 1) throw new Malformed('a TSIG record is not the last record')
  if (record.class !== classCode.ANY || record.ttlSeconds !== 0) throw new Malformed('a TSIG record has a class or TTL')
  try {
    return decodeTsig(record)
  } catch (error) {
    if (error instanceof RangeError) throw new Malformed('a TSIG record is too short')
    throw error
  }
}

function decodeTsig({ name, rdata }: ResourceRecord): Tsig {
  const { name: algorithm, end } = decodeName(rdata, 0)
  const macSize = rdata.readUInt16BE(end + 8)
  const macEnd = end + 10 + macSize
  const otherSize = rdata.readUInt16BE(macEnd + 4)
  if (macEnd + 6 + otherSize !== rdata.length) throw new Malformed('the sizes in a TSIG record do not add up')
  return {
    keyName: name.toLowerCase(),
    algorithm: algorithm.toLowerCase(),
    signedAtSeconds: rdata.readUIntBE(end, 6),
    fudgeSeconds: rdata.readUInt16BE(end + 6),
    mac: rdata.subarray(end + 10, macEnd),
    originalId: rdata.readUInt16BE(macEnd),
    error: rdata.readUInt16BE(macEnd + 2),
    other: rdata.subarray(macEnd + 6),
  }
}

/** Time signed and fudge, as they stand in the record and in what is signed. */
export function timers({ signedAtSeconds, fudgeSeconds }: Pick<Tsig, 'signedAtSeconds' | 'fudgeSeconds'>): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUIntBE(signedAtSeconds, 0, 6)
  bytes.writeUInt16BE(fudgeSeconds, 6)
  return bytes
}
