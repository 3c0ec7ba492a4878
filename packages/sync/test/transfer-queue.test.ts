import { fakeWorld } from '@cutover/core/testing'
import { allMoved, apply, transferQueue, waitFor } from '@cutover/sync'
import { inMemoryLedger, inMemoryQueue } from '@cutover/sync/testing'
import { expect, test } from 'vitest'

function queues(initial: readonly string[] = ['a', 'b', 'c']) {
  const world = fakeWorld()
  const from = inMemoryQueue(world, initial, { id: 'sqs:orders' })
  const to = inMemoryQueue(world, [], { id: 'queue:orders', like: 'storage-queue' })
  const ledger = inMemoryLedger(world)
  return { world, from, to, options: { from, to, ledger } }
}

test('transferQueue moves what waits and what arrives', async () => {
  const { world, from, to, options } = queues()
  const { detach } = await apply(transferQueue('orders', options), world)
  from.push('d')

  await waitFor(allMoved('orders', options), { within: '1m', clock: world.clock })
  await detach()

  expect(to.bodies).toEqual(['a', 'b', 'c', 'd'])
  expect(from.bodies).toEqual([])
})

test('its revert brings back what nobody has handled', async () => {
  const { world, from, to, options } = queues()
  const { revert } = await apply(transferQueue('orders', options), world)
  await waitFor(allMoved('orders', options), { within: '1m', clock: world.clock })
  to.take(1)
  to.push('sent to Azure')

  await revert()

  expect(from.bodies).toEqual(['b', 'c', 'sent to Azure'])
  expect(to.bodies).toEqual([])
})
