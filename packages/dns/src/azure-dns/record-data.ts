import type { RecordType } from '../dns-zone.ts'
import { recordData, recordText } from '../record-data.ts'
import type { AzureRecordSet } from './azure-dns-like.ts'

/** The part of an Azure record set that holds its records. */
export type AzureRecords = Pick<
  AzureRecordSet,
  'aRecords' | 'aaaaRecords' | 'caaRecords' | 'cnameRecord' | 'mxRecords' | 'nsRecords' | 'srvRecords' | 'txtRecords'
>

/** RFC 1035 §3.3: a character-string has at most 255 bytes; Azure wants each by itself. */
const longestString = 255

/**
 * The records as values, in their order and nearly in their spelling; none where there are none of that type.
 *
 * @throws CutoverError `DNS_RECORD_INVALID`, `DNS_NAME_INVALID`
 */
export function valuesOf(set: AzureRecords, type: RecordType): string[] {
  switch (type) {
    case 'A':
      return (set.aRecords ?? []).map(({ ipv4Address }) => ipv4Address ?? '')
    case 'AAAA':
      return (set.aaaaRecords ?? []).map(({ ipv6Address }) => ipv6Address ?? '')
    case 'CNAME':
      return set.cnameRecord ? [set.cnameRecord.cname ?? ''] : []
    case 'TXT':
      return (set.txtRecords ?? []).map(({ value = [] }) => value.join(''))
    case 'NS':
      return (set.nsRecords ?? []).map(({ nsdname }) => nsdname ?? '')
    case 'MX':
      return (set.mxRecords ?? []).map(({ preference = -1, exchange = '' }) =>
        recordText('MX', { preference, exchange }),
      )
    case 'SRV':
      return (set.srvRecords ?? []).map(({ priority = -1, weight = -1, port = -1, target = '' }) =>
        recordText('SRV', { priority, weight, port, target }),
      )
    case 'CAA':
      return (set.caaRecords ?? []).map(({ flags = -1, tag = '', value = '' }) =>
        recordText('CAA', { flags, tag, value }),
      )
    case 'HTTPS':
    case 'SVCB':
      return []
  }
}

/** Values, each as a zone file has it, as Azure's records; `undefined` for a type that Azure DNS does not have. */
export function recordsOf(values: readonly string[], type: RecordType): AzureRecords | undefined {
  switch (type) {
    case 'A':
      return { aRecords: values.map((ipv4Address) => ({ ipv4Address })) }
    case 'AAAA':
      return { aaaaRecords: values.map((ipv6Address) => ({ ipv6Address })) }
    case 'CNAME':
      return { cnameRecord: { cname: values[0] ?? '' } }
    case 'TXT':
      return { txtRecords: values.map((text) => ({ value: strings(text) })) }
    case 'NS':
      return { nsRecords: values.map((nsdname) => ({ nsdname })) }
    case 'MX':
      return { mxRecords: values.map((value) => recordData('MX', value)) }
    case 'SRV':
      return { srvRecords: values.map((value) => recordData('SRV', value)) }
    case 'CAA':
      return { caaRecords: values.map((value) => recordData('CAA', value)) }
    case 'HTTPS':
    case 'SVCB':
      return undefined
  }
}

/** Split after at most 255 bytes, between characters. */
function strings(text: string): string[] {
  const split = ['']
  let bytes = 0
  for (const character of text) {
    const more = new TextEncoder().encode(character).length
    if (bytes + more > longestString) {
      split.push('')
      bytes = 0
    }
    split[split.length - 1] += character
    bytes += more
  }
  return split
}
