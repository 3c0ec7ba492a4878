import { changeConformance } from '@cutover/core/testing'
import { allMoved, apply, type CutoverEvent, transferQueue, waitFor } from '@cutover/sync'
import { inMemoryQueue } from '@cutover/sync/testing'
import { expect, test } from 'vitest'

import { queues, rejection } from './example.ts'

for (const { name, run } of changeConformance({
  setUp(world) {
    const { ledger, options } = queues([], { world })
    const value = { from: 'x', to: 'y', state: 'moving', since: 0 }
    const editBehind = () => ledger.editBehind({ scope: 'marks', key: 'transfer:orders', value })
    return { change: () => transferQueue('orders', options), editBehind, cas: false }
  },
})) {
  test(`transferQueue ${name}`, run)
}

test('transferQueue moves what waits and what still arrives, in order, with its origin', async () => {
  const { world, from, to, options } = queues()
  const { detach } = await apply(transferQueue('orders', options), world)
  from.push('d')

  await waitFor(allMoved('orders', options), { within: '1m', clock: world.clock })
  await detach()

  expect([from.bodies, to.bodies, to.emptySlots]).toEqual([[], ['a', 'b', 'c', 'd'], 0])
  expect(to.take()[0]?.origin).toMatch(/^sqs:orders\//)
})

test('attributes arrive as they were', async () => {
  const { world, from, to, options } = queues([])
  const attributes = { kind: { type: 'String', value: 'order' } }
  await from.send({ body: 'a', attributes })
  const { detach } = await apply(transferQueue('orders', options), world)
  await waitFor(allMoved('orders', options), { within: '1m', clock: world.clock })
  await detach()

  expect(to.take()).toMatchObject([{ body: 'a', attributes }])
})

test.each(['refused', 'refused-though-done', 'reply-lost', 'late', 'slow'] as const)(
  'whichever write is %s, every message is at the target exactly once',
  async (fault) => {
    for (const operation of ['ledger.write', 'queue:orders.reserve', 'queue:orders.fill', 'sqs:orders.remove']) {
      const { world, from, to, options } = queues()
      const { detach } = await apply(transferQueue('orders', options), world)
      world.failNext(operation, fault)
      await waitFor(allMoved('orders', options), { within: '1h', clock: world.clock })
      await world.clock.sleep(120_000)
      await detach()

      expect({ operation, source: from.bodies, target: to.bodies.toSorted() }).toEqual({
        operation,
        source: [],
        target: ['a', 'b', 'c'],
      })
    }
  },
)

test('a message that is too large stays, is reported, and blocks no other', async () => {
  const events: CutoverEvent[] = []
  const large = 'x'.repeat(50_000)
  const { world, from, to, options } = queues([large, 'b'])
  const { detach } = await apply(transferQueue('orders', options), {
    clock: world.clock,
    onEvent: (event) => void events.push(event),
  })
  await world.clock.sleep(30_000)

  const error = await rejection(waitFor(allMoved('orders', options), { clock: world.clock }))
  await detach()

  expect(error).toMatchObject({ code: 'CHECK_FAILED' })
  expect([from.bodies, to.bodies]).toEqual([[large], ['b']])
  expect(events.filter(({ kind }) => kind === 'note')).toMatchObject([{ code: 'SYNC_MESSAGE_REJECTED' }])
})

test('undone, everything that nobody has handled is at the source, also what was sent to the target', async () => {
  const { world, from, to, options } = queues()
  const { revert } = await apply(transferQueue('orders', options), world)
  await waitFor(allMoved('orders', options), { within: '1m', clock: world.clock })
  to.take(1)
  to.push('sent to Azure')

  await revert()

  expect([from.bodies, to.bodies]).toEqual([['b', 'c', 'sent to Azure'], []])
})

test('undoing waits for what a consumer of the target holds', async () => {
  const { world, from, to, options } = queues()
  const { revert } = await apply(transferQueue('orders', options), world)
  await waitFor(allMoved('orders', options), { within: '1m', clock: world.clock })
  to.hold(120_000)

  expect(await rejection(revert())).toMatchObject({ cause: { code: 'SYNC_MESSAGES_IN_FLIGHT', retryable: true } })
  await world.clock.sleep(120_000)
  await revert()

  expect([from.bodies.toSorted(), to.bodies]).toEqual([['a', 'b', 'c'], []])
})

test('forth, back and forth again moves every message once', async () => {
  const { world, from, to, options } = queues()
  const first = await apply(transferQueue('orders', options), world)
  await waitFor(allMoved('orders', options), { within: '1m', clock: world.clock })
  await first.revert()

  const second = await apply(transferQueue('orders', options), world)
  await waitFor(allMoved('orders', options), { within: '1m', clock: world.clock })
  await second.detach()

  expect([from.bodies, to.bodies]).toEqual([[], ['a', 'b', 'c']])
})

test('the origin stays through both directions', async () => {
  const { world, from, to, options } = queues(['a'])
  const { revert } = await apply(transferQueue('orders', options), world)
  await waitFor(allMoved('orders', options), { within: '1m', clock: world.clock })
  const [message] = await to.receive({ max: 1, hiddenMs: 1 })
  await world.clock.sleep(1)

  await revert()

  expect(message?.origin).toMatch(/^sqs:orders\//)
  expect(from.take()[0]?.origin).toBe(message?.origin)
})

test('to a target without slots a lost reply may send twice, with one origin', async () => {
  const { world, ledger, from } = queues(['a'])
  const to = inMemoryQueue(world, [], { id: 'sqs:others' })
  world.failNext('sqs:others.send', 'reply-lost')
  const { detach } = await apply(transferQueue('orders', { from, to, ledger }), world)
  await world.clock.sleep(300_000)
  await detach()

  const origins = to.take().map(({ origin }) => origin)
  expect([origins.length, new Set(origins).size, from.bodies]).toEqual([2, 1, []])
})

test('a transfer without a ledger, without a queue or with an option that there is not is refused at once', () => {
  const { from, to, ledger } = queues()
  const refused = (message: RegExp): unknown =>
    expect.objectContaining({ code: 'SYNC_OPTION_INVALID', message: expect.stringMatching(message) })

  for (const verb of [transferQueue, allMoved] as readonly ((id: string, options: never) => unknown)[]) {
    expect(() => verb('orders', { from, to } as never)).toThrow(
      refused(/^ledger is undefined; wanted fileLedger\(path\)/),
    )
    expect(() => verb('orders', { from, ledger } as never)).toThrow(refused(/^to is undefined; wanted a queue/))
    expect(() => verb('orders', { from, to, ledgr: ledger } as never)).toThrow(refused(/there is no option ledgr/))
  }
})
