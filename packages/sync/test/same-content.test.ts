import { apply, caughtUp, follow, sameContent, waitFor } from '@cutover/sync'
import { expect, test } from 'vitest'

import { stores } from './example.ts'

async function followed(initial: Readonly<Record<string, string>> = { 'a.pdf': 'A', 'b.pdf': 'B' }) {
  const parts = stores(initial)
  const { detach } = await apply(follow(parts.uploads), parts.world)
  await waitFor(caughtUp(parts.uploads), { within: '1m', clock: parts.world.clock })
  await detach()
  const ask = async (lag?: '1m') =>
    sameContent(parts.uploads, { lag }).run({ ...parts.world, key: '', fence() {}, report() {} })
  return { ...parts, ask }
}

test('the same bytes pass, and are read once', async () => {
  const { ask } = await followed()

  expect([(await ask()).evidence, (await ask()).evidence]).toMatchObject([
    { objects: 2, read: 2 },
    { objects: 2, read: 0 },
  ])
})

test('bytes of the same length that have rotted under the same version fail, as no listing shows', async () => {
  const { to, ask, uploads, world } = await followed()
  to.corrupt('a.pdf', 'X')

  expect(await ask()).toMatchObject({ status: 'fail', evidence: { differing: ['a.pdf'] } })
  await waitFor(caughtUp(uploads), { clock: world.clock })
})

test('an object that the target has of its own fails', async () => {
  const { to, ask } = await followed()
  to.write('own.pdf', 'theirs')

  expect(await ask()).toMatchObject({ status: 'fail', evidence: { differing: ['own.pdf'] } })
})

test('what is only behind is undecided, and within the lag it does not count', async () => {
  const { from, ask, world } = await followed()
  from.write('a.pdf', 'A2')

  expect(await ask()).toMatchObject({ status: 'undecided', evidence: { behind: 1 } })
  expect(await ask('1m')).toMatchObject({ status: 'pass' })
  await world.clock.sleep(60_000)
  expect(await ask('1m')).toMatchObject({ status: 'undecided' })
})

test('a store that cannot be read is undecided', async () => {
  const { world, uploads, from } = await followed()
  const broken = { ...uploads, from: { ...from, get: () => Promise.reject(new Error('expired token')) } }

  await expect(waitFor(sameContent(broken), { clock: world.clock })).rejects.toMatchObject({ code: 'CHECK_UNDECIDED' })
})

test('both checks are undecided while nobody follows', async () => {
  const { world, uploads } = stores()

  for (const check of [caughtUp(uploads), sameContent(uploads)])
    await expect(waitFor<unknown>(check, { clock: world.clock })).rejects.toMatchObject({
      code: 'CHECK_UNDECIDED',
      message: expect.stringMatching(/nobody follows uploads: apply follow\(link\) first$/),
    })
})
