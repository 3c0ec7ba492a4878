import { fakeWorld } from '@cutover/core/testing'
import { isCutoverError } from '@cutover/dns'
import { inMemoryResolver, type InMemoryResolverOptions, inMemoryZone } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { apiSet, apiZone, azure, rejection } from './example.ts'
import { labAbsences, labTable, type LabVector } from './lab-table.ts'

/** Seconds from the caching answer to the first new one, asked every 25 ms for 20 s. */
async function flipOf({ profile, ttlSeconds, phase }: LabVector, isAbsence = false): Promise<number> {
  const world = fakeWorld()
  const set = apiSet(ttlSeconds)
  const zone = inMemoryZone(world, isAbsence ? [] : [set], { serverDelaysMs: [0], negativeTtlSeconds: ttlSeconds })
  const resolver = inMemoryResolver(world, { zone, profile })
  await world.clock.sleep(phase * 1_000)
  const startedAt = world.clock.now()
  resolver.answer(set.name, 'CNAME')
  zone.editBehind(apiSet(ttlSeconds, azure))
  let flippedAfterMs = Number.POSITIVE_INFINITY
  const stop = world.repeat(25, () => {
    const isNew = resolver.answer(set.name, 'CNAME')?.values[0] === azure
    if (isNew) flippedAfterMs = Math.min(flippedAfterMs, world.clock.now() - startedAt)
  })
  await world.clock.sleep(20_000)
  stop()
  return flippedAfterMs / 1_000
}

/** The real ones were asked every 25 ms; now and then the machine was busy. */
const polledWithin = 0.06
const busyWithin = 0.18

for (const vector of labTable) {
  const { resolver, ttlSeconds, phase, flipsAfter } = vector
  test(`${resolver} forgets a TTL of ${ttlSeconds} s, cached ${phase} s into its second, after ${flipsAfter} s`, async () => {
    const seconds = await flipOf(vector)

    expect(seconds).toBeGreaterThanOrEqual(flipsAfter - busyWithin)
    expect(seconds).toBeLessThanOrEqual(flipsAfter + polledWithin)
  })
}

for (const vector of labAbsences) {
  const { resolver, ttlSeconds, phase, flipsAfter } = vector
  test(`${resolver} forgets an absence of ${ttlSeconds} s, cached ${phase} s into its second, after ${flipsAfter} s`, async () => {
    const seconds = await flipOf(vector, true)

    expect(seconds).toBeGreaterThanOrEqual(flipsAfter - busyWithin)
    expect(seconds).toBeLessThanOrEqual(flipsAfter + polledWithin)
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

test('a resolver remembers an absence no longer than its cap, whatever the SOA says', async () => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, [], { serverDelaysMs: [0], negativeTtlSeconds: 86_400 })
  const caps = { unbound: 3_600, bind: 10_800, pdns: 3_600, dnsmasq: 86_400 } as const

  for (const [profile, ttlSeconds] of Object.entries(caps)) {
    const resolver = inMemoryResolver(world, { zone, profile: profile as keyof typeof caps })
    expect(await resolver.lookup('api.example.com', 'CNAME')).toEqual({ values: [], absent: 'nxdomain', ttlSeconds })
  }
})

test('a resolver keeps an answer no longer than its cap', async () => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, [apiSet(1_000_000)], { serverDelaysMs: [0] })
  const caps = {
    google: 21_600,
    quad9: 43_200,
    opendns: 3_600,
    unbound: 86_400,
    bind: 604_800,
    kresd: 86_400,
  } as const

  for (const [profile, ttlSeconds] of Object.entries(caps)) {
    const resolver = inMemoryResolver(world, { zone, profile: profile as keyof typeof caps })
    expect(resolver.answer('api.example.com', 'CNAME')?.ttlSeconds).toBe(ttlSeconds)
  }
})

test('a resolver tells a name that is not there from one that has other types', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world)
  const resolver = inMemoryResolver(world, { zone })

  expect(await resolver.lookup('none.example.com', 'TXT')).toMatchObject({ values: [], absent: 'nxdomain' })
  expect(await resolver.lookup('api.example.com', 'TXT')).toMatchObject({ values: [], absent: 'nodata' })
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

test('a resolver that serves expired answers gives one out of date once, and says so', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world, apiSet(10), { serverDelaysMs: [0] })
  const resolver = inMemoryResolver(world, { zone, profile: 'unbound serve-expired' })
  resolver.answer('api.example.com', 'CNAME')
  zone.editBehind(apiSet(10, azure))
  await world.clock.sleep(60_000)

  const answers = [await resolver.lookup('api.example.com', 'CNAME'), await resolver.lookup('api.example.com', 'CNAME')]

  expect(answers).toEqual([
    { values: apiSet().values, ttlSeconds: 30, stale: true },
    { values: [azure], ttlSeconds: 10 },
  ])
})

test('a resolver that reaches no server answers what it has, and then none', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world, apiSet(10))
  const resolver = inMemoryResolver(world, { zone, name: 'unbound' })
  await resolver.lookup('api.example.com', 'CNAME')
  resolver.reachesZone(false)

  await world.clock.sleep(5_000)
  expect((await resolver.lookup('api.example.com', 'CNAME'))?.values).toEqual(apiSet().values)
  await world.clock.sleep(6_000)
  const error = await rejection(resolver.lookup('api.example.com', 'CNAME'))

  expect(isCutoverError(error, 'DNS_UNAVAILABLE') && error.message).toMatch(/^unbound answered SERVFAIL/)
  expect(resolver.answer('api.example.com', 'CNAME')).toBeUndefined()
})

test('a resolver that serves stale answers on failure gives none while the zone answers', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world, apiSet(10), { serverDelaysMs: [0] })
  const serveStale = { at: 'failure', ttlSeconds: 30, forSeconds: 3_600, tells: false } as const
  const resolver = inMemoryResolver(world, { zone, profile: { like: 'bind', serveStale } })
  await resolver.lookup('api.example.com', 'CNAME')
  zone.editBehind(apiSet(10, azure))
  await world.clock.sleep(60_000)

  resolver.reachesZone(false)
  const without = await resolver.lookup('api.example.com', 'CNAME')
  resolver.reachesZone(true)
  const again = await resolver.lookup('api.example.com', 'CNAME')

  expect(without).toEqual({ values: apiSet().values, ttlSeconds: 30 })
  expect(again?.values).toEqual([azure])
})

test.each<[InMemoryResolverOptions['profile'], RegExp]>([
  ['quick' as 'unbound', /profile is "quick"/],
  [{ floorSeconds: -1 }, /floorSeconds is -1/],
  [{ floor: 5 } as object, /floor\b/],
  [{ like: 'quick' as 'bind' }, /like is "quick"/],
  [{ capSeconds: 60, floorSeconds: 61 }, /floorSeconds is 61; wanted at most capSeconds/],
])('the profile %j is refused', (profile, message) => {
  const world = fakeWorld()
  const { zone } = apiZone(world)

  expect(() => inMemoryResolver(world, { zone, profile })).toThrow(message)
})
