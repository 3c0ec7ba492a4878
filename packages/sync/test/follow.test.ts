import { changeConformance, fakeWorld } from '@cutover/core/testing'
import {
  apply,
  caughtUp,
  type CutoverEvent,
  follow,
  isCopy,
  link,
  sameContent,
  switchOver,
  turnLink,
  waitFor,
} from '@cutover/sync'
import { inMemoryLedger, inMemoryStore } from '@cutover/sync/testing'
import { expect, test } from 'vitest'

import { rejection, stores } from './example.ts'

const theirs = { scope: 'marks', key: 'link:uploads', value: { from: 'x', to: 'y', authority: 'from' } }

for (const { name, run } of changeConformance({
  setUp(world) {
    const { uploads, ledger } = stores({}, { world })
    return { change: () => follow(uploads), editBehind: () => ledger.editBehind(theirs), cas: false }
  },
})) {
  test(`follow ${name}`, run)
}

test('follow copies what is there, what comes later, and deletions', async () => {
  const { world, from, to, uploads } = stores()
  const { detach } = await apply(follow(uploads), world)
  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })
  from.write('a.pdf', 'A2')
  from.write('c.pdf', 'C')
  from.delete('b.pdf')

  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })
  await detach()

  expect(to.texts).toEqual({ 'a.pdf': 'A2', 'c.pdf': 'C' })
})

test('follow marks copies, and keeps what the user wrote of metadata and headers', async () => {
  const { world, from, to, uploads } = stores({})
  from.write('a.pdf', 'A', { kind: 'invoice' })
  const { detach } = await apply(follow(uploads), world)
  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })
  await detach()

  const [source, copy] = [from.objects.get('a.pdf')?.metadata ?? {}, to.objects.get('a.pdf')?.metadata ?? {}]
  expect([isCopy(source), isCopy(copy)]).toEqual([false, true])
  expect(copy).toMatchObject({ kind: 'invoice' })
})

test('follow leaves alone what the target has of its own, and says so', async () => {
  const events: CutoverEvent[] = []
  const { world, to, uploads } = stores(undefined, { target: { 'a.pdf': 'their A', 'z.pdf': 'Z' } })
  const { detach } = await apply(follow(uploads), { clock: world.clock, onEvent: (event) => void events.push(event) })
  await world.clock.sleep(60_000)
  await detach()

  expect(to.texts).toEqual({ 'a.pdf': 'their A', 'b.pdf': 'B', 'z.pdf': 'Z' })
  expect(events.filter(({ kind }) => kind === 'note')).toMatchObject([
    { code: 'SYNC_CONFLICT', data: { keys: ['a.pdf'] } },
  ])
})

test('follow takes the same bytes that are there already for its copy', async () => {
  const { world, to, uploads } = stores({ 'a.pdf': 'A' }, { target: { 'a.pdf': 'A' } })
  const found = to.objects.get('a.pdf')?.version
  const { detach } = await apply(follow(uploads), world)
  await waitFor(sameContent(uploads), { within: '1m', clock: world.clock })
  await detach()

  expect(to.objects.get('a.pdf')?.version).toBe(found)
})

test('a write of the target that took the metadata of a copy over is no copy', async () => {
  const { world, to, uploads } = stores({ 'a.pdf': 'A' })
  const { detach } = await apply(follow(uploads), world)
  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })

  to.write('a.pdf', 'theirs', to.objects.get('a.pdf')?.metadata)
  await world.clock.sleep(60_000)
  await detach()

  expect(to.texts).toEqual({ 'a.pdf': 'theirs' })
})

test.each(['refused', 'reply-lost', 'late', 'slow'] as const)(
  'a copy that is %s is made in the end, once',
  async (fault) => {
    const { world, from, to, uploads } = stores({ 'a.pdf': 'A' })
    world.failNext('blob:uploads.put', fault)
    const { detach } = await apply(follow(uploads), world)
    await world.clock.sleep(120_000)
    from.write('a.pdf', 'A2')

    await waitFor(caughtUp(uploads), { within: '5m', clock: world.clock })
    await detach()

    expect(to.texts).toEqual({ 'a.pdf': 'A2' })
  },
)

test('an object that is too large is reported, and nothing counts as caught up', async () => {
  const { world, to, uploads } = stores({ 'a.pdf': 'four', 'b.pdf': 'B' }, { maxObjectBytes: 3 })
  const { detach } = await apply(follow(uploads), world)

  const error = await rejection(waitFor(caughtUp(uploads), { within: '1m', clock: world.clock }))
  await detach()

  expect(error).toMatchObject({ code: 'CHECK_UNDECIDED' })
  expect(to.texts).toEqual({ 'b.pdf': 'B' })
  expect(world.events).toContainEqual(expect.objectContaining({ kind: 'note', code: 'SYNC_OBJECT_TOO_LARGE' }))
})

test('an unsorted listing is sorted where the store says so, and refused where it does not', async () => {
  const { world, from, to, ledger } = stores({})
  const unsorted = inMemoryStore(world, { a: 'A', b: 'B', c: 'C' }, { id: 's3:unsorted', sortedListing: false })
  const honest = link('honest', { from: unsorted, to, ledger })
  const { detach } = await apply(follow(honest), world)
  await waitFor(caughtUp(honest), { within: '1m', clock: world.clock })
  await detach()
  const supports = { ...unsorted.supports, sortedListing: true }
  const lying = link('lying', { from: { ...unsorted, supports }, to: from, ledger })

  const { detach: end } = await apply(follow(lying), world)
  await world.clock.sleep(60_000)
  await end()

  expect(to.texts).toEqual({ a: 'A', b: 'B', c: 'C' })
  expect(world.events).toContainEqual(expect.objectContaining({ code: 'SYNC_LISTING_UNSORTED' }))
})

test('another link of that name in the ledger is refused before anything is written', async () => {
  const { world, ledger, uploads } = stores()
  ledger.editBehind(theirs)

  expect(await rejection(apply(follow(uploads), world))).toMatchObject({ code: 'SYNC_FOREIGN' })
  expect(world.effects).toEqual([])
})

test('undoing follow leaves copies where they are, and follows no more', async () => {
  const { world, from, to, uploads } = stores({ 'a.pdf': 'A' })
  const { revert } = await apply(follow(uploads), world)
  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })

  await revert()
  from.write('b.pdf', 'B')
  await world.clock.sleep(60_000)

  expect([from.texts, to.texts]).toEqual([{ 'a.pdf': 'A', 'b.pdf': 'B' }, { 'a.pdf': 'A' }])
})

test('undoing follow of a turned link brings everything back first', async () => {
  const { world, from, to, uploads } = stores({ 'a.pdf': 'A', 'b.pdf': 'B' })
  const followed = await apply(follow(uploads), world)
  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })
  const turned = await apply(turnLink(uploads), world)
  await turned.detach()
  to.write('a.pdf', 'A at Azure')
  to.delete('b.pdf')

  await followed.revert()

  expect(from.texts).toEqual({ 'a.pdf': 'A at Azure' })
})

test.each([
  { every: '0s' },
  { maxObjectBytes: 0 },
  { concurrency: 1.5 },
  { to: inMemoryStore(fakeWorld(), {}, { id: 's3:uploads' }) },
] as const)('%o is refused at once', (options) => {
  expect(() => stores({}, options)).toThrow(expect.objectContaining({ code: 'SYNC_OPTION_INVALID' }))
})

test('a link without a ledger, without a store or with an option that there is not is refused at once', () => {
  const { from, to, ledger } = stores()
  const refusal = (options: object): unknown => {
    try {
      return link('uploads', options as never)
    } catch (error) {
      return error
    }
  }

  expect(refusal({ from, to })).toMatchObject({
    code: 'SYNC_OPTION_INVALID',
    message: expect.stringMatching(/^ledger is undefined; wanted fileLedger\(path\)/),
  })
  expect(refusal({ from, ledger })).toMatchObject({
    message: expect.stringMatching(/^to is undefined; wanted a store/),
  })
  expect(refusal({ from, to, ledger, evry: '1s' })).toMatchObject({
    message: expect.stringMatching(/there is no option evry/),
  })
})

test.each([follow, caughtUp, switchOver])('options in the place of a link are refused at once: %o', (verb) => {
  const world = fakeWorld()
  const options = { from: inMemoryStore(world), to: inMemoryStore(world), ledger: inMemoryLedger(world) }

  expect(() => verb(options as never)).toThrow(
    expect.objectContaining({ code: 'SYNC_OPTION_INVALID', next: expect.stringContaining('(link(') as unknown }),
  )
})
