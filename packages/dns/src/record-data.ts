import { type RecordFormats, recordFormats } from './record-formats.ts'
import type { RecordType } from './record-kinds.ts'
import type { ServiceParams } from './service-params.ts'
import { refuseValue } from './value-error.ts'

/** RFC 1035 §3.3.9: where mail goes; the smaller `preference` first, `.` as `exchange` for none (RFC 7505). */
export interface MxData {
  readonly preference: number
  readonly exchange: string
}

/** RFC 2782: `.` as `target` says that there is no such service. */
export interface SrvData {
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: string
}

/** RFC 8659: which authority may issue certificates; 128 as `flags` is critical. */
export interface CaaData {
  readonly flags: number
  readonly tag: string
  /** Its octets, one character for each. */
  readonly value: string
}

/** RFC 9460: `priority` 0 is an alias, without parameters; `.` as `target` is the record's own name. */
export interface ServiceData {
  readonly priority: number
  readonly target: string
  readonly params: ServiceParams
}

/** What a value says, by type: an address, a name or a text itself, or the fields as their RFCs name them. */
export interface RecordDataOf {
  readonly A: string
  readonly AAAA: string
  readonly CNAME: string
  readonly TXT: string
  readonly NS: string
  readonly MX: MxData
  readonly SRV: SrvData
  readonly CAA: CaaData
  readonly HTTPS: ServiceData
  readonly SVCB: ServiceData
}

export type RecordData<Type extends RecordType = RecordType> = RecordDataOf[Type]

/**
 * The fields of a value: `recordData('MX', '10 mail.example.com')` → `{ preference: 10, exchange: 'mail.example.com' }`.
 *
 * `value` is as a zone file has it, but for a TXT, which is its text. Names come in lower case, without the last dot. `field`
 * names it in errors.
 *
 * @throws CutoverError `DNS_RECORD_INVALID`, `DNS_NAME_INVALID`
 */
export function recordData<Type extends RecordType>(type: Type, value: string, field = 'value'): RecordData<Type> {
  if (typeof value !== 'string') return refuseValue(field, value, 'a text')
  const format = formatOf(type)
  return format.checked(format.parsed(value, field), field)
}

/**
 * The value with these fields, in the one form that this package compares:
 * `recordText('CAA', { flags: 0, tag: 'issue', value: 'ca.example.net' })` → `0 issue "ca.example.net"`.
 *
 * @throws CutoverError `DNS_RECORD_INVALID`, `DNS_NAME_INVALID`
 */
export function recordText<Type extends RecordType>(type: Type, data: RecordData<Type>, field = 'data'): string {
  const format = formatOf(type)
  return format.text(format.checked(data, field))
}

function formatOf<Type extends RecordType>(type: Type): RecordFormats[Type] {
  if (Object.hasOwn(recordFormats, type)) return recordFormats[type]
  return refuseValue('type', type, `one of ${Object.keys(recordFormats).join(', ')}`)
}
