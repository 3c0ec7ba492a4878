import type { AzureDnsType, AzureRecordSet } from '../azure-dns/azure-dns-like.ts'
import { restError } from './fake-client-errors.ts'

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-dns-limits */
const mostRecords = 20
const longestTtl = 2_147_483_647
const longestString = 255
/** https://learn.microsoft.com/azure/dns/dns-zones-records#txt-records: of all texts of a set together. */
const longestTexts = 4_096

/** What an alias can stand for, by the type of the record. https://learn.microsoft.com/azure/dns/dns-alias#capabilities */
const aliasTargets =
  /\/providers\/Microsoft\.(?:Network\/(?:publicIPAddresses|trafficManagerProfiles|frontdoors|dnszones\/[^/]+\/[^/]+)|Cdn\/profiles\/[^/]+\/(?:endpoints|afdEndpoints))/i

/** The records of a set, whatever their type. */
const fields = {
  A: 'aRecords',
  AAAA: 'aaaaRecords',
  CAA: 'caaRecords',
  CNAME: 'cnameRecord',
  MX: 'mxRecords',
  NS: 'nsRecords',
  PTR: 'ptrRecords',
  SOA: 'soaRecord',
  SRV: 'srvRecords',
  TXT: 'txtRecords',
} as const satisfies Record<AzureDnsType, keyof AzureRecordSet>

export const badRequest = (message: string): Error => restError('BadRequest', message, 400)

/** The name relative to the zone, as the service takes it. */
export function checkName(name: string, type: AzureDnsType, zone: string): void {
  const labels = name === '@' ? [] : name.split('.')
  const isGood = labels.every((label, place) => /^[a-z\d_-]{1,63}$/i.test(label) || (place === 0 && label === '*'))
  if (!isGood || `${name}.${zone}`.length > 253) throw badRequest(`The domain name '${name}.${zone}' is invalid.`)
  if (labels[0] === '*' && (type === 'NS' || type === 'SOA')) {
    throw badRequest(`Wildcard record sets of type ${type} are not supported.`)
  }
  if (name === '@' && type === 'CNAME') {
    throw badRequest('A CNAME record set cannot be created at the zone apex.')
  }
  if (type === 'SOA' && name !== '@') throw badRequest('SOA record sets exist at the zone apex only.')
}

/** What the set may be, by itself. */
export function checkSet(set: AzureRecordSet, type: AzureDnsType): void {
  const { ttl, targetResource } = set
  if (!Number.isInteger(ttl) || (ttl ?? 0) < 1 || (ttl ?? 0) > longestTtl) {
    throw badRequest(`The TTL value '${ttl}' is not valid. It must be between 1 and ${longestTtl}.`)
  }
  const other = Object.values(fields).find((field) => field !== fields[type] && isGiven(set[field]))
  if (other !== undefined) throw badRequest(`The property '${other}' does not belong to the type ${type}.`)
  if (targetResource?.id !== undefined) {
    if (isGiven(set[fields[type]])) throw badRequest('A record set has either records or a target resource, not both.')
    if (!['A', 'AAAA', 'CNAME'].includes(type)) throw badRequest(`Alias record sets of type ${type} are not supported.`)
    if (!aliasTargets.test(targetResource.id)) throw badRequest('The target resource is not of a supported type.')
    return
  }
  checkRecords(set, type)
}

function checkRecords(set: AzureRecordSet, type: AzureDnsType): void {
  const records = recordsOf(set, type)
  if (type === 'CNAME' && records.length !== 1) throw badRequest('A CNAME record set has exactly one record.')
  if (type === 'SOA' && records.length !== 1) throw badRequest('A SOA record set has exactly one record.')
  if (records.length > mostRecords) {
    throw badRequest(`The record set has ${records.length} records; the limit is ${mostRecords}.`)
  }
  const said = records.map((record) => JSON.stringify(record).toLowerCase())
  if (new Set(said).size < said.length) throw badRequest('The record set has duplicate records.')
  for (const { ipv4Address } of set.aRecords ?? []) {
    const isAddress =
      /^(\d{1,3}\.){3}\d{1,3}$/.test(ipv4Address ?? '') && parts(ipv4Address).every((part) => part < 256)
    if (!isAddress) throw badRequest(`The IPv4 address '${ipv4Address}' is invalid.`)
  }
  for (const { ipv6Address = '' } of set.aaaaRecords ?? []) {
    if (!URL.canParse(`http://[${ipv6Address}]/`)) throw badRequest(`The IPv6 address '${ipv6Address}' is invalid.`)
  }
  for (const host of hostsOf(set)) {
    if (!isHost(host)) throw badRequest(`The domain name '${host}' is invalid.`)
  }
  for (const number of numbersOf(set)) {
    if (!Number.isInteger(number) || number < 0 || number > 65_535)
      throw badRequest(`The value '${number}' is invalid.`)
  }
  for (const { flags, tag } of set.caaRecords ?? []) {
    if (!Number.isInteger(flags) || (flags ?? -1) < 0 || (flags ?? 256) > 255 || !/^[a-z\d]+$/i.test(tag ?? '')) {
      throw badRequest('The CAA record is invalid.')
    }
  }
  const strings = (set.txtRecords ?? []).map(({ value = [] }) => value)
  if (strings.some((one) => one.length === 0)) throw badRequest('A TXT record has at least one string.')
  if (strings.flat().some((one) => one.length > longestString)) {
    throw badRequest(`A string of a TXT record has at most ${longestString} characters.`)
  }
  if (strings.flat().join('').length > longestTexts) {
    throw badRequest(`The TXT record set has more than ${longestTexts} characters.`)
  }
}

/** The set as it is kept: nothing but what the service keeps. */
export function kept(set: AzureRecordSet, type: AzureDnsType): AzureRecordSet {
  const { ttl, metadata, targetResource } = set
  const own = set[fields[type]]
  const isMeta = metadata !== undefined && Object.keys(metadata).length > 0
  return structuredClone({
    ...(ttl === undefined ? {} : { ttl }),
    ...(isMeta ? { metadata } : {}),
    // Of a plain set, too.
    targetResource: targetResource?.id === undefined ? {} : { id: targetResource.id },
    ...(own === undefined ? {} : { [fields[type]]: own }),
  })
}

function recordsOf(set: AzureRecordSet, type: AzureDnsType): readonly unknown[] {
  const own = set[fields[type]]
  if (own === undefined) return []
  return Array.isArray(own) ? own : [own]
}

const isGiven = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined)

const parts = (address = ''): number[] => address.split('.').map(Number)

const isHost = (host: string): boolean =>
  host.length <= 254 && /^(?:[a-z\d_*-]{1,63}\.)*[a-z\d_*-]{1,63}\.?$/i.test(host) && !/^[\d.]+$/.test(host)

function hostsOf(set: AzureRecordSet): string[] {
  return [
    ...(set.cnameRecord ? [set.cnameRecord.cname] : []),
    ...(set.mxRecords ?? []).map(({ exchange }) => exchange),
    ...(set.nsRecords ?? []).map(({ nsdname }) => nsdname),
    ...(set.ptrRecords ?? []).map(({ ptrdname }) => ptrdname),
    ...(set.srvRecords ?? []).map(({ target }) => target),
  ].map((host) => host ?? '')
}

function numbersOf(set: AzureRecordSet): number[] {
  return [
    ...(set.mxRecords ?? []).map(({ preference }) => preference),
    ...(set.srvRecords ?? []).flatMap(({ priority, weight, port }) => [priority, weight, port]),
  ].map((number) => number ?? Number.NaN)
}
