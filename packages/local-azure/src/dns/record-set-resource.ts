import type { DnsRecordSet } from './dns-zone-machine.ts'

/** How the wire spells what is flat and in camel case at the client. */
const wireNames = {
  metadata: 'metadata',
  ttl: 'TTL',
  fqdn: 'fqdn',
  provisioningState: 'provisioningState',
  targetResource: 'targetResource',
  aRecords: 'ARecords',
  aaaaRecords: 'AAAARecords',
  caaRecords: 'caaRecords',
  cnameRecord: 'CNAMERecord',
  mxRecords: 'MXRecords',
  nsRecords: 'NSRecords',
  ptrRecords: 'PTRRecords',
  srvRecords: 'SRVRecords',
  txtRecords: 'TXTRecords',
} as const satisfies Partial<Record<keyof DnsRecordSet, string>>

/** What is told, and not taken. */
const told: ReadonlySet<string> = new Set(['fqdn', 'provisioningState'])

/** A record set as GET answers it. `zone` is the zone's own id. */
export function recordSetResource(set: DnsRecordSet, zone: string): object {
  const { name = '', type = '', etag, soaRecord } = set
  const properties = Object.entries(wireNames).flatMap(([property, wire]) => {
    const value = set[property as keyof typeof wireNames]
    return value === undefined ? [] : [[wire, value] as const]
  })
  return {
    id: `${zone}/${type.split('/').at(-1) ?? ''}/${name}`,
    name,
    type,
    etag,
    properties: { ...Object.fromEntries(properties), ...(soaRecord ? { SOARecord: soaOf(soaRecord) } : {}) },
  }
}

/** What a PUT wants; `undefined` when it is no record set. What no description knows is answered with its name. */
export function recordSetOf(body: unknown): { readonly set: DnsRecordSet } | { readonly unknown: string } | undefined {
  if (!isRecord(body)) return undefined
  const { properties = {} } = body
  if (!isRecord(properties)) return undefined
  const set: Record<string, unknown> = {}
  for (const [wire, value] of Object.entries(properties)) {
    const name = Object.entries(wireNames).find(([, one]) => one.toLowerCase() === wire.toLowerCase())?.[0]
    if (name === undefined) {
      if (wire.toLowerCase() !== 'soarecord') return { unknown: wire }
      if (isRecord(value)) set['soaRecord'] = soaFrom(value)
    } else if (!told.has(name) && value !== null) set[name] = value
  }
  return { set }
}

const soaOf = ({ minimumTtl, ...soa }: { readonly minimumTtl?: number }): object => ({ ...soa, minimumTTL: minimumTtl })

const soaFrom = ({ minimumTTL, ...soa }: Readonly<Record<string, unknown>>): object => ({
  ...soa,
  minimumTtl: minimumTTL,
})

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
