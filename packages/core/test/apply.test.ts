import { apply, isCutoverError } from '@cutover/core'
import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { expect, test } from 'vitest'

import { inMemoryFlags, setFlag } from './flag.ts'

for (const { name, run } of changeConformance({
  setUp(world) {
    const flags = inMemoryFlags(world, { orders: false })
    return { change: () => setFlag(flags, 'orders', true) }
  },
})) {
  test(`a third-party change ${name}`, run)
}

test('apply answers what is true afterwards, and revert puts back what it found', async () => {
  const world = fakeWorld()
  const flags = inMemoryFlags(world, { orders: false })

  const { result, revert } = await apply(setFlag(flags, 'orders', true), world)

  expect(result).toEqual({ version: 2 })
  await revert()
  expect((await flags.read('orders')).on).toBe(false)
})

test('a lost reply is resolved by the probe', async () => {
  const world = fakeWorld()
  const flags = inMemoryFlags(world, { orders: false })
  world.failNext('flags.write', 'reply-lost')

  const { result } = await apply(setFlag(flags, 'orders', true), world)

  expect(result).toEqual({ version: 2 })
})

test('a late effect is waited for', async () => {
  const world = fakeWorld()
  const flags = inMemoryFlags(world, { orders: false })
  world.failNext('flags.write', 'late')

  const { changed } = await apply(setFlag(flags, 'orders', true), world)

  expect(changed).toBe(true)
  expect((await flags.read('orders')).on).toBe(true)
})

test('a refusal that certainly did nothing says so', async () => {
  const world = fakeWorld()
  world.failNext('flags.write', 'refused')

  const error: unknown = await apply(setFlag(inMemoryFlags(world, { orders: false }), 'orders', true), world).catch((e: unknown) => e)

  expect(isCutoverError(error, 'CHANGE_REFUSED')).toBe(true)
})

test('awaiting a change throws with the line that made it', async () => {
  const change = setFlag(inMemoryFlags(fakeWorld()), 'orders', true)

  const error: unknown = await Promise.resolve(change as unknown).catch((e: unknown) => e)

  expect(isCutoverError(error, 'CHANGE_NOT_APPLIED') && error.message).toMatch(/apply\.test\.ts:\d+/)
})
