import { isCutoverError } from '@cutover/core'

import type { RecordType } from '../dns-zone.ts'
import { type RecordData, recordText } from '../record-data.ts'
import { recordFormats } from '../record-formats.ts'
import { recordTypes } from '../record-kinds.ts'
import { Malformed } from './malformed.ts'
import { decodeName, encodeName } from './name.ts'
import { rdataFormats, stringsOf } from './rdata-formats.ts'
import { typeCode } from './registry.ts'

/** Where names stand in the RDATA that may be compressed (RFC 3597 §4): bytes before them, and how many. */
const namesIn: ReadonlyMap<number, { readonly before: number; readonly count: number }> = new Map([
  [typeCode.NS, { before: 0, count: 1 }],
  [typeCode.CNAME, { before: 0, count: 1 }],
  [typeCode.PTR, { before: 0, count: 1 }],
  [typeCode.DNAME, { before: 0, count: 1 }],
  [typeCode.SOA, { before: 0, count: 2 }],
  [typeCode.MX, { before: 2, count: 1 }],
  // Must not be compressed (RFC 2782), and is by some: RFC 3597 §4 wants it read all the same.
  [typeCode.SRV, { before: 6, count: 1 }],
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

/** Names in it may be any: what a caller writes is looked at before it comes here. @throws Malformed when the value is none of that type. */
export function encodeValue(type: RecordType, value: string): Buffer {
  return orMalformed(() => encodeAs(type, value))
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it says that both formats are of one type
function encodeAs<Type extends RecordType>(type: Type, value: string): Buffer {
  return rdataFormats[type].encode(recordFormats[type].parsed(value, 'value'))
}

/** The value as `RecordSet` has it. @throws Malformed */
export function decodeValue(type: RecordType, rdata: Buffer): string {
  return orMalformed(() => decodeAs(type, rdata))
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it says that both formats are of one type
function decodeAs<Type extends RecordType>(type: Type, rdata: Buffer): string {
  const data: RecordData<Type> = rdataFormats[type].decode(rdata)
  // An address, a name or a text: whoever reads it looks at it.
  return typeof data === 'string' ? data : recordText(type, data)
}

/** Are these bytes data of that type? Of a type that is not known here, any are. */
export function isRdata(type: number, rdata: Buffer): boolean {
  const known = recordTypes.find((each) => typeCode[each] === type)
  if (known === undefined) return true
  try {
    // A text need not be UTF-8, and a name may be any.
    if (known === 'TXT') return stringsOf(rdata).length > 0
    if (known === 'HTTPS' || known === 'SVCB') return decodeValue(known, rdata) !== ''
    orMalformed(() => rdataFormats[known].decode(rdata))
    return true
  } catch (error) {
    if (error instanceof Malformed) return false
    throw error
  }
}

function orMalformed<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw new Malformed('the data of a record have no right length')
    if (isCutoverError(error)) throw new Malformed(error.message)
    throw error
  }
}
