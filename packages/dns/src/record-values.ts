import { CutoverError } from '@cutover/core'

import { dnsName } from './dns-name.ts'
import type { RecordType } from './dns-zone.ts'

/** RFC 1035 §3.2.1: the length of one record's data is a number of 16 bits; a TXT text takes one more octet per 255. */
const longestText = 65_279

/**
 * What a record of that name and type answers, in the one form that this package compares: sorted, without repetition, names
 * in lower case and without the last dot, IPv6 addresses in the shortest form (RFC 5952). `field` names it in errors.
 *
 * @throws CutoverError `DNS_RECORD_INVALID`, or `DNS_NAME_INVALID` for a CNAME's target.
 */
export function recordValues(
  name: string,
  type: RecordType,
  values: string | readonly string[],
  field = 'values',
): readonly string[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : [values]
  if (list.length === 0) return refuse(field, values, 'at least one value')
  const normal = [...new Set(list.map((value) => recordValue(type, value, field)))].sort()
  if (type === 'CNAME' && normal.length > 1) {
    return refuse(field, values, 'one name, since a CNAME has one value (RFC 1034 §3.6.2)')
  }
  if (type === 'CNAME' && normal[0] === name) return refuse(field, values, 'another name than its own')
  return normal
}

/**
 * What a record is to answer from now on, in the form of `recordValues`; refuses also what a zone may well hold, but nobody
 * can mean: a CNAME to an address, which no resolver follows. No host name ends in digits (RFC 3696 §2).
 *
 * @throws CutoverError `DNS_RECORD_INVALID`, `DNS_NAME_INVALID`
 */
export function intendedValues(
  name: string,
  type: RecordType,
  values: string | readonly string[],
  field: string,
): readonly string[] {
  if (type === 'CNAME' && [values].flat().some((value) => typeof value === 'string' && isLikeAddress(value))) {
    return refuse(field, values, 'a host name, since a CNAME cannot hold an address')
  }
  return recordValues(name, type, values, field)
}

const isLikeAddress = (value: string): boolean =>
  /^(?:.*\.)?\d+\.?$/.test(value) || shortIpv6(value.replace(/^\[(.*)\]$/, '$1')) !== undefined

function recordValue(type: RecordType, value: unknown, field: string): string {
  if (typeof value !== 'string') return refuse(field, value, 'a text')
  switch (type) {
    case 'A':
      return isIpv4(value) ? value : refuse(field, value, 'an IPv4 address such as 192.0.2.1')
    case 'AAAA':
      return shortIpv6(value) ?? refuse(field, value, 'an IPv6 address such as 2001:db8::1')
    case 'CNAME':
      return dnsName(value, field)
    case 'TXT':
      if (new TextEncoder().encode(value).length > longestText)
        return refuse(field, value, `a text of at most ${longestText} octets`)
      return value
  }
}

const isIpv4 = (value: string): boolean =>
  /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.test(value) &&
  value.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part)

/** A URL's host is serialised in the shortest form; `undefined` for what is no IPv6 address. */
function shortIpv6(value: string): string | undefined {
  const url = `http://[${value}]/`
  return /^[0-9a-f:.]+$/i.test(value) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined
}

function refuse(field: string, found: unknown, wanted: string): never {
  const text = JSON.stringify(found) ?? String(found)
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
  throw new CutoverError('DNS_RECORD_INVALID', `${field} is ${shown}; wanted ${wanted}`)
}
