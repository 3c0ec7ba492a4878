// What happens between two requests: somebody else writes, a runner is replaced, a request comes late.
import { CutoverError } from '@cutover/core'
import { type FakeWorld, fakeWorld } from '@cutover/core/testing'
import { apply, caughtUp, type Change, follow, link, transferQueue, turnLink, waitFor } from '@cutover/sync'
import { inMemoryQueue } from '@cutover/sync/testing'
import { expect, test } from 'vitest'

import { queues, stores } from './example.ts'

/** A store of which one method does something else first, the next time. */
function before<Store extends object>(
  store: Store,
  method: keyof Store,
  act: () => void,
): { readonly store: Store; arm(): void } {
  let isArmed = false
  const call = store[method] as (...args: unknown[]) => unknown
  const wrapped = (...args: unknown[]): unknown => {
    if (isArmed) act()
    isArmed = false
    return call(...args)
  }
  return { store: { ...store, [method]: wrapped }, arm: () => void (isArmed = true) }
}

const contextOf = (world: FakeWorld) => ({ clock: world.clock, signal: world.signal, key: '', fence() {}, report() {} })

/** Undoes it as an engine does, which tries again for a while. */
async function undo<Before>(world: FakeWorld, change: Change<Before, unknown, unknown>, found: Before): Promise<void> {
  for (let tries = 0; tries < 30; tries++) {
    await change.revert(found, contextOf(world)).catch(() => {})
    if ((await change.probe(found, contextOf(world))).is === 'absent') return
    await world.clock.sleep(60_000)
  }
  throw new Error('it is not undone')
}

test('what the target writes between the look and the copy is not overwritten', async () => {
  const { world, from, to, ledger } = stores({ 'a.pdf': 'A' })
  const racing = before(from, 'get', () => to.write('a.pdf', 'theirs'))
  const uploads = link('uploads', { from: racing.store, to, ledger })
  const { detach } = await apply(follow(uploads), world)
  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })
  from.write('a.pdf', 'A2')
  racing.arm()

  await world.clock.sleep(60_000)
  await detach()

  expect(to.texts).toEqual({ 'a.pdf': 'theirs' })
})

test('an object that a listing has missed is not removed at the target', async () => {
  const { world, from, to, ledger } = stores({ 'a.pdf': 'A', 'b.pdf': 'B' })
  let misses = false
  const list: typeof from.list = async (options) => {
    const page = await from.list(options)
    return misses ? { ...page, objects: page.objects.filter(({ key }) => key !== 'b.pdf') } : page
  }
  const uploads = link('uploads', { from: { ...from, list }, to, ledger })
  const { detach } = await apply(follow(uploads), world)
  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })

  misses = true
  await world.clock.sleep(60_000)
  await detach()

  expect(to.texts).toEqual({ 'a.pdf': 'A', 'b.pdf': 'B' })
})

test('a write of the target under the marks of a copy is kept when the source changes too', async () => {
  const { world, from, to, uploads } = stores({ 'a.pdf': 'A' })
  const { detach } = await apply(follow(uploads), world)
  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })

  to.write('a.pdf', 'theirs', to.objects.get('a.pdf')?.metadata)
  from.write('a.pdf', 'A2')
  await world.clock.sleep(60_000)
  await detach()

  expect(to.texts).toEqual({ 'a.pdf': 'theirs' })
})

test('what is still written at the target while it goes back is brought back too', async () => {
  const { world, from, to, ledger } = stores({ 'z.pdf': 'Z' })
  const racing = before(from, 'put', () => to.write('a.pdf', 'by a handler that was about to end'))
  const uploads = link('uploads', { from: racing.store, to, ledger })
  const { detach } = await apply(follow(uploads), world)
  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })
  const { revert } = await apply(turnLink(uploads), world)
  await detach()
  to.write('z.pdf', 'Z at Azure')
  racing.arm()

  await revert()

  expect(from.texts).toEqual({ 'a.pdf': 'by a handler that was about to end', 'z.pdf': 'Z at Azure' })
})

test('a pass that a turn overtakes writes nothing any more', async () => {
  const { world, from, to, ledger } = stores({ 'a.pdf': 'A', 'b.pdf': 'B', 'c.pdf': 'C' })
  const turned = { from: 's3:uploads', to: 'blob:uploads', authority: 'to' }
  const racing = before(from, 'get', () => ledger.editBehind({ scope: 'marks', key: 'link:uploads', value: turned }))
  racing.arm()
  const uploads = link('uploads', { from: racing.store, to, ledger, concurrency: 1, every: '1h' })

  const { detach } = await apply(follow(uploads), world)
  await world.clock.sleep(60_000)
  await detach()

  // The one that was on its way when it was turned.
  expect(to.texts).toEqual({ 'a.pdf': 'A' })
})

test.each(['follow', 'transferQueue'] as const)(
  'what a replaced runner has attached by %s ends by itself',
  async (verb) => {
    const world = fakeWorld()
    const change: Change =
      verb === 'follow'
        ? follow(stores({ 'a.pdf': 'A' }, { world }).uploads)
        : transferQueue('orders', queues(['a'], { world }).options)
    const found = await change.capture(contextOf(world))
    await change.apply(found, contextOf(world))
    let asked = 0
    const fence = (): never => {
      asked += 1
      throw new CutoverError('CUTOVER_FENCED', 'another runner has taken over')
    }

    const attached = await change.attach?.(found, undefined, { ...contextOf(world), fence })
    await world.clock.sleep(3_600_000)
    await attached?.[Symbol.asyncDispose]()

    // One attempt, or those that were under way with it: not one every ten seconds.
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(5)
  },
)

test.each(['storage-queue', 'sqs'] as const)(
  'a record of the ledger that comes late does not undo a newer one (to a target like %s)',
  async (like) => {
    const world = fakeWorld({ lateMs: 90_000 })
    const { from, ledger } = queues(['a', 'b'], { world })
    const to = inMemoryQueue(world, [], { id: 'target', like })
    world.failNext('ledger.write moved:orders', 'late')
    const { detach } = await apply(transferQueue('orders', { from, to, ledger }), world)

    await world.clock.sleep(600_000)
    await detach()

    expect(Object.values(ledger.values('moved:orders'))).toMatchObject([{ is: 'removed' }, { is: 'removed' }])
    expect(to.bodies).toEqual(['a', 'b'])
  },
)

test.each([
  ['before it is removed at the source', 'sqs:orders.remove', 'crash'],
  ['before a slot is filled', 'queue:orders.fill', 'crash'],
  ['while a slot is filled, which arrives late', 'queue:orders.fill', 'crash-late'],
  ['after a slot was filled, unheard', 'queue:orders.fill', 'zombie-after'],
  ['before it has recorded its slots', 'ledger.write moved:orders', 'crash'],
] as const)(
  'of a transfer that died %s, and went back, every message is at the source once',
  async (_when, operation, fault) => {
    const { world, from, to, options } = queues(['a', 'b', 'c'], { inFlightFor: '2m' })
    const first = world.spawn('first')
    world.failNext(operation, fault)
    void world.runAs(first, () => apply(transferQueue('orders', options), world))
    await world.clock.sleep(3_000)
    world.kill(first)

    await undo(world, transferQueue('orders', options), { mark: null })
    await world.clock.sleep(300_000)

    expect([from.bodies.toSorted(), to.bodies]).toEqual([['a', 'b', 'c'], []])
  },
)
