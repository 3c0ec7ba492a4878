import { changeConformance, type FakeWorld, fakeWorld } from '@cutover/core/testing'
import { apply, capSpend, isCutoverError } from '@cutover/cost-watch'
import { flexCap } from '@cutover/cost-watch/azure'
import { inMemoryConcurrency, inMemoryFlexApp } from '@cutover/cost-watch/testing'
import { describe, expect, test } from 'vitest'

const lambda = (world: FakeWorld, reserved?: number) => {
  const fake = inMemoryConcurrency(world, { reserved })
  return { fake, cap: fake.cap }
}
const flex = (world: FakeWorld) => {
  const fake = inMemoryFlexApp(world)
  return { fake, cap: fake.cap }
}

describe.each([
  ['a function without a reserved concurrency', undefined],
  ['a function with one', 200],
])('the cap of %s', (_, reserved) => {
  const cases = changeConformance({
    setUp(world) {
      const { fake, cap } = lambda(world, reserved)
      return { change: () => capSpend(cap, { limit: 10 }), editBehind: () => fake.edit(77), cas: false }
    },
  })
  for (const { name, run } of cases) test(`capSpend ${name}`, run)
})

describe('the cap of a Flex Consumption app', () => {
  const cases = changeConformance({
    setUp(world) {
      const { fake, cap } = flex(world)
      return { change: () => capSpend(cap, { limit: 10 }), editBehind: () => fake.edit(77), cas: false }
    },
    secrets: ['a-secret-token'],
  })
  for (const { name, run } of cases) test(`capSpend ${name}`, run)
})

test('not set is put back as not set, and zero would be something else', async () => {
  const world = fakeWorld()
  const { fake, cap } = lambda(world)

  const { revert } = await apply(capSpend(cap, { limit: 10 }), world)
  expect(fake.reserved()).toBe(10)
  await revert()

  expect(fake.reserved()).toBeUndefined()
})

test('it says before and after what it refuses', async () => {
  const world = fakeWorld()
  const { cap } = flex(world)
  const change = capSpend(cap, { limit: 10 })

  expect(change.intent).toEqual({
    limit: 10,
    refuses: expect.stringMatching(/above 10 instances requests wait and fail/),
  })
  await apply(change, world)

  expect(world.events.map(({ text }) => text).join('\n')).toMatch(/orders: above 10 instances/)
})

test('the app keeps what else its scale says', async () => {
  const world = fakeWorld()
  const { fake, cap } = flex(world)

  await apply(capSpend(cap, { limit: 10 }), world)

  expect(fake.maximumInstanceCount()).toBe(10)
  expect(world.watched.get('functions:orders/limit')?.()).toMatchObject({
    config: { runtime: { name: 'node' }, scaleAndConcurrency: { instanceMemoryMB: 2048, alwaysReady: [] } },
  })
})

test('what does not bear the tag of this migration is not limited', async () => {
  const tag = { key: 'migration', values: ['orders'] }
  for (const tags of [undefined, {}, { migration: 'billing' }, { Migration: 'orders' }]) {
    const world = fakeWorld()
    const one = inMemoryConcurrency(world, { tags })
    const app = inMemoryFlexApp(world, { tags })
    for (const { cap } of [one, app]) {
      await expect(apply(capSpend(cap, { limit: 10, tag }), world)).rejects.toMatchObject({
        code: 'COST_REJECTED',
        message: expect.stringMatching(/does not bear migration = orders/),
      })
    }
    expect([one.reserved(), app.maximumInstanceCount()]).toEqual([undefined, 100])
  }

  const world = fakeWorld()
  const own = { tags: { migration: 'orders' } }
  const [source, target] = [inMemoryConcurrency(world, own), inMemoryFlexApp(world, own)]
  await apply(capSpend(source.cap, { limit: 10, tag }), world)
  await apply(capSpend(target.cap, { limit: 40, tag }), world)
  expect([source.reserved(), target.maximumInstanceCount()]).toEqual([10, 40])
})

test('a lower limit that stands already is not raised', async () => {
  const world = fakeWorld()
  const { fake, cap } = lambda(world, 3)

  await expect(apply(capSpend(cap, { limit: 10 }), world)).rejects.toMatchObject({ code: 'COST_REJECTED' })

  expect(fake.reserved()).toBe(3)
})

test('what the account cannot reserve is refused, and nothing is set', async () => {
  const world = fakeWorld()
  const { fake, cap } = lambda(world)

  const error = await apply(capSpend(cap, { limit: 950 }), world).catch((caught: unknown) => caught)

  expect(isCutoverError(error, 'CHANGE_REFUSED')).toBe(true)
  expect((error as Error).message).toMatch(/minimum value of \[100\]/)
  expect(fake.reserved()).toBeUndefined()
})

test.each([
  [0, /limit is 0; wanted 1 to 1000 instances/],
  [1.5, /limit is 1.5/],
  [1_001, /wanted 1 to 1000/],
])('a limit of %d is refused at once', (limit, message) => {
  const { cap } = flex(fakeWorld())
  expect(() => capSpend(cap, { limit })).toThrow(message)
})

test('an app that is on another plan has no such limit', async () => {
  const cap = flexCap({
    credential: { getToken: async () => ({ token: 't' }) },
    fetch: async () => ({
      status: 200,
      headers: { get: () => null, forEach: () => {} },
      text: async () => '{"properties":{"functionAppConfig":null}}',
    }),
    subscriptionId: 's',
    resourceGroup: 'g',
    name: 'orders',
  })
  await expect(apply(capSpend(cap, { limit: 10 }), fakeWorld())).rejects.toMatchObject({
    code: 'COST_REJECTED',
    message: expect.stringMatching(/no Flex Consumption plan/),
  })
})
