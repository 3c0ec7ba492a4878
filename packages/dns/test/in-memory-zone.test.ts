import { fakeWorld } from '@cutover/core/testing'
import { dnsZoneConformance, inMemoryZone } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { apiSet, apiZone, azure, rejection } from './example.ts'

for (const compareAndSwap of ['value and ttl', 'value'] as const) {
  const world = fakeWorld()
  for (const { name, run } of dnsZoneConformance({
    emptyZone: () => inMemoryZone(world, [], { compareAndSwap }),
    suffix: 'suite.example.com',
    clock: world.clock,
  })) {
    test(`an in-memory zone that compares ${compareAndSwap} ${name}`, run)
  }
}

test('each server serves a write after its own delay', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world)
  const served = (): unknown[] => [0, 1].map((server) => zone.answer('api.example.com', 'CNAME', server)?.ttlSeconds)
  await zone.replace({ set: apiSet() }, apiSet(30))

  const seen: unknown[] = [served()]
  for (const ms of [2_999, 1, 4_999, 1]) {
    await world.clock.sleep(ms)
    seen.push(served())
  }

  expect(seen).toEqual([
    [300, 300],
    [300, 300],
    [30, 300],
    [30, 300],
    [30, 30],
  ])
})

test('a server serves quick successive writes in their order', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world)
  const seen = new Set<unknown>()
  const stop = world.repeat(250, () => void seen.add(zone.answer('api.example.com', 'CNAME', 1)?.ttlSeconds), 0)
  for (const ttlSeconds of [200, 100, 50]) {
    zone.editBehind(apiSet(ttlSeconds))
    await world.clock.sleep(1_000)
  }

  await world.clock.sleep(10_000)

  expect([...seen]).toEqual([300, 200, 100, 50])
  stop()
})

test('records and writes are copies', async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world)
  await zone.replace({ set: apiSet() }, apiSet(30))

  const found = await zone.find('api.example.com', 'CNAME')
  for (const set of [zone.records[0], zone.writes[0]?.to, zone.answer('api.example.com', 'CNAME'), found?.set]) {
    if (set?.kind === undefined) (set?.values as string[] | undefined)?.push('x')
  }

  expect(zone.records).toEqual([apiSet(30)])
  expect(zone.writes).toEqual([{ at: world.clock.now(), from: apiSet(), to: apiSet(30) }])
})

test('a CNAME stands alone, and the zone says so as a service does', async () => {
  const { zone } = apiZone(fakeWorld())
  const text = { name: 'api.example.com', type: 'TXT', ttlSeconds: 60, values: ['x'] } as const

  expect(await rejection(zone.replace(undefined, text))).toMatchObject({ code: 'DNS_CHANGE_REJECTED' })
  expect(() => zone.editBehind(text)).toThrow(/TXT cannot stand beside CNAME/)
})

test('a change of type is one atomic write', async () => {
  const { zone } = apiZone(fakeWorld())
  const address = { name: 'api.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] } as const

  await zone.replace({ set: apiSet() }, address)

  expect(zone.records).toEqual([address])
})

test('a record that is none is refused by the zone too', async () => {
  const { zone } = apiZone(fakeWorld())

  const error = await rejection(zone.replace({ set: apiSet() }, apiSet(-1)))

  expect(error).toMatchObject({ code: 'DNS_CHANGE_REJECTED', cause: { code: 'DNS_TTL_INVALID' } })
})

test('failNext refuses the next such call alone, and nothing is written', async () => {
  const { zone } = apiZone(fakeWorld())
  const throttled = new Error('throttled')
  zone.failNext('replace', throttled)

  expect(await rejection(zone.replace({ set: apiSet() }, apiSet(30)))).toBe(throttled)
  expect(zone.records).toEqual([apiSet()])
  await zone.replace({ set: apiSet() }, apiSet(30))
  expect(zone.records).toEqual([apiSet(30)])
})

test("the world's faults hit its writes, and the world watches its records", async () => {
  const world = fakeWorld()
  const { zone } = apiZone(world)
  world.failNext('zone.replace api.example.com CNAME', 'refused')

  expect(await rejection(zone.replace({ set: apiSet() }, apiSet(30, azure)))).toMatchObject({ code: 'WORLD_REFUSED' })
  expect(world.watched.get('dns:example.com')?.()).toEqual([apiSet()])
})

test('waits for a write as long as its slowest server takes, and without a receipt as long as it can take', async () => {
  const world = fakeWorld()
  const startedAt = world.clock.now()
  const { zone } = apiZone(world)
  const receipt = await zone.replace({ set: apiSet() }, apiSet(30))

  await zone.waitUntilServed(receipt, { since: startedAt, clock: world.clock })
  expect(world.clock.now() - startedAt).toBe(8_000)
  await zone.waitUntilServed(undefined, { since: startedAt, clock: world.clock })
  expect(world.clock.now() - startedAt).toBe(60_000)
})

test('delays that are none, or exceed what the zone promises, are refused', () => {
  for (const serverDelaysMs of [[], [-1], [Number.NaN], [60_001]]) {
    expect(() => inMemoryZone(fakeWorld(), [], { serverDelaysMs })).toThrow(/serverDelaysMs is/)
  }
})

test('a record may be given once, and beside a CNAME none', () => {
  expect(() => inMemoryZone(fakeWorld(), [apiSet(), apiSet(30)])).toThrow(/given twice/)
  expect(() =>
    inMemoryZone(fakeWorld(), [apiSet(), { name: 'api.example.com', type: 'A', ttlSeconds: 1, values: ['192.0.2.1'] }]),
  ).toThrow(/cannot stand beside/)
})

test('a write that a lock forbids says how to end it', async () => {
  const { zone } = apiZone(fakeWorld())
  const { name, type } = apiSet()
  await zone.locks?.lock(name, type, 'frozen until Monday')
  const found = await zone.find(name, type)

  await expect(zone.replace(found, undefined)).rejects.toMatchObject({
    code: 'DNS_RECORD_LOCKED',
    next: expect.stringMatching(/^Ask who locked it and why/),
  })
})

test('an alias without a target is refused', () => {
  const alias = { kind: 'alias', name: 'api.example.com', type: 'A', alias: 'd-1.execute-api.example' }
  expect(() => inMemoryZone(fakeWorld(), [alias as never])).toThrow(
    expect.objectContaining({
      code: 'DNS_RECORD_INVALID',
      message: expect.stringMatching(/alias is "d-1.execute-api.example"; wanted \{ target/) as unknown,
    }),
  )
})
