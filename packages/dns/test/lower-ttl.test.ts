import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { apply, type ChangeInDoubt, lowerTtl, type LowerTtlOptions, repoint } from '@cutover/dns'
import { inMemoryResolver } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { apiSet, apiZone, aws, azure, rejection, thrown } from './example.ts'

for (const until of ['forgotten', 'authoritative'] as const) {
  for (const { name, run } of changeConformance({
    setUp(world) {
      const { zone, api } = apiZone(world)
      return {
        change: () => lowerTtl(api, { ttlSeconds: 30, until }),
        editBehind: () => zone.editBehind(apiSet(77)),
      }
    },
  })) {
    test(`lowerTtl until ${until} ${name}`, run)
  }
}

test('lowerTtl writes the TTL alone', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)

  await apply(lowerTtl(api, { ttlSeconds: 30 }), world)

  expect(zone.records).toEqual([apiSet(30)])
})

test('lowerTtl lowers to 60 s unless told otherwise', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)

  await apply(lowerTtl(api), world)

  expect(zone.records).toEqual([apiSet(60)])
})

test('lowerTtl waits until the former TTL is over after the last server has the new one, and a second more', async () => {
  const world = fakeWorld()
  const startedAt = world.clock.now()
  const { api } = apiZone(world)

  const { result } = await apply(lowerTtl(api, { ttlSeconds: 30 }), world)

  expect(result).toEqual({ safeAt: startedAt + 8_000 + 300_000 + 1_000, from: 300, to: 30 })
  expect(world.clock.now()).toBe(result.safeAt)
})

test('lowerTtl is not settled a millisecond before safeAt, though a timer may fire early', async () => {
  const world = fakeWorld()
  const { api } = apiZone(world)
  const sleep: typeof world.clock.sleep = (ms, options) => world.clock.sleep(ms > 1_000 ? ms - 1 : ms, options)

  const { result } = await apply(lowerTtl(api, { ttlSeconds: 30 }), { clock: { ...world.clock, sleep } })

  expect(world.clock.now()).toBe(result.safeAt)
})

test('lowerTtl until authoritative answers the same safeAt without waiting for it', async () => {
  const world = fakeWorld()
  const startedAt = world.clock.now()
  const { api } = apiZone(world)

  const { result } = await apply(lowerTtl(api, { ttlSeconds: 30, until: 'authoritative' }), world)

  expect(result.safeAt).toBe(startedAt + 309_000)
  expect(world.clock.now()).toBe(startedAt + 8_000)
})

test('lowerTtl counts the longest time that a write can take when the reply was lost', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  world.failNext('zone.replace', 'reply-lost')

  const { result } = await apply(lowerTtl(api, { ttlSeconds: 30 }), world)

  const known = world.events.find(({ kind }) => kind === 'waiting')?.at ?? 0
  expect(result.safeAt).toBe(known + zone.propagationMs + 301_000)
})

test('after safeAt no cache that counts whole seconds answers the former value for longer than the lowered TTL', async () => {
  for (const second of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const world = fakeWorld({ seed: second + 1 })
    const { zone, api } = apiZone(world)
    const resolver = inMemoryResolver(world, { zone })
    // The worst client: it asks at every moment, so that its resolver took the former TTL as late as it could.
    const stop = world.repeat(100, () => void resolver.answer('api.example.com', 'CNAME'), second * 97)
    await apply(lowerTtl(api, { ttlSeconds: 5 }), world)
    const { result } = await apply(repoint(api, { to: azure }), world)

    await world.clock.sleep(result.allMovedBy - world.clock.now())

    expect(resolver.answer('api.example.com', 'CNAME')?.values).toEqual([azure])
    stop()
  }
})

test('a repoint one TTL earlier than safeAt is not felt in time', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const resolver = inMemoryResolver(world, { zone })
  resolver.answer('api.example.com', 'CNAME')
  await apply(lowerTtl(api, { ttlSeconds: 5, until: 'authoritative' }), world)
  const { result } = await apply(repoint(api, { to: azure }), world)

  await world.clock.sleep(result.allMovedBy - world.clock.now())

  expect(resolver.answer('api.example.com', 'CNAME')?.values).toEqual([aws])
})

test('lowerTtl never raises: a TTL that is lower already stays, and is not undone', async () => {
  const world = fakeWorld()
  const startedAt = world.clock.now()
  const { zone, api } = apiZone(world, apiSet(20))

  const { result, changed, revert } = await apply(lowerTtl(api, { ttlSeconds: 60 }), world)
  await revert()

  expect(changed).toBe(false)
  expect(result).toEqual({ safeAt: startedAt, from: 20, to: 20 })
  expect(zone.writes).toEqual([])
  expect(world.clock.now()).toBe(startedAt)
})

test('lowerTtl undone leaves the record as found, and everybody serves it so', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const { revert } = await apply(lowerTtl(api, { ttlSeconds: 30 }), world)

  await revert()

  expect(zone.records).toEqual([apiSet()])
  expect([0, 1].map((server) => zone.answer('api.example.com', 'CNAME', server))).toEqual([apiSet(), apiSet()])
})

test('lowerTtl refuses a name that has no such record, and writes nothing', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  zone.removeBehind('api.example.com', 'CNAME')

  const error = await rejection(apply(lowerTtl(api), world))

  expect(error).toMatchObject({ code: 'DNS_RECORD_NOT_FOUND' })
  expect(world.effects).toEqual([])
})

test('lowerTtl says for what it waits, and until when', async () => {
  const world = fakeWorld()
  const startedAt = world.clock.now()
  const { api } = apiZone(world)

  await apply(lowerTtl(api, { ttlSeconds: 30 }), world)

  const waits = world.events.flatMap((event) =>
    event.kind === 'waiting' ? [{ why: event.why, until: event.until }] : [],
  )
  expect(waits).toEqual([
    { why: 'name servers of example.com may still give the former answer', until: startedAt + 60_000 },
    { why: 'resolvers may remember api.example.com with its former TTL of 300 s', until: startedAt + 309_000 },
  ])
})

test('lowerTtl estimates the waits that it will make', () => {
  const { api } = apiZone(fakeWorld())

  expect(lowerTtl(api, { ttlSeconds: 30 }).estimate?.(apiSet(300))).toEqual({ applyMs: 361_000, revertMs: 60_000 })
  expect(lowerTtl(api, { until: 'authoritative' }).estimate?.()).toEqual({ applyMs: 60_000, revertMs: 60_000 })
  expect(lowerTtl(api, { ttlSeconds: 300 }).estimate?.(apiSet(300))).toEqual({ applyMs: 0, revertMs: 0 })
})

test('lowerTtl is stopped in its wait by the signal, and can be undone then', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  const stop = new AbortController()
  world.later(100_000, () => stop.abort(new Error('enough')))

  const error = await rejection(
    apply(lowerTtl(api, { ttlSeconds: 30 }), { ...world, signal: stop.signal, clock: world.clock }),
  )

  expect(error).toMatchObject({ code: 'CHANGE_IN_DOUBT', cause: new Error('enough') })
  await (error as ChangeInDoubt).revert()
  expect(zone.records).toEqual([apiSet()])
})

for (const ttlSeconds of [0.5, -1, 2_147_483_648, Number.NaN, Number.POSITIVE_INFINITY, '60' as unknown as number]) {
  test(`lowerTtl refuses a TTL of ${JSON.stringify(ttlSeconds) ?? ttlSeconds} (${ttlSeconds}) at once`, () => {
    const { api } = apiZone(fakeWorld())

    expect(() => void lowerTtl(api, { ttlSeconds })).toThrow(expect.objectContaining({ code: 'DNS_TTL_INVALID' }))
  })
}

test('lowerTtl refuses a TTL of 0 with the reason', () => {
  const { api } = apiZone(fakeWorld())

  expect(() => void lowerTtl(api, { ttlSeconds: 0 })).toThrow(/ttlSeconds is 0; .* because 0 promises nothing/)
})

for (const [options, code, message] of [
  [{ ttl: 30 }, 'DNS_OPTION_INVALID', /ttl\b.*ttlSeconds, until/],
  [{ until: 'now' }, 'DNS_OPTION_INVALID', /until is "now"; wanted .*forgotten.*authoritative/],
  [null, 'DNS_OPTION_INVALID', /options/],
] as const) {
  test(`lowerTtl refuses ${JSON.stringify(options)} at once`, () => {
    const { api } = apiZone(fakeWorld())

    const error = thrown(() => void lowerTtl(api, options as unknown as LowerTtlOptions))

    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })
}
