import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { apply, isCutoverError, lowerTtl, raiseTtl, type RampOrigin, repoint, shift } from '@cutover/dns'
import { inMemoryResolver } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { apiZone, azure, rejection, thrown } from './example.ts'
import { route53With, weightedSets, weightedZone, weightsOf } from './weighted.ts'

for (const { name, run } of changeConformance({
  setUp(world) {
    const { zone, api } = weightedZone(world, { source: 1, target: 0 })
    return {
      change: () => shift(api, { to: azure, percent: 25 }),
      editBehind: () =>
        zone.editBehind({
          kind: 'weighted',
          name: 'api.example.com',
          type: 'CNAME',
          members: [{ id: 'theirs', weight: 1, ttlSeconds: 30, values: ['theirs.example.net'] }],
        }),
    }
  },
})) {
  test(`shift ${name}`, run)
}

for (const { name, run } of changeConformance({
  setUp(world) {
    const { route53, api } = route53With(world, weightedSets())
    return {
      change: () => shift(api, { to: 'target', percent: 5 }),
      editBehind: () => {
        const [source] = route53.records
        if (!source) return
        const changed = { ...source, Weight: 42 }
        route53.editBehind(
          { Action: 'DELETE', ResourceRecordSet: source },
          { Action: 'CREATE', ResourceRecordSet: changed },
        )
      },
    }
  },
})) {
  test(`shift at Route 53 ${name}`, run)
}

test('a ramp hands its origin on, and from any step the way back is one write and one wait', async () => {
  const world = fakeWorld()
  const { zone, api } = weightedZone(world, { source: 1, target: 0 })
  const reverts: (() => Promise<void>)[] = []
  let origin: RampOrigin | undefined
  for (const percent of [5, 25, 100]) {
    const step = await apply(shift(api, { to: azure, percent, origin }), world)
    origin = step.result.origin
    reverts.unshift(step.revert)
  }
  expect(weightsOf(zone)).toEqual({ source: 0, target: 100 })
  expect(zone.writes).toHaveLength(3)
  const since = world.clock.now()

  for (const revert of reverts) await revert()

  expect(weightsOf(zone)).toEqual({ source: 1, target: 0 })
  expect(zone.writes).toHaveLength(4)
  // One propagation of 8 s, one TTL of 30 s and 1 s for rounding.
  expect(world.clock.now() - since).toBe(8_000 + 31_000)
})

test('weights that somebody else put back are waited for: caches may remember the others', async () => {
  const world = fakeWorld()
  const { zone, api } = weightedZone(world)
  const [origin] = zone.records
  const { revert } = await apply(shift(api, { to: azure, percent: 100 }), world)
  if (origin) zone.editBehind(origin)
  const since = world.clock.now()

  await revert()

  expect(world.clock.now() - since).toBe(zone.propagationMs + 31_000)
})

test('a step is refused when the weights are not what the step before left', async () => {
  const world = fakeWorld()
  const { zone, api } = weightedZone(world)
  const { result } = await apply(shift(api, { to: 'target', percent: 5 }), world)
  const [set] = zone.records
  if (set?.kind !== 'weighted') throw new Error('not weighted')
  zone.editBehind({ ...set, members: set.members.map((member) => ({ ...member, weight: 50 })) })

  const error = await rejection(apply(shift(api, { to: 'target', percent: 25, origin: result.origin }), world))

  expect(error.code).toBe('DNS_RECORD_FOREIGN')
  expect(error.message).toBe(
    'api.example.com is not where the step before left it; found source 50.0 %, target 50.0 %, wanted source 95.0 %, target 5.0 %',
  )
  expect(error.next).toMatch(/^Hand over the origin that the last step answered/)
})

test('others keep their shares among themselves', async () => {
  const world = fakeWorld()
  const { zone, api } = weightedZone(world, { source: 30, other: 10, target: 0 })

  await apply(shift(api, { to: 'target', percent: 20 }), world)

  expect(weightsOf(zone)).toEqual({ source: 60, other: 20, target: 20 })
})

test.each([
  [0, { source: 100, target: 0 }],
  [1, { source: 99, target: 1 }],
  [33.3, { source: 2, target: 1 }],
  [50, { source: 50, target: 50 }],
  [100, { source: 0, target: 100 }],
])('%d percent are whole weights', async (percent, wanted) => {
  const world = fakeWorld()
  const { zone, api } = weightedZone(world, { source: 50, target: 50 })

  await apply(shift(api, { to: 'target', percent }), world)

  const { source = 0, target = 0 } = weightsOf(zone)
  expect(target / (source + target)).toBeCloseTo(wanted.target / (wanted.source + wanted.target), 2)
  expect(Math.max(source, target)).toBeLessThanOrEqual(255)
  const isExact = source + target === 100
  expect(isExact).toBe(Number.isInteger(percent))
})

test('clients of many resolvers get the target in its share', async () => {
  const world = fakeWorld({ seed: 7 })
  const { zone, api } = weightedZone(world)
  const { result } = await apply(shift(api, { to: azure, percent: 25 }), world)
  await world.clock.sleep(result.allMovedBy - world.clock.now())
  const resolvers = Array.from({ length: 2_000 }, (_, place) => inMemoryResolver(world, { zone, name: `r${place}` }))

  const moved = resolvers.filter((resolver) => resolver.answer(api.name, 'CNAME')?.values[0] === azure)

  expect(moved.length / resolvers.length).toBeGreaterThan(0.2)
  expect(moved.length / resolvers.length).toBeLessThan(0.3)
})

test('values, TTLs and health checks stay as Route 53 listed them, and the weights come back exactly', async () => {
  const world = fakeWorld()
  const { route53, api } = route53With(world, weightedSets({ source: 7, target: 0 }))
  const before = route53.records

  const { revert } = await apply(shift(api, { to: 'target', percent: 50 }), world)
  expect(route53.records.map(({ Weight, HealthCheckId, TTL }) => [Weight, HealthCheckId, TTL])).toEqual([
    [50, 'check-1', 30],
    [50, undefined, 30],
  ])
  await revert()

  expect(route53.records).toEqual(before)
  expect(route53.writes.every((batch) => batch.length === 4)).toBe(true)
})

test('lowerTtl and raiseTtl edit every member of a weighted record', async () => {
  const world = fakeWorld()
  const { route53, api } = route53With(world, weightedSets())

  const lowered = await apply(lowerTtl(api, { ttlSeconds: 5 }), world)
  expect(lowered.result).toMatchObject({ from: 30, to: 5 })
  expect(route53.records.map(({ TTL }) => TTL)).toEqual([5, 5])
  await apply(raiseTtl(api, { ttlSeconds: 30 }), world)

  expect(route53.records.map(({ TTL }) => TTL)).toEqual([30, 30])
})

test('repoint refuses a weighted record and names shift', async () => {
  const world = fakeWorld()
  const { api } = weightedZone(world)

  const error = await rejection(apply(repoint(api, { to: azure }), world))

  expect(error).toMatchObject({ code: 'DNS_RECORD_UNSUPPORTED', next: expect.stringMatching(/shift\(record/) })
})

test('shift refuses a record that is not weighted, and a member that is not there', async () => {
  const world = fakeWorld()

  const plain = await rejection(apply(shift(apiZone(world).api, { to: azure, percent: 5 }), world))
  const other = await rejection(apply(shift(weightedZone(fakeWorld()).api, { to: 'gcp', percent: 5 }), world))

  expect(plain.code).toBe('DNS_RECORD_UNSUPPORTED')
  expect(other.code).toBe('DNS_OPTION_INVALID')
  expect(other.message).toMatch(/to is "gcp"; wanted the id or the value of one answer/)
})

test('shift proves that going back fits the rto', async () => {
  const world = fakeWorld()

  const error = await rejection(apply(shift(weightedZone(world).api, { to: azure, percent: 5, rto: '20s' }), world))

  expect(error.code).toBe('DNS_RTO_UNREACHABLE')
})

test.each([
  [{ to: azure, percent: 101 }, /percent is 101; wanted a number from 0 to 100/],
  [{ to: azure, percent: Number.NaN }, /percent is NaN/],
  [{ to: azure, percent: '5' as never }, /percent is "5"/],
  [{ to: '', percent: 5 }, /to is ""/],
  [{ to: azure, percent: 5, weight: 1 }, /weight/],
])('shift refuses %j at once', (options, message) => {
  const { api } = weightedZone(fakeWorld())

  const error = thrown(() => void shift(api, options))

  expect(isCutoverError(error, 'DNS_OPTION_INVALID') && error.message).toMatch(message)
})

test('shift refuses a zone that does not answer by weight', () => {
  const { api } = apiZone(fakeWorld(), undefined, { profile: 'azure-dns' })

  expect(thrown(() => void shift(api, { to: azure, percent: 5 })).message).toMatch(/a zone that answers by weight/)
})
