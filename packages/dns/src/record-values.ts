import { shortIpv6 } from './address.ts'
import type { RecordType } from './dns-zone.ts'
import { recordData, recordText } from './record-data.ts'
import { refuseValue } from './value-error.ts'

/**
 * What a record of that name and type answers, in the one form that this package compares: sorted, without repetition, each as
 * `recordText` writes it. `field` names it in errors.
 *
 * @throws CutoverError `DNS_RECORD_INVALID`, or `DNS_NAME_INVALID` for a name in a value.
 */
export function recordValues(
  name: string,
  type: RecordType,
  values: string | readonly string[],
  field = 'values',
): readonly string[] {
  const list: readonly string[] = Array.isArray(values) ? values : [values]
  if (list.length === 0) return refuseValue(field, values, 'at least one value')
  const normal = [...new Set(list.map((value) => recordText(type, recordData(type, value, field), field)))].sort()
  if (type === 'CNAME' && normal.length > 1) {
    return refuseValue(field, values, 'one name, since a CNAME has one value (RFC 1034 §3.6.2)')
  }
  if (type === 'CNAME' && normal[0] === name) return refuseValue(field, values, 'another name than its own')
  return normal
}

/**
 * What a record is to answer from now on, in the form of `recordValues`; refuses also what a zone may well hold, but nobody
 * can mean: an address where a name is wanted, which nobody follows. No host name ends in digits (RFC 3696 §2).
 *
 * @throws CutoverError `DNS_RECORD_INVALID`, `DNS_NAME_INVALID`
 */
export function intendedValues(
  name: string,
  type: RecordType,
  values: string | readonly string[],
  field: string,
): readonly string[] {
  const place = targets[type]
  const isAddress = (value: unknown): boolean =>
    typeof value === 'string' && place !== undefined && isLikeAddress(value.trim().split(/\s+/)[place] ?? '')
  if ([values].flat().some(isAddress)) {
    const what = `${/^[HMNS]/.test(type) ? 'an' : 'a'} ${type}`
    return refuseValue(field, values, `a host name, since ${what} cannot hold an address`)
  }
  return recordValues(name, type, values, field)
}

/** Which field of a value is a host's name. */
const targets: Partial<Record<RecordType, number>> = { CNAME: 0, NS: 0, MX: 1, SRV: 3, HTTPS: 1, SVCB: 1 }

const isLikeAddress = (value: string): boolean =>
  /^(?:.*\.)?\d+\.?$/.test(value) || shortIpv6(value.replace(/^\[(.*)\]$/, '$1')) !== undefined
