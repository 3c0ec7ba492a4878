import { fakeWorld } from '@cutover/core/testing'
import {
  apply,
  CutoverError,
  type Observation,
  observe,
  type ObserveOptions,
  repoint,
  type Resolver,
} from '@cutover/dns'
import { inMemoryResolver, inMemoryZone, type ResolverProfileName } from '@cutover/dns/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { apiSet, apiZone, aws, azure, rejection, thrown } from './example.ts'

const name = 'api.example.com'

/** Everything that is seen, and how often each resolver was asked. */
async function all(seen: AsyncIterable<Observation>): Promise<Observation[]> {
  const observations: Observation[] = []
  for await (const observation of seen) observations.push(observation)
  return observations
}

function counted(resolver: Resolver): Resolver & { readonly askedAt: number[] } {
  const askedAt: number[] = []
  return {
    name: resolver.name,
    askedAt,
    lookup(...question) {
      askedAt.push(clock.now())
      return resolver.lookup(...question)
    },
  }
}
let clock = fakeWorld().clock

const short = (observations: readonly Observation[]) =>
  observations.map(({ resolver, state }) => `${resolver} ${state}`)

const resolverNames = ['unbound', 'unbound prefetch', 'bind', 'dnsmasq', 'pdns', 'kresd'] as const

test('thirty resolvers with a TTL of 20 s are all seen to have moved with three questions each, within half a second', async () => {
  const world = fakeWorld()
  clock = world.clock
  const { zone, api } = apiZone(world, apiSet(20), { serverDelaysMs: [0] })
  const fakes = Array.from({ length: 30 }, (_, i) => {
    const profile = resolverNames[i % resolverNames.length] ?? 'unbound'
    return inMemoryResolver(world, { zone, profile, name: `${profile} ${i}` })
  })
  // Their clients ask at moments of their own.
  for (const fake of fakes) {
    await world.clock.sleep(Math.floor(world.random() * 700))
    fake.answer(name, 'CNAME')
  }
  zone.editBehind(apiSet(20, azure))
  const resolvers = fakes.map(counted)
  const flips = new Map<string, number>()
  // What a client would see, without disturbing: the fakes' own copies, asked at the same moments.
  const observations = await all(observe(api, { resolvers, from: aws, to: azure, clock }))

  for (const { resolver, state, flippedAt } of observations) {
    if (state === 'new' && flippedAt !== undefined) flips.set(resolver, flippedAt)
  }
  expect(flips.size).toBe(31)
  for (const { askedAt } of resolvers) expect(askedAt.length).toBeLessThanOrEqual(3)
  expect(world.clock.now()).toBeLessThanOrEqual(Math.max(...flips.values()) + 500)
})

for (const profile of resolverNames) {
  test(`a ${profile} resolver is seen to move within 50 ms of the moment at which it does`, async () => {
    for (const phase of [0, 130, 500, 870, 999]) {
      const world = fakeWorld()
      const { zone, api } = apiZone(world, apiSet(7), { serverDelaysMs: [0] })
      const resolver = inMemoryResolver(world, { zone, profile, name: profile })
      await world.clock.sleep(phase)
      const cachedAt = world.clock.now()
      resolver.answer(name, 'CNAME')
      await world.clock.sleep(1_300)
      zone.editBehind(apiSet(7, azure))

      const observations = await all(observe(api, { resolvers: [resolver], to: azure, clock: world.clock }))

      const last = observations.at(-1)
      const kept = profile.startsWith('unbound') || profile === 'kresd' ? 8_000 : 7_000
      const flipAt = Math.floor(cachedAt / 1_000) * 1_000 + kept
      expect(last).toMatchObject({ resolver: profile, state: 'new' })
      // One that prefetches moves up to a second earlier, if asked then.
      expect(last?.flippedAt).toBeGreaterThanOrEqual(flipAt - 1_000)
      expect(last?.flippedAt).toBeLessThanOrEqual(flipAt + 50)
    }
  })
}

test('what was seen says until when each goes on, and what stands at the end', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(30), { serverDelaysMs: [0] })
  const unbound = inMemoryResolver(world, { zone, name: 'unbound' })
  unbound.answer(name, 'CNAME')
  await world.clock.sleep(4_500)
  zone.editBehind(apiSet(30, azure))
  const startedAt = world.clock.now()
  const seen = observe(api, { resolvers: [unbound], from: aws, to: azure, clock: world.clock })

  const observations = await all(seen)

  expect(observations).toEqual([
    {
      resolver: 'authority',
      state: 'new',
      at: startedAt,
      values: [azure],
      flippedAt: startedAt,
      text: `the zone has CNAME ${azure}, TTL 30: switched`,
    },
    {
      resolver: 'unbound',
      state: 'old',
      at: startedAt,
      values: [aws],
      expiresAt: startedAt + 26_000,
      text: `unbound still answers ${aws} for up to 27s`,
    },
    expect.objectContaining({ resolver: 'unbound', state: 'old' }),
    {
      resolver: 'unbound',
      state: 'new',
      at: startedAt + 26_530,
      values: [azure],
      expiresAt: startedAt + 56_530,
      flippedAt: startedAt + 26_530,
      text: `unbound answers ${azure}: moved`,
    },
  ])
  expect(seen.latest).toEqual([observations[0], observations[3]])
})

test('before the switch no resolver is asked, since it would remember; only the authority is', async () => {
  const world = fakeWorld()
  clock = world.clock
  const { zone, api } = apiZone(world, apiSet(60))
  const resolvers = [counted(inMemoryResolver(world, { zone, name: 'unbound' }))]
  const switchAt = clock.now() + 50_000
  world.later(50_000, () => zone.editBehind(apiSet(60, azure)))

  const observations = await all(observe(api, { resolvers, from: aws, to: azure, switchAt, clock }))

  // A server that lags would have given the former answer until 8 s later; the zone says 60 s.
  expect(resolvers[0]?.askedAt[0]).toBeGreaterThanOrEqual(switchAt + 60_000)
  expect(short(observations)).toEqual(['authority old', 'authority new', 'unbound new'])
})

test('long before the switch each resolver is looked at once, while that is forgotten in time', async () => {
  const world = fakeWorld()
  clock = world.clock
  const { zone, api } = apiZone(world, apiSet(60))
  const resolvers = [
    counted(inMemoryResolver(world, { zone, name: 'unbound' })),
    counted({ name: 'dead', lookup: () => Promise.reject(new Error('SERVFAIL')) }),
  ]
  const switchAt = clock.now() + 66_001
  world.later(66_001, () => zone.editBehind(apiSet(60, azure)))
  const startedAt = clock.now()

  const observations = await all(
    observe(api, { resolvers, from: aws, to: azure, switchAt, within: '5m', clock: world.clock }),
  )

  expect(short(observations).slice(0, 5)).toEqual([
    'authority old',
    'unbound old',
    'dead timeout',
    'authority new',
    'unbound new',
  ])
  expect(resolvers[0]?.askedAt).toEqual([startedAt, expect.any(Number)])
  // With a millisecond less it is not looked at: see the test before.
  expect(resolvers[0]?.askedAt[1]).toBeGreaterThanOrEqual(switchAt)
})

test('whenever the switch is, nobody is asked within a TTL before it, nor before all servers have the new answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 300_000 }),
      fc.integer({ min: 0, max: 120 }),
      fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 4 }),
      async (inMs, ttlSeconds, serverDelaysMs) => {
        const world = fakeWorld()
        clock = world.clock
        const { zone, api } = apiZone(world, apiSet(ttlSeconds), { serverDelaysMs })
        const fake = inMemoryResolver(world, { zone, name: 'unbound' })
        const resolver = counted(fake)
        const switchAt = clock.now() + inMs
        world.later(inMs, () => zone.editBehind(apiSet(ttlSeconds, azure)))

        const observations = await all(observe(api, { resolvers: [resolver], to: azure, switchAt, clock }))

        const servedAt = switchAt + Math.max(...serverDelaysMs)
        const { askedAt } = resolver
        expect(askedAt.filter((at) => at > switchAt - ttlSeconds * 1_000 && at < servedAt)).toEqual([])
        // So nothing that observing has put into the cache delays the move.
        expect(observations.at(-1)?.state).toBe('new')
        expect(askedAt.length).toBeLessThanOrEqual(2)
      },
    ),
    { numRuns: 200 },
  )
})

test('an absent name never counts as moved, and is asked for again when that is forgotten', async () => {
  const world = fakeWorld()
  clock = world.clock
  const zone = inMemoryZone(world, [], { serverDelaysMs: [0], negativeTtlSeconds: 40 })
  const { api } = { api: { zone, name, type: 'CNAME' as const } }
  const resolver = counted(inMemoryResolver(world, { zone, name: 'unbound' }))
  await resolver.lookup(name, 'CNAME')
  zone.editBehind(apiSet(60, azure))
  await world.clock.sleep(10_000)

  const observations = await all(observe(api, { resolvers: [resolver], to: azure, clock }))

  expect(short(observations)).toEqual(['authority new', 'unbound nxdomain', 'unbound nxdomain', 'unbound new'])
  expect(observations[1]).toMatchObject({
    values: [],
    expiresAt: observations[1]!.at + 30_000,
    text: 'unbound has no such record for up to 31s',
  })
})

test('an answer out of date is stale when the resolver says so, and is asked for again at once', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(10), { serverDelaysMs: [0] })
  const resolver = inMemoryResolver(world, { zone, profile: 'unbound serve-expired', name: 'unbound' })
  resolver.answer(name, 'CNAME')
  zone.editBehind(apiSet(10, azure))
  await world.clock.sleep(60_000)
  const startedAt = world.clock.now()

  const observations = await all(observe(api, { resolvers: [resolver], from: aws, to: azure, clock: world.clock }))

  expect(short(observations)).toEqual(['authority new', 'unbound stale', 'unbound new'])
  expect(world.clock.now() - startedAt).toBeLessThanOrEqual(1_100)
})

test('an answer that is out of date and does not say so is told by its TTL, when everybody must have moved', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(10), { serverDelaysMs: [0] })
  const serveStale = { at: 'failure', ttlSeconds: 30, forSeconds: 86_400, tells: false } as const
  const resolver = inMemoryResolver(world, { zone, profile: { like: 'bind', serveStale }, name: 'bind' })
  resolver.answer(name, 'CNAME')
  resolver.reachesZone(false)
  const { result } = await apply(repoint(api, { to: azure }), world)
  await world.clock.sleep(result.allMovedBy - world.clock.now() + 1_000)
  world.later(600_000, () => resolver.reachesZone(true))

  const observations = await all(
    observe(api, { resolvers: [resolver], from: aws, to: azure, allMovedBy: result.allMovedBy, clock: world.clock }),
  )

  const states = new Set(short(observations.slice(1, -1)))
  expect([...states]).toEqual(['bind stale'])
  expect(observations.at(-1)).toMatchObject({ resolver: 'bind', state: 'new' })
  // Every half minute, not every second.
  expect(observations.length).toBeLessThan(40)
})

test('a resolver that keeps answers longer than their TTL is old, not stale, however late', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(2), { serverDelaysMs: [0] })
  const resolver = inMemoryResolver(world, { zone, profile: { floorSeconds: 60 }, name: 'floor' })
  resolver.answer(name, 'CNAME')
  zone.editBehind(apiSet(2, azure))
  const allMovedBy = world.clock.now() + 3_000
  await world.clock.sleep(20_000)

  const observations = await all(observe(api, { resolvers: [resolver], to: azure, allMovedBy, clock: world.clock }))

  expect(short(observations)).toEqual(['authority new', 'floor old', 'floor old', 'floor new'])
})

test('a resolver that does not answer is asked again, less and less often, until the time is over', async () => {
  const world = fakeWorld()
  clock = world.clock
  const { api } = apiZone(world, apiSet(10, azure))
  const dead = counted({ name: 'dead', lookup: () => Promise.reject(new Error('SERVFAIL')) })
  const silent = counted({ name: 'silent', lookup: () => new Promise<never>(() => {}) })
  const seen = observe(api, { resolvers: [dead, silent], to: azure, within: '10m', patience: '2s', clock })
  const startedAt = clock.now()

  const observations = await all(seen)

  expect(clock.now()).toBe(startedAt + 600_000)
  expect(dead.askedAt.length).toBeGreaterThan(15)
  expect(dead.askedAt.length).toBeLessThan(30)
  expect(observations.filter(({ state }) => state === 'new')).toHaveLength(1)
  expect(seen.latest.slice(1).map(({ text }) => text)).toEqual([
    'dead does not answer: SERVFAIL',
    'silent does not answer: no answer within 2s',
  ])
})

test('nobody is asked first at the end of a second: its answer would count from nobody knows which', async () => {
  const world = fakeWorld()
  clock = world.clock
  const { zone, api } = apiZone(world, apiSet(20), { serverDelaysMs: [0] })
  const fake = inMemoryResolver(world, { zone, name: 'unbound' })
  fake.answer(name, 'CNAME')
  zone.editBehind(apiSet(20, azure))
  const slow = counted({
    name: 'slow',
    async lookup(...question) {
      await world.clock.sleep(80)
      return fake.lookup(...question)
    },
  })
  await world.clock.sleep(950)

  await all(observe(api, { resolvers: [slow], to: azure, clock }))

  expect(slow.askedAt).toHaveLength(3)
})

test('an answer that is neither the former nor the new one is told as such', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(10, azure), { serverDelaysMs: [0] })
  const theirs: Resolver = {
    name: 'filtered',
    lookup: async () => ({ values: ['blocked.example.net'], ttlSeconds: 5 }),
  }
  const resolvers = [theirs, inMemoryResolver(world, { zone })]

  const observations = await all(observe(api, { resolvers, from: aws, to: azure, within: '30s', clock: world.clock }))

  expect(observations.find(({ resolver }) => resolver === 'filtered')).toMatchObject({
    state: 'other',
    text: 'filtered answers blocked.example.net for up to 6s, neither the former nor the new answer',
  })
  // Without a former answer that is named, all that is not the new one is the former.
  const [, first] = await all(observe(api, { resolvers: [theirs], to: azure, within: '1s', clock: world.clock }))
  expect(first?.state).toBe('old')
})

test('a controller that takes the move back is told, with who says that it owns the record', async () => {
  const world = fakeWorld()
  clock = world.clock
  const { zone, api } = apiZone(world, apiSet(60), { serverDelaysMs: [0], propagationMs: 1_000 })
  const mark = '"heritage=external-dns,external-dns/owner=prod,external-dns/resource=ingress/web/api"'
  zone.editBehind({ name: `cname-${name}`, type: 'TXT', ttlSeconds: 300, values: [mark] })
  const resolver = counted(inMemoryResolver(world, { zone, name: 'unbound' }))
  resolver.lookup(name, 'CNAME').catch(() => {})
  zone.editBehind(apiSet(60, azure))
  const startedAt = clock.now()
  world.later(22_000, () => zone.editBehind(apiSet(60)))
  world.later(40_000, () => zone.editBehind(apiSet(60, azure)))

  const observations = await all(observe(api, { resolvers: [resolver], from: aws, to: azure, clock }))

  expect(short(observations)).toEqual([
    'authority new',
    'unbound old',
    'authority old',
    'authority new',
    'unbound old',
    'unbound old',
    'unbound new',
  ])
  expect(observations[2]).toMatchObject({
    reverted: {
      after: startedAt + 20_000,
      before: startedAt + 25_000,
      by: 'external-dns, owner prod, for ingress/web/api',
    },
    text: `external-dns, owner prod, for ingress/web/api took ${name} back: the zone has CNAME ${aws}, TTL 60`,
  })
  // Nobody is asked while the zone has the former answer: it would be remembered.
  expect(resolver.askedAt.filter((at) => at > startedAt + 25_000 && at < startedAt + 40_000)).toEqual([])
})

test('who left no mark is not named', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(60, azure), { serverDelaysMs: [0] })
  world.later(22_000, () => zone.removeBehind(name, 'CNAME'))

  const observations = await all(
    observe(api, { resolvers: [], to: azure, watchFor: '1m', within: '2m', clock: world.clock }),
  )

  expect(observations).toHaveLength(2)
  expect(observations[1]).toMatchObject({ state: 'nxdomain' })
  expect(observations[1]?.reverted).not.toHaveProperty('by')
  expect(observations[1]?.text).toBe(
    `somebody, who leaves no mark in the zone, took ${name} back: the zone has no such record`,
  )
})

test('octoDNS is told by the record of its ownership processor', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(60, azure), { serverDelaysMs: [0] })
  zone.editBehind({ name: `_owner.cname.${name}`, type: 'TXT', ttlSeconds: 60, values: ['*octodns*'] })
  world.later(3_000, () => zone.editBehind(apiSet()))

  const observations = await all(
    observe(api, { resolvers: [], to: azure, watchFor: '1m', within: '2m', clock: world.clock }),
  )

  expect(observations[1]?.reverted?.by).toBe('octoDNS')
})

test('a revert just before the end is seen', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(60, azure), { serverDelaysMs: [0] })
  world.later(9_999, () => zone.editBehind(apiSet()))

  const observations = await all(
    observe(api, { resolvers: [], to: azure, every: '1h', watchFor: '10s', within: '30s', clock: world.clock }),
  )

  expect(observations.at(-1)?.reverted).toEqual(expect.objectContaining({ before: expect.any(Number) }))
})

test('a zone that does not answer for a moment is no revert, and nobody is asked anew', async () => {
  const world = fakeWorld()
  clock = world.clock
  const { zone, api } = apiZone(world, apiSet(60, azure), { serverDelaysMs: [0] })
  const resolver = counted(inMemoryResolver(world, { zone, name: 'unbound' }))
  world.later(12_000, () => zone.failNext('find', new CutoverError('DNS_UNAVAILABLE', 'busy', { retryable: true })))

  const observations = await all(observe(api, { resolvers: [resolver], to: azure, watchFor: '1m', clock }))

  expect(short(observations)).toEqual(['authority new', 'unbound new', 'authority timeout', 'authority new'])
  expect(resolver.askedAt).toHaveLength(1)
})

test('a zone that refuses for good ends it with its error', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  world.later(12_000, () => zone.failNext('find', new CutoverError('DNS_NOT_AUTHORIZED', 'no permission')))

  const error = await rejection(all(observe(api, { resolvers: [], to: azure, clock: world.clock })))

  expect(error.code).toBe('DNS_NOT_AUTHORIZED')
})

test('an abort ends it with the reason of the signal', async () => {
  const world = fakeWorld()
  const { api } = apiZone(world)
  const stop = new AbortController()
  const reason = new Error('stopped')
  world.later(12_000, () => stop.abort(reason))

  const error = await rejection(
    all(observe(api, { resolvers: [], to: azure, clock: world.clock, signal: stop.signal })),
  )

  expect(error).toBe(reason)
})

test('who stops reading is asked for no more, and nothing is kept for who reads slowly', async () => {
  const world = fakeWorld()
  clock = world.clock
  const { zone, api } = apiZone(world, apiSet(10), { serverDelaysMs: [0] })
  const fake = inMemoryResolver(world, { zone, name: 'unbound', profile: { floorSeconds: 100 } })
  fake.answer(name, 'CNAME')
  zone.editBehind(apiSet(10, azure))
  const resolver = counted(fake)

  for await (const { resolver: by } of observe(api, { resolvers: [resolver], to: azure, clock })) {
    await clock.sleep(1_000_000)
    if (by === 'unbound') break
  }
  await clock.sleep(1_000_000)

  expect(resolver.askedAt).toHaveLength(1)
})

test.each<[Partial<ObserveOptions<'CNAME'>> & object, RegExp]>([
  [{ resolver: [] } as object, /resolver\b/],
  [{ resolvers: 'unbound' as unknown as [] }, /^resolvers is "unbound"; wanted a list of resolvers/],
  [{ to: '192.0.2.1' }, /^to is "192\.0\.2\.1"/],
  [{ switchAt: 1_700_000_000 }, /^switchAt is 1700000000; wanted epoch milliseconds, not seconds/],
  [{ every: '0s' }, /^every is "0s"; wanted more than nothing/],
  [{ within: 'soon' as '1s' }, /^within is "soon"/],
])('observe refuses %j at once', (options, message) => {
  const { api } = apiZone(fakeWorld())

  const error = thrown(() => observe(api, { resolvers: [], to: azure, ...options }))

  expect(error.message).toMatch(message)
})

test('two resolvers of one name are refused, since nobody could tell who has moved', () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const names: ResolverProfileName[] = ['unbound', 'bind']
  const resolvers = names.map((profile) => inMemoryResolver(world, { zone, profile }))

  expect(thrown(() => observe(api, { resolvers, to: azure })).message).toMatch(
    /^resolvers is "resolver"; wanted names that differ/,
  )
})
