import { fakeWorld } from '@cutover/core/testing'
import { dnsZoneConformance, inMemoryRoute53 } from '@cutover/dns/testing'
import { test } from 'vitest'

for (const [how, replyMs] of [
  ['answering at once', 0],
  ['answering after 200 ms', 200],
] as const) {
  const world = fakeWorld()
  const emptyZone = () => inMemoryRoute53(world, { replyMs }).zone()
  for (const { name, run } of dnsZoneConformance({ emptyZone, suffix: 'example.com', clock: world.clock })) {
    test(`a Route 53 zone, ${how}, ${name}`, run)
  }
}
