import { changeConformance } from '@cutover/core/testing'
import { apply, caughtUp, follow, sameContent, turnLink, waitFor } from '@cutover/sync'
import { expect, test } from 'vitest'

import { rejection, stores } from './example.ts'

const followedMark = { from: 's3:uploads', to: 'blob:uploads', authority: 'from' }

for (const { name, run } of changeConformance({
  setUp(world) {
    const { uploads, ledger } = stores({}, { world })
    const mark = (value: unknown) => ledger.editBehind({ scope: 'marks', key: 'link:uploads', value })
    mark(followedMark)
    return {
      change: () => turnLink(uploads),
      editBehind: () => mark({ ...followedMark, to: 'blob:others' }),
      cas: false,
    }
  },
})) {
  test(`turnLink ${name}`, run)
}

async function turned(initial: Readonly<Record<string, string>> = { 'a.pdf': 'A', 'b.pdf': 'B' }) {
  const parts = stores(initial)
  const { detach } = await apply(follow(parts.uploads), parts.world)
  await waitFor(caughtUp(parts.uploads), { within: '1m', clock: parts.world.clock })
  const { revert } = await apply(turnLink(parts.uploads), parts.world)
  return { ...parts, detach, revert }
}

test('after the turn the source follows the target', async () => {
  const { world, from, to, uploads, detach } = await turned()
  to.write('a.pdf', 'A at Azure')
  to.write('new.pdf', 'N')
  to.delete('b.pdf')

  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })
  await waitFor(sameContent(uploads), { within: '1m', clock: world.clock })
  await detach()

  expect(from.texts).toEqual({ 'a.pdf': 'A at Azure', 'new.pdf': 'N' })
})

test('going back brings what no follower has copied yet', async () => {
  const { from, to, detach, revert } = await turned()
  await detach()
  to.write('a.pdf', 'A at Azure', to.objects.get('a.pdf')?.metadata)
  to.write('new.pdf', 'N')
  to.delete('b.pdf')

  await revert()

  expect(from.texts).toEqual({ 'a.pdf': 'A at Azure', 'new.pdf': 'N' })
})

test('going back overwrites nothing that was written at the source as well, and says what', async () => {
  const { from, to, ledger, detach, revert } = await turned()
  await detach()
  to.write('a.pdf', 'A at Azure')
  from.write('a.pdf', 'A at AWS')

  // How it was refused stays with whoever reverts; the mark says that the target still has the truth.
  expect(await rejection(revert())).toMatchObject({ code: 'CHANGE_NOT_REVERTED', cause: { code: 'SYNC_DIVERGED' } })
  expect([from.texts['a.pdf'], to.texts['a.pdf']]).toEqual(['A at AWS', 'A at Azure'])
  expect(ledger.values('marks')).toMatchObject({ 'link:uploads': { authority: 'to' } })
})

test('forth, back, and forth again carries each side to the other', async () => {
  const { world, from, to, uploads, revert } = await turned()
  to.write('a.pdf', 'A at Azure')
  await revert()
  from.write('a.pdf', 'A at AWS again')

  await waitFor(caughtUp(uploads), { within: '1m', clock: world.clock })
  const again = await apply(turnLink(uploads), world)

  expect(to.texts).toEqual({ 'a.pdf': 'A at AWS again', 'b.pdf': 'B' })
  await again.revert()
  expect(from.texts).toEqual({ 'a.pdf': 'A at AWS again', 'b.pdf': 'B' })
})

test('the target is not opened while a copy that nobody has answered may still arrive, else at once', async () => {
  const { world, uploads } = stores({ 'a.pdf': 'A', 'b.pdf': 'B' })
  const { detach } = await apply(follow(uploads), world)
  await world.clock.sleep(300_000)
  const turn = async (): Promise<number> => {
    const since = world.clock.now()
    const { revert } = await apply(turnLink(uploads), world)
    const tookMs = world.clock.now() - since
    await revert()
    return tookMs
  }

  const quietMs = await turn()
  world.failNext('blob:uploads.put', 'late')
  uploads.from.put('c.pdf', { bytes: new Uint8Array(), metadata: {} }, { expected: undefined }).catch(() => {})
  await waitFor(caughtUp(uploads), { within: '5m', clock: world.clock })
  const lateMs = await turn()
  await detach()

  expect(quietMs).toBe(0)
  expect(lateMs).toBeGreaterThan(30_000)
})

test('a link that nobody follows is not turned', async () => {
  const { world, uploads } = stores()

  expect(await rejection(apply(turnLink(uploads), world))).toMatchObject({ code: 'SYNC_NOT_FOLLOWED' })
})
