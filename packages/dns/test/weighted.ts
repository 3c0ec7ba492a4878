// A name at AWS as it usually is: aliases of API Gateway, and weighted CNAMEs in their place.
import type { FakeWorld } from '@cutover/core/testing'
import { type DnsRecord, dnsRecord, type DnsZone } from '@cutover/dns'
import { type InMemoryRoute53, inMemoryRoute53, inMemoryZone, type InMemoryZone } from '@cutover/dns/testing'

import { aws, azure } from './example.ts'

export const name = 'api.example.com'

export const aliasSets = (['A', 'AAAA'] as const).map((Type) => ({
  Name: name,
  Type,
  AliasTarget: { HostedZoneId: 'Z1UJRXOUMOOFQ8', DNSName: `${aws}.`, EvaluateTargetHealth: false },
}))

export const weightedSets = (weights: Readonly<Record<string, number>> = { source: 100, target: 0 }) =>
  Object.entries(weights).map(([SetIdentifier, Weight]) => ({
    Name: name,
    Type: 'CNAME',
    TTL: 30,
    SetIdentifier,
    Weight,
    ...(SetIdentifier === 'source' && { HealthCheckId: 'check-1' }),
    ResourceRecords: [{ Value: SetIdentifier === 'source' ? aws : azure }],
  }))

export function route53With(
  world: FakeWorld,
  records: readonly { readonly Name: string; readonly Type: string }[],
): { readonly route53: InMemoryRoute53; readonly zone: DnsZone; readonly api: DnsRecord<'CNAME'> } {
  const route53 = inMemoryRoute53(world, { records })
  const zone = route53.zone()
  return { route53, zone, api: dnsRecord(zone, name, 'CNAME') }
}

export function weightedZone(
  world: FakeWorld,
  weights: Readonly<Record<string, number>> = { source: 100, target: 0 },
): { readonly zone: InMemoryZone; readonly api: DnsRecord<'CNAME'> } {
  const members = Object.entries(weights).map(([id, weight]) => ({
    id,
    weight,
    ttlSeconds: 30,
    values: [id === 'source' ? aws : id === 'target' ? azure : `${id}.example.net`],
  }))
  const zone = inMemoryZone(world, [{ kind: 'weighted', name, type: 'CNAME', members }])
  return { zone, api: dnsRecord(zone, name, 'CNAME') }
}

/** What every member weighs now. */
export const weightsOf = (zone: InMemoryZone): Readonly<Record<string, number>> =>
  Object.fromEntries(
    zone.records.flatMap((set) => (set.kind === 'weighted' ? set.members.map(({ id, weight }) => [id, weight]) : [])),
  )
