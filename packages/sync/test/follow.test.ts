import { fakeWorld } from '@cutover/core/testing'
import { apply, caughtUp, follow, isCopy, link, sameContent, turnLink, waitFor } from '@cutover/sync'
import { inMemoryLedger, inMemoryStore } from '@cutover/sync/testing'
import { expect, test } from 'vitest'

function uploads(initial: Record<string, string> = { 'a.pdf': 'A', 'b.pdf': 'B' }, target: Record<string, string> = {}) {
  const world = fakeWorld()
  const from = inMemoryStore(world, initial, { id: 's3:uploads', pageSize: 2 })
  const to = inMemoryStore(world, target, { id: 'blob:uploads', pageSize: 3 })
  const ledger = inMemoryLedger(world)
  return { world, from, to, ledger, uploads: link('uploads', { from, to, ledger }) }
}

test('follow copies what is there and what comes later', async () => {
  const { world, from, to, uploads: handle } = uploads()
  const { detach } = await apply(follow(handle), world)
  await waitFor(caughtUp(handle), { within: '1m', clock: world.clock })
  from.write('a.pdf', 'A2')
  from.write('c.pdf', 'C')
  from.delete('b.pdf')

  await waitFor(caughtUp(handle), { within: '1m', clock: world.clock })

  expect(to.texts).toEqual({ 'a.pdf': 'A2', 'c.pdf': 'C' })
  expect(isCopy(to.objects.get('c.pdf')?.metadata ?? {})).toBe(true)
  expect(isCopy(from.objects.get('c.pdf')?.metadata ?? {})).toBe(false)
  await waitFor(sameContent(handle), { clock: world.clock })
  await detach()
})

test('going back brings everything written at the target to the source', async () => {
  const { world, from, to, uploads: handle } = uploads()
  const followed = await apply(follow(handle), world)
  await waitFor(caughtUp(handle), { within: '1m', clock: world.clock })
  const turned = await apply(turnLink(handle), world)
  to.write('a.pdf', 'A at Azure')
  to.write('new.pdf', 'N')
  to.delete('b.pdf')

  await turned.revert()
  await followed.revert()

  expect(from.texts).toEqual({ 'a.pdf': 'A at Azure', 'new.pdf': 'N' })
})
