export { type BindKey, bindServer, type BindServer, type BindZone, freePort, missingBind } from './bind-server.ts'
export { dnsZoneConformance, type DnsZoneConformanceOptions } from './dns-zone-conformance.ts'
export {
  type InMemoryResolver,
  inMemoryResolver,
  type InMemoryResolverOptions,
  type ResolverProfile,
} from './in-memory-resolver.ts'
export { type InMemoryZone, inMemoryZone, type InMemoryZoneOptions, type ZoneWrite } from './in-memory-zone.ts'
export { type InMemoryRoute53, inMemoryRoute53, type InMemoryRoute53Options } from './in-memory-route53.ts'
export { type DnsServer, dnsServer, type DnsServerOptions } from './dns-server.ts'
export { resolverFor, type ResolverForOptions } from './dns-server-resolver.ts'
export type { ServedZone } from './dns-server-zones.ts'
