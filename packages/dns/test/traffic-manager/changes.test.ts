import { changeConformance, type FakeWorld } from '@cutover/core/testing'
import { type DnsRecord, dnsRecord, lowerTtl, raiseTtl, shift } from '@cutover/dns'
import { type InMemoryTrafficManager, inMemoryTrafficManager, type NewEndpoint } from '@cutover/dns/testing'
import { test } from 'vitest'

const aws = { name: 'aws', target: 'd-1.execute-api.us-east-1.amazonaws.com', weight: 95 }
const azure = { name: 'azure', target: 'orders.azurewebsites.net', weight: 5 }

function fake(
  world: FakeWorld,
  endpoints: readonly NewEndpoint[] = [aws, azure],
): { manager: InMemoryTrafficManager; record: DnsRecord } {
  const manager = inMemoryTrafficManager(world, { name: 'orders', endpoints, ttlSeconds: 300 })
  return { manager, record: dnsRecord(manager.zone(), 'orders.trafficmanager.net', 'CNAME') }
}

for (const [what, endpoints, percent, edited] of [
  ['gives the target more', [aws, azure], 50, 'aws'],
  ['disables the source', [aws, azure], 100, 'azure'],
  ['enables a target that was disabled', [aws, { ...azure, weight: 500, enabled: false }], 5, 'aws'],
  ['enables the target and disables the source', [aws, { ...azure, weight: 500, enabled: false }], 100, 'azure'],
  ['disables the target', [aws, azure], 0, 'aws'],
] as const) {
  for (const { name, run } of changeConformance({
    setUp(world) {
      const { manager, record } = fake(world, endpoints)
      return {
        change: () => shift(record, { to: 'azure', percent }),
        // The weight of what is disabled is nobody's but the next who enables it.
        editBehind: () =>
          manager.machine.updateEndpoint('ExternalEndpoints', edited, { weight: 777, endpointStatus: 'Enabled' }),
        cas: false,
      }
    },
  })) {
    test(`shift that ${what}: ${name}`, run)
  }
}

for (const [verb, change] of [
  ['lowerTtl', (record: DnsRecord) => lowerTtl(record, { ttlSeconds: 30 })],
  ['raiseTtl', (record: DnsRecord) => raiseTtl(record, { ttlSeconds: 3_600 })],
] as const) {
  for (const { name, run } of changeConformance({
    setUp(world) {
      const { manager, record } = fake(world)
      return {
        change: () => change(record),
        editBehind: () => manager.machine.updateProfile({ dnsConfig: { ttl: 77 } }),
        cas: false,
      }
    },
  })) {
    test(`${verb}: ${name}`, run)
  }
}
