import { fakeWorld } from '@cutover/core/testing'
import { dnsZoneConformance, inMemoryAzureDns } from '@cutover/dns/testing'
import { test } from 'vitest'

import { profileId } from './example.ts'

const world = fakeWorld()

for (const { name, run } of dnsZoneConformance({
  emptyZone: () => inMemoryAzureDns(world).zone(),
  suffix: 'suite.example.com',
  aliasOf: { target: profileId },
  clock: world.clock,
})) {
  test(`a zone of Azure DNS ${name}`, run)
}
