import { fakeWorld } from '@cutover/core/testing'
import { inMemoryResolver, inMemoryZone, type ResolverProfile } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { apiSet, apiZone, azure } from './example.ts'

/**
 * Measured at real resolvers that were asked every 25 ms: seconds from the caching answer to the first new one. `phase` is
 * where in its second the answer was cached: what makes a flip late or early by up to one second.
 */
const vectors: readonly {
  readonly resolver: string
  readonly profile: ResolverProfile
  readonly ttlSeconds: number
  readonly phase: number
  /** `Infinity`: not while it was watched, for 20 s. */
  readonly flipsAfter: number
}[] = [
  { resolver: 'Unbound', profile: 'exact', ttlSeconds: 10, phase: 0.35, flipsAfter: 10.67 },
  { resolver: 'Unbound', profile: 'exact', ttlSeconds: 2, phase: 0.7, flipsAfter: 2.3 },
  { resolver: 'Unbound', profile: 'exact', ttlSeconds: 1, phase: 0.1, flipsAfter: 1.92 },
  { resolver: 'Unbound', profile: 'exact', ttlSeconds: 0, phase: 0.5, flipsAfter: 0.02 },
  {
    resolver: 'Unbound with cache-min-ttl 60',
    profile: { floorSeconds: 60 },
    ttlSeconds: 10,
    phase: 0.35,
    flipsAfter: Number.POSITIVE_INFINITY,
  },
  {
    resolver: 'Unbound with cache-min-ttl 60',
    profile: { floorSeconds: 60 },
    ttlSeconds: 0,
    phase: 0.35,
    flipsAfter: Number.POSITIVE_INFINITY,
  },
  { resolver: 'BIND', profile: 'prefetch', ttlSeconds: 10, phase: 0.3, flipsAfter: 7.72 },
  { resolver: 'BIND', profile: 'prefetch', ttlSeconds: 2, phase: 0.7, flipsAfter: 1.3 },
  { resolver: 'BIND', profile: 'prefetch', ttlSeconds: 1, phase: 0.075, flipsAfter: 0.94 },
  { resolver: 'BIND', profile: 'prefetch', ttlSeconds: 0, phase: 0.5, flipsAfter: 0.02 },
  { resolver: 'Knot Resolver', profile: { floorSeconds: 5 }, ttlSeconds: 10, phase: 0.325, flipsAfter: 10.68 },
  { resolver: 'Knot Resolver', profile: { floorSeconds: 5 }, ttlSeconds: 2, phase: 0.725, flipsAfter: 5.29 },
  { resolver: 'Knot Resolver', profile: { floorSeconds: 5 }, ttlSeconds: 1, phase: 0.075, flipsAfter: 5.94 },
  { resolver: 'Knot Resolver', profile: { floorSeconds: 5 }, ttlSeconds: 0, phase: 0.45, flipsAfter: 5.56 },
]

for (const { resolver: which, profile, ttlSeconds, phase, flipsAfter } of vectors) {
  test(`the ${JSON.stringify(profile)} resolver forgets a TTL of ${ttlSeconds} s when ${which} did`, async () => {
    const world = fakeWorld()
    const { zone } = apiZone(world, apiSet(ttlSeconds), { serverDelaysMs: [0] })
    const resolver = inMemoryResolver(world, { zone, profile })
    await world.clock.sleep(phase * 1_000)
    resolver.answer('api.example.com', 'CNAME')
    zone.editBehind(apiSet(ttlSeconds, azure))
    let flippedAfterMs = Number.POSITIVE_INFINITY
    const startedAt = world.clock.now()
    const stop = world.repeat(25, () => {
      const isNew = resolver.answer('api.example.com', 'CNAME')?.values[0] === azure
      if (isNew) flippedAfterMs = Math.min(flippedAfterMs, world.clock.now() - startedAt)
    })

    await world.clock.sleep(20_000)

    stop()
    const polledWithin = 0.06
    expect(flippedAfterMs / 1_000).toBeGreaterThanOrEqual(flipsAfter - polledWithin)
    expect(flippedAfterMs / 1_000).toBeLessThanOrEqual(flipsAfter + polledWithin)
  })
}

for (const [resolver, profile, phase, flipsAfter] of [
  ['Unbound', 'exact', 0.8, 7.2],
  ['BIND', 'prefetch', 0.8, 6.21],
] as const) {
  test(`the ${profile} resolver remembers that there is no record as long as ${resolver} did`, async () => {
    const world = fakeWorld()
    const zone = inMemoryZone(world, [], { serverDelaysMs: [0], negativeTtlSeconds: 7 })
    const cache = inMemoryResolver(world, { zone, profile })
    await world.clock.sleep(phase * 1_000)
    expect(cache.answer('api.example.com', 'CNAME')).toBeUndefined()
    zone.editBehind(apiSet())

    await world.clock.sleep((flipsAfter - 0.05) * 1_000)
    expect(cache.answer('api.example.com', 'CNAME')).toBeUndefined()
    await world.clock.sleep(100)
    expect(cache.answer('api.example.com', 'CNAME')?.values).toEqual(apiSet().values)
  })
}

test('a resolver remembers an absent name for 15 minutes, as with a new Route 53 zone', async () => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, [], { serverDelaysMs: [0] })
  const resolver = inMemoryResolver(world, { zone })
  resolver.answer('api.example.com', 'CNAME')
  zone.editBehind(apiSet())

  await world.clock.sleep(900_999)
  expect(resolver.answer('api.example.com', 'CNAME')).toBeUndefined()
  await world.clock.sleep(1)
  expect(resolver.answer('api.example.com', 'CNAME')).toBeDefined()
})

test('a resolver answers the seconds that are left, and lookup answers the same', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world)
  const resolver = inMemoryResolver(world, { zone })
  resolver.answer('API.example.com.', 'CNAME')

  await world.clock.sleep(100_000)

  expect(resolver.answer('api.example.com', 'CNAME')).toEqual({ values: apiSet().values, ttlSeconds: 200 })
  expect(await resolver.lookup('api.example.com', 'CNAME')).toEqual({ values: apiSet().values, ttlSeconds: 200 })
})

test('resolvers may disagree while the servers do', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world)
  zone.editBehind(apiSet(300, azure))
  await world.clock.sleep(5_000)

  const answers = Array.from(
    { length: 30 },
    () => inMemoryResolver(world, { zone }).answer('api.example.com', 'CNAME')?.values[0],
  )

  expect(new Set(answers).size).toBe(2)
})

test('a profile that is none is refused', () => {
  const world = fakeWorld()
  const { zone } = apiZone(world)

  expect(() => inMemoryResolver(world, { zone, profile: 'quick' as 'exact' })).toThrow(/profile is "quick"/)
  expect(() => inMemoryResolver(world, { zone, profile: { floorSeconds: -1 } })).toThrow(/floorSeconds is -1/)
})
