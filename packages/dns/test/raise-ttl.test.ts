import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { apply, raiseTtl } from '@cutover/dns'
import { expect, test } from 'vitest'

import { apiSet, apiZone, rejection, thrown } from './example.ts'

for (const { name, run } of changeConformance({
  setUp(world) {
    const { zone, api } = apiZone(world, apiSet(30))
    return { change: () => raiseTtl(api, { ttlSeconds: 300 }), editBehind: () => zone.editBehind(apiSet(77)) }
  },
})) {
  test(`raiseTtl ${name}`, run)
}

test('raiseTtl writes the TTL alone, and never lowers it', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(30))

  expect((await apply(raiseTtl(api, { ttlSeconds: 300 }), world)).result).toEqual({ from: 30, to: 300 })
  expect(zone.records).toEqual([apiSet(300)])
  expect((await apply(raiseTtl(api, { ttlSeconds: 60 }), world)).result).toEqual({ from: 300, to: 300 })

  expect(zone.records).toEqual([apiSet(300)])
  expect(zone.writes).toHaveLength(1)
})

test('undoing it waits until caches have forgotten the long answer', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world, apiSet(30))
  const { revert } = await apply(raiseTtl(api, { ttlSeconds: 300 }), world)
  const since = world.clock.now()

  await revert()

  expect(zone.records).toEqual([apiSet(30)])
  expect(world.clock.now() - since).toBe(8_000 + 301_000)
})

test('raiseTtl is refused at once when going back would then take too long', () => {
  const { api } = apiZone(fakeWorld())

  const error = thrown(() => void raiseTtl(api, { ttlSeconds: 3_600, rto: '10m' }))

  expect(error.code).toBe('DNS_RTO_UNREACHABLE')
  expect(error.message).toMatch(/A TTL of 539 s or less fits/)
})

test('raiseTtl wants a record that is there, and a TTL', async () => {
  const world = fakeWorld()
  const { zone, api } = apiZone(world)
  zone.removeBehind('api.example.com', 'CNAME')

  expect((await rejection(apply(raiseTtl(api, { ttlSeconds: 300 }), world))).code).toBe('DNS_RECORD_NOT_FOUND')
  expect(thrown(() => void raiseTtl(api, {} as { ttlSeconds: number })).code).toBe('DNS_TTL_INVALID')
})
