import { fakeWorld } from '@cutover/core/testing'
import { inMemoryQueue, inMemoryStore, messageQueueConformance, objectStoreConformance } from '@cutover/sync/testing'
import { describe, test } from 'vitest'

describe.each([true, false])('the in-memory store, sorted: %s', (sortedListing) => {
  const emptyStore = () => inMemoryStore(fakeWorld(), {}, { pageSize: 10, sortedListing })
  for (const { name, run } of objectStoreConformance({ emptyStore, moreThanOnePage: 25 })) test(`it ${name}`, run)
})

describe.each([
  { like: 'sqs', tooLarge: 'x'.repeat(262_145) },
  { like: 'storage-queue', tooLarge: 'x'.repeat(49_153) },
] as const)('the in-memory queue like $like', ({ like, tooLarge }) => {
  const world = fakeWorld()
  const emptyQueue = () => inMemoryQueue(world, [], { like })
  for (const { name, run } of messageQueueConformance({ emptyQueue, tooLarge, clock: world.clock }))
    test(`it ${name}`, run)
})
