import { fakeWorld } from '@cutover/core/testing'
import { dnsZoneConformance, inMemoryRoute53 } from '@cutover/dns/testing'
import { test } from 'vitest'

const aliasOf = {
  target: 'd-1.execute-api.us-east-1.amazonaws.com',
  extra: { hostedZoneId: 'Z1UJRXOUMOOFQ8', evaluateTargetHealth: false },
}
for (const [how, replyMs] of [
  ['answering at once', 0],
  ['answering after 200 ms', 200],
] as const) {
  const world = fakeWorld()
  const emptyZone = () => inMemoryRoute53(world, { replyMs }).zone()
  for (const { name, run } of dnsZoneConformance({ emptyZone, suffix: 'example.com', aliasOf, clock: world.clock })) {
    test(`a Route 53 zone, ${how}, ${name}`, run)
  }
}
