export { type BindKey, bindServer, type BindServer, type BindZone, freePort, missingBind } from './bind-server.ts'
export { dnsZoneConformance, type DnsZoneConformanceOptions } from './zone-conformance/dns-zone-conformance.ts'
export { type InMemoryResolver, inMemoryResolver, type InMemoryResolverOptions } from './in-memory-resolver.ts'
export type { Prefetch, ResolverProfile, ResolverProfileName, ServeStale } from './in-memory-resolver-profile.ts'
export { type InMemoryZone, inMemoryZone, type InMemoryZoneOptions } from './in-memory-zone.ts'
export type { ZoneProfile } from './zone-profile.ts'
export type { ZoneWrite } from './zone-records.ts'
export { type AzureDnsMachine, azureDnsMachine, type AzureDnsMachineOptions } from './in-memory-azure-dns-machine.ts'
export { type InMemoryAzureDns, inMemoryAzureDns, type InMemoryAzureDnsOptions } from './in-memory-azure-dns.ts'
export {
  type NewEndpoint,
  type Served,
  type TrafficManagerMachine,
  trafficManagerMachine,
  type TrafficManagerMachineOptions,
} from './in-memory-traffic-manager-machine.ts'
export {
  type InMemoryTrafficManager,
  inMemoryTrafficManager,
  type InMemoryTrafficManagerOptions,
} from './in-memory-traffic-manager.ts'
export { type InMemoryRoute53, inMemoryRoute53, type InMemoryRoute53Options } from './in-memory-route53.ts'
export { type LocalRoute53, localRoute53, route53ErrorBody } from './local-route53.ts'
export { type DnsServer, dnsServer, type DnsServerOptions } from './dns-server.ts'
export { resolverFor, type ResolverForOptions } from './dns-server-resolver.ts'
export type { ServedZone } from './dns-server-zones.ts'
export {
  type InMemoryAppConfiguration,
  inMemoryAppConfiguration,
  type InMemorySetting,
} from './in-memory-app-configuration.ts'
export {
  type InMemoryLambdaEnvironment,
  inMemoryLambdaEnvironment,
  type InMemoryLambdaEnvironmentOptions,
} from './in-memory-lambda-environment.ts'
export {
  type InMemoryParameter,
  type InMemoryParameterStore,
  inMemoryParameterStore,
} from './in-memory-parameter-store.ts'
export {
  type AppServiceMachine,
  appServiceMachine,
  type AppServiceMachineOptions,
  type VaultCertificate,
} from './app-service-machine.ts'
export { type InMemoryAppService, inMemoryAppService, type InMemoryAppServiceOptions } from './in-memory-app-service.ts'
export { inMemoryNameServers, type NamedZone } from './in-memory-name-servers.ts'
