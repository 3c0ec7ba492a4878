import { fakeWorld } from '@cutover/core/testing'
import { isCutoverError, type RecordSet } from '@cutover/dns'
import { inMemoryRoute53 } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

const set: RecordSet = { name: 'api.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] }
const sdkError = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } })

test.each([
  [0, 0],
  [8_000, 9_000],
  [33_337, 34_337],
  [45_000, 46_000],
])('a change that is INSYNC after %i ms is known to be before %i ms', async (insyncMs, atMost) => {
  const world = fakeWorld()
  const zone = inMemoryRoute53(world, { insyncMs }).zone()
  const receipt = await zone.replace(undefined, set)

  await zone.waitUntilServed(receipt, { since: world.clock.now(), clock: world.clock })

  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(insyncMs)
  expect(world.clock.monotonic()).toBeLessThanOrEqual(atMost)
})

test('without a receipt it waits until propagation is over, counted from the write', async () => {
  const world = fakeWorld()
  const zone = inMemoryRoute53(world).zone()
  const since = world.clock.now() - 20_000

  await zone.waitUntilServed(undefined, { since, clock: world.clock })

  expect(world.clock.monotonic()).toBe(40_000)
})

test('a wall clock that was set back makes no wait longer than propagation', async () => {
  const world = fakeWorld()
  const zone = inMemoryRoute53(world).zone({ propagationMs: 90_000 })

  await zone.waitUntilServed(undefined, { since: world.clock.now() + 3_600_000, clock: world.clock })

  expect(world.clock.monotonic()).toBe(90_000)
})

test('a change that stays PENDING is waited for beyond propagation, until the caller stops', async () => {
  const world = fakeWorld()
  const zone = inMemoryRoute53(world, { insyncMs: 1_800_000 }).zone()
  const receipt = await zone.replace(undefined, set)

  await zone.waitUntilServed(receipt, { since: world.clock.now(), clock: world.clock })

  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(1_800_000)
})

test('throttling and outages do not end the wait', async () => {
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world, { insyncMs: 8_000 })
  const zone = route53.zone()
  const receipt = await zone.replace(undefined, set)
  for (const name of ['Throttling', 'ServiceUnavailable']) route53.failNext('getChange', sdkError(name, 503))

  await zone.waitUntilServed(receipt, { since: world.clock.now(), clock: world.clock })

  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(8_000)
})

test('a permission that is missing ends it at once', async () => {
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world)
  const zone = route53.zone()
  const receipt = await zone.replace(undefined, set)
  route53.failNext('getChange', sdkError('AccessDenied', 403))

  const error: unknown = await zone
    .waitUntilServed(receipt, { since: world.clock.now(), clock: world.clock })
    .catch((e: unknown) => e)

  expect(isCutoverError(error, 'DNS_NOT_AUTHORIZED')).toBe(true)
  expect(world.clock.monotonic()).toBe(0)
})

test('a change that the service does not know ends it at once while it could be new, and is over when it is old', async () => {
  const world = fakeWorld()
  const zone = inMemoryRoute53(world).zone()
  const receipt = { changeId: '/change/C404' }
  const { clock } = world

  const error: unknown = await zone.waitUntilServed(receipt, { since: clock.now(), clock }).catch((e: unknown) => e)
  await zone.waitUntilServed(receipt, { since: clock.now() - 60_000, clock })

  expect(isCutoverError(error, 'DNS_CHANGE_UNKNOWN')).toBe(true)
  expect(clock.monotonic()).toBe(0)
})

test("an abort while it waits rejects with the signal's own reason", async () => {
  const world = fakeWorld()
  const zone = inMemoryRoute53(world).zone()
  const receipt = await zone.replace(undefined, set)
  const stop = new AbortController()
  const reason = new Error('stopped')
  world.later(3_000, () => stop.abort(reason))

  const error: unknown = await zone
    .waitUntilServed(receipt, { since: world.clock.now(), clock: world.clock, signal: stop.signal })
    .catch((e: unknown) => e)

  expect(error).toBe(reason)
  expect(world.clock.monotonic()).toBe(3_000)
})
