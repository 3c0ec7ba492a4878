// Each kind of trigger loses a message, or has it handled twice, when it is cordoned in a way that looks right.
import { fakeWorld } from '@cutover/core/testing'
import { apply, cordon } from '@cutover/triggers'
import { inMemoryFunctionApp, inMemoryLambda, inMemoryQueue } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

const uuid = '1f0c9d2e-0000-4000-8000-000000000001'
const triggers = { queue: { sqs: 'orders' }, api: { http: true } } as const

const setUp = () => {
  const world = fakeWorld()
  const queue = inMemoryQueue(world, { name: 'orders' })
  const lambda = inMemoryLambda(world, { functionName: 'orders', triggers, queues: { queue } })
  return { world, queue, lambda }
}

test('a concurrency of 0 under a live mapping makes dead letters of good messages', async () => {
  const { world, queue, lambda } = setUp()
  lambda.editBehind((machine) => machine.putReservedConcurrency(0))
  queue.send('order-1')

  await world.advance(5 * 60_000)

  expect(queue.deadLetters).toEqual(['order-1'])
  expect(queue.handled).toEqual([])
})

test('a mapping that is cordoned before leaves the message where it is, and it is handled after the undo', async () => {
  const { world, queue, lambda } = setUp()
  const mapping = await apply(cordon(lambda, 'queue'), world)
  const callers = await apply(cordon(lambda, 'api'), world)
  queue.send('order-1')

  await world.advance(5 * 60_000)
  expect(queue.waiting).toEqual(['order-1'])
  await callers.revert()
  await mapping.revert()
  await world.advance(10_000)

  expect(queue.handled).toEqual([{ id: 'order-1', by: 'lambda:orders' }])
})

test('a mapping that is deleted instead of disabled cannot be put back, and its messages expire', async () => {
  const { world, queue, lambda } = setUp()
  lambda.editBehind((machine) => machine.deleteMapping(uuid))
  queue.send('order-1')

  await world.advance(5 * 86_400_000)

  expect(queue.expired).toEqual(['order-1'])
  expect(world.watched.get('lambda:orders')?.()).toMatchObject({ mappings: {} })
  await expect(lambda.look('queue')).rejects.toMatchObject({ code: 'TRIGGERS_NOT_FOUND' })
})

test('a concurrency of 0 drops events that nobody waits for; callers that wait are told', async () => {
  const { world, lambda } = setUp()
  await apply(cordon(lambda, 'queue'), world)
  await apply(cordon(lambda, 'api'), world)

  expect(lambda.invoke('call-1')).toBe('refused')
  expect(lambda.invoke('event-1', 'event')).toBe('dropped')
  await world.advance(60_000)

  expect(world.observed.filter((one) => one.kind === 'accepted' || one.kind === 'handled')).toEqual([
    { kind: 'accepted', what: 'event-1', by: 'lambda:orders', at: world.clock.monotonic() - 60_000 },
  ])
})

test('an app that is stopped instead of disabled goes on for minutes, and handles what the other cloud handles too', async () => {
  const world = fakeWorld()
  const queues = { sqs: inMemoryQueue(world, { name: 'sqs' }), storage: inMemoryQueue(world, { name: 'storage' }) }
  const app = inMemoryFunctionApp(world, {
    name: 'orders',
    triggers: { queue: 'consumeOrders' },
    listening: ['queue'],
    queues: { queue: queues.storage },
  })
  inMemoryLambda(world, { functionName: 'orders', triggers: { queue: triggers.queue }, queues: { queue: queues.sqs } })
  app.editBehind((site) => site.stop())
  // A producer that writes to both clouds, as one does while they are kept in sync.
  for (const queue of Object.values(queues)) queue.send('order-1')

  await world.advance(10_000)

  const handled = world.observed.filter((one) => one.kind === 'handled').map(({ what, by }) => `${what} by ${by}`)
  expect(new Set(handled)).toEqual(new Set(['order-1 by functions:orders', 'order-1 by lambda:orders']))
})

test('a function that is disabled stops taking messages when the app has restarted, and not before', async () => {
  const world = fakeWorld()
  const queue = inMemoryQueue(world, { name: 'storage' })
  const app = inMemoryFunctionApp(world, {
    name: 'orders',
    triggers: { queue: 'consumeOrders' },
    listening: ['queue'],
    queues: { queue },
  })
  const cordoned = apply(cordon(app, 'queue'), world)
  world.later(10_000, () => queue.send('during'))
  await cordoned
  queue.send('after')

  await world.advance(60_000)

  expect(queue.handled.map(({ id }) => id)).toEqual(['during'])
  expect(queue.waiting).toEqual(['after'])
})
