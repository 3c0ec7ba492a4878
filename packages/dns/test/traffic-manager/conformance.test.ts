import { fakeWorld } from '@cutover/core/testing'
import { dnsZoneConformance } from '@cutover/dns/testing'
import { test } from 'vitest'

import { aws, azure, name as record, profile } from './example.ts'

const world = fakeWorld()

for (const { name, run } of dnsZoneConformance({
  emptyZone: () => profile({ endpoints: [aws, azure] }, world).zone,
  suffix: 'trafficmanager.net',
  weighted: { name: record, type: 'CNAME' },
  clock: world.clock,
})) {
  test(`a Traffic Manager profile ${name}`, run)
}
