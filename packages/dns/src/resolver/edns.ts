import type { DecodedMessage, ResourceRecord } from '../rfc2136/message.ts'
import { typeCode } from '../rfc2136/registry.ts'

/** The largest datagram that passes nearly everywhere without being cut (DNS Flag Day 2020). */
const largestDatagram = 1_232

/** Asks for EDNS (RFC 6891): larger answers, and reasons beside them. An OPT record's class is how large a datagram may be. */
export const optRecord: ResourceRecord = {
  name: '',
  type: typeCode.OPT,
  class: largestDatagram,
  ttlSeconds: 0,
  rdata: Buffer.alloc(0),
}

/** RFC 8914: what a resolver says about its answer beside the RCODE. */
export interface ExtendedError {
  readonly code: number
  readonly text: string
}

/** RFC 8914 §4.4, §4.20: the answer, or the absence, is out of date. */
export const staleCodes: ReadonlySet<number> = new Set([3, 19])

const extendedErrorOption = 15

/** The extended errors of an answer; what is cut short counts as none. */
export function extendedErrors({ additionals }: DecodedMessage): ExtendedError[] {
  const rdata = additionals.find(({ type }) => type === typeCode.OPT)?.rdata ?? Buffer.alloc(0)
  const errors: ExtendedError[] = []
  for (let at = 0; at + 4 <= rdata.length;) {
    const [option, length] = [rdata.readUInt16BE(at), rdata.readUInt16BE(at + 2)]
    const data = rdata.subarray(at + 4, at + 4 + length)
    if (option === extendedErrorOption && data.length === length && length >= 2) {
      // Anybody may have written it, and people read it: printable characters alone.
      const text = data
        .toString('utf8', 2)
        .replaceAll(/[^\x20-\x7e]+/g, ' ')
        .trim()
      errors.push({ code: data.readUInt16BE(0), text: text.slice(0, 200) })
    }
    at += 4 + length
  }
  return errors
}
