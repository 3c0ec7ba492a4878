import { fakeWorld, type FakeWorld } from '@cutover/core/testing'
import { apply, cordon, drained, waitFor } from '@cutover/triggers'
import { inMemoryFunctionApp, inMemoryLambda, inMemoryQueue } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

const context = (world: FakeWorld) => ({ ...world, clock: world.clock, key: 'k', fence: () => {}, report: () => {} })
const triggers = { queue: { sqs: 'orders' } } as const

const setUp = (options: { countLagMs?: number; handlerMs?: number; visibilityTimeoutMs?: number } = {}) => {
  const { handlerMs, ...rest } = options
  const world = fakeWorld()
  const queue = inMemoryQueue(world, { name: 'orders', ...rest })
  const lambda = inMemoryLambda(world, { functionName: 'orders', triggers, queues: { queue }, handlerMs })
  return { world, queue, lambda }
}

test('drained is undecided while a trigger listens', async () => {
  const { world, lambda } = setUp()

  const answer = await drained(lambda).run(context(world))

  expect(answer).toMatchObject({
    status: 'undecided',
    evidence: { blockedBy: [{ name: 'queue', why: expect.stringMatching(/is Enabled/) }] },
  })
})

test('a mapping that is only Disabling still takes messages, and the quiet has not begun', async () => {
  const { world, lambda } = setUp()
  const check = drained(lambda)
  const cordoned = apply(cordon(lambda, 'queue'), world)
  await world.clock.sleep(40_000)
  expect(await check.run(context(world))).toMatchObject({ text: expect.stringMatching(/is Disabling/) })
  await cordoned
  await world.clock.sleep(59_000)

  const answer = await check.run(context(world))

  expect(answer).toMatchObject({ status: 'undecided', text: expect.stringMatching(/for 0ms of 1m/) })
})

test('a count that comes back begins the quiet again', async () => {
  const { world, lambda } = setUp()
  await apply(cordon(lambda, 'queue'), world)
  let inFlight = 0
  const side = { ...lambda, activity: async () => ({ inFlight, waiting: 0, longestMs: undefined, text: 'counted' }) }
  const check = drained(side)
  await check.run(context(world))
  inFlight = 1
  await world.clock.sleep(59_000)
  await check.run(context(world))
  inFlight = 0
  await world.clock.sleep(1_000)

  const answer = await check.run(context(world))

  expect(answer.text).toBe('lambda:orders: queue: nothing in flight for 0ms of 1m (counted)')
})

test('a message in flight when the mapping is disabled is finished, and waited for', async () => {
  const { world, queue, lambda } = setUp({ handlerMs: 100_000, visibilityTimeoutMs: 120_000 })
  queue.send('order-1')
  await world.advance(44_000)
  queue.send('order-2')
  await world.advance(2_000)
  expect(queue.inFlight).toEqual(['order-1', 'order-2'])

  await apply(cordon(lambda, 'queue'), world)
  await waitFor(drained(lambda), { ...world, clock: world.clock, within: '20m' })

  expect(queue.handled.map(({ id, by }) => `${id} by ${by}`)).toEqual([
    'order-1 by lambda:orders',
    'order-2 by lambda:orders',
  ])
  expect(queue.inFlight).toEqual([])
})

test('a count that lags behind is not taken for a drained queue', async () => {
  const { world, queue, lambda } = setUp({ handlerMs: 25_000 })
  const { clock } = world
  await world.advance(120_000)
  const cordoned = apply(cordon(lambda, 'queue'), world)
  world.later(43_500, () => queue.send('order-1'))
  await cordoned
  expect(queue.counts()).toEqual({ visible: 0, notVisible: 0 })
  expect(queue.inFlight).toEqual(['order-1'])

  await waitFor(drained(lambda), { clock, within: '20m', every: '1s' })

  expect(queue.inFlight).toEqual([])
  expect(queue.handled).toHaveLength(1)
})

test('asked with no patience for lagging counts, it is wrong: that is what quiet is for', async () => {
  const { world, queue, lambda } = setUp({ handlerMs: 25_000 })
  await world.advance(120_000)
  const cordoned = apply(cordon(lambda, 'queue'), world)
  world.later(43_500, () => queue.send('order-1'))
  await cordoned

  const answer = await drained(lambda, ['queue'], { quiet: '0s' }).run(context(world))

  expect(answer.status).toBe('pass')
  expect(queue.inFlight).toEqual(['order-1'])
})

test('a backlog is told, and no reason to wait', async () => {
  const { world, queue, lambda } = setUp()
  await apply(cordon(lambda, 'queue'), world)
  queue.send('order-1')

  const { evidence } = await waitFor(drained(lambda), { clock: world.clock, within: '20m' })

  expect(evidence).toEqual({ blockedBy: [], waiting: { queue: 1 } })
})

test('where nobody counts, it passes when it was seen stopped for longer than one invocation can run', async () => {
  const world = fakeWorld()
  const lambda = inMemoryLambda(world, { functionName: 'orders', triggers, timeoutSeconds: 300 })
  await apply(cordon(lambda, 'queue'), world)
  const stoppedAt = world.clock.monotonic()

  await waitFor(drained(lambda), { clock: world.clock, within: '20m', every: '10s' })

  expect(world.clock.monotonic() - stoppedAt).toBe(300_000)
})

test('missing data is undecided for ever: never zero, and never a pass', async () => {
  const world = fakeWorld()
  const app = inMemoryFunctionApp(world, { name: 'orders', triggers: { queue: 'consumeOrders' } })
  const uncounted = {
    ...app,
    activity: async () => ({ inFlight: undefined, waiting: undefined, longestMs: undefined, text: 'nobody counts' }),
  }

  const waiting = waitFor(drained(uncounted), { clock: world.clock, within: '12h', every: '10m' })

  await expect(waiting).rejects.toMatchObject({
    code: 'CHECK_UNDECIDED',
    message: expect.stringMatching(/no data on what is in flight/),
  })
})

test('a trigger that listened again meanwhile begins the wait again', async () => {
  const { world, lambda } = setUp()
  const { revert } = await apply(cordon(lambda, 'queue'), world)
  const check = drained(lambda)
  await check.run(context(world))
  await revert()
  await check.run(context(world))
  await apply(cordon(lambda, 'queue'), world)

  const answer = await check.run(context(world))

  expect(answer.status).toBe('undecided')
})

test('names that it does not have, and a bad duration, are refused at once', () => {
  const { lambda } = setUp()

  expect(() => drained(lambda, ['que' as 'queue'])).toThrow(/has no trigger que/)
  expect(() => drained(lambda, ['queue'], { quiet: '5' as '5s' })).toThrow(/quiet is "5"/)
})
