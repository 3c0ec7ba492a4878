import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { dnsRecord, isCutoverError, lowerTtl, type RecordSet, repoint } from '@cutover/dns'
import { inMemoryRoute53 } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

const source: RecordSet = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: ['source.example.net'] }
const listed = (TTL: number, ...values: string[]) => ({
  Name: 'api.example.com.',
  Type: 'CNAME',
  TTL,
  ResourceRecords: values.map((Value) => ({ Value })),
})
const named = (name: string): RecordSet => ({ ...source, name: `${name}.example.com` })
const rejection = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error)

for (const [what, change] of [
  ['lowerTtl', lowerTtl],
  ['repoint', (record: ReturnType<typeof dnsRecord<'CNAME'>>) => repoint(record, { to: 'orders.azurewebsites.net' })],
] as const) {
  for (const { name, run } of changeConformance({
    setUp(world) {
      const route53 = inMemoryRoute53(world, { records: [listed(300, 'source.example.net')] })
      return {
        change: () => change(dnsRecord(route53.zone(), 'api.example.com', 'CNAME')),
        editBehind() {
          const [present] = route53.records
          if (present) route53.editBehind({ Action: 'DELETE', ResourceRecordSet: present })
          route53.editBehind({ Action: 'CREATE', ResourceRecordSet: listed(42, 'theirs.example.net') })
        },
      }
    },
  })) {
    test(`${what} over Route 53 ${name}`, run)
  }
}

test('replace sends what was listed and what is to be in one batch', async () => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [listed(300, 'Source.example.net.')] })
  const zone = route53.zone()

  await zone.replace(await zone.find(source.name, source.type), { ...source, values: ['orders.azurewebsites.net'] })

  expect(route53.writes).toEqual([
    [
      { Action: 'DELETE', ResourceRecordSet: listed(300, 'Source.example.net.') },
      { Action: 'CREATE', ResourceRecordSet: { ...listed(300, 'orders.azurewebsites.net'), Name: 'api.example.com' } },
    ],
  ])
})

test('replace leaves the values as they were listed when the TTL alone changes', async () => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [listed(300, 'Source.example.net.')] })
  const zone = route53.zone()

  await zone.replace(await zone.find(source.name, source.type), { ...source, ttlSeconds: 30 })

  expect(route53.records).toEqual([listed(30, 'Source.example.net.')])
})

test('replace moves a name from one type to another in one batch', async () => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [listed(300, 'source.example.net')] })
  const zone = route53.zone()
  const address: RecordSet = { ...source, type: 'A', values: ['192.0.2.1'] }

  await zone.replace(await zone.find(source.name, source.type), address)

  expect((await zone.find(source.name, 'A'))?.set).toEqual(address)
  expect(route53.writes).toHaveLength(1)
})

test('replace goes by the set when the token says something else', async () => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [listed(300, 'source.example.net')] })
  const zone = route53.zone()
  const token = listed(300, 'source.example.net')

  const error = await rejection(zone.replace({ set: { ...source, ttlSeconds: 60 }, token }, undefined))

  expect(isCutoverError(error, 'DNS_CONFLICT')).toBe(true)
})

test('replace writes nothing when there is nothing to replace and nothing to create', async () => {
  const route53 = inMemoryRoute53(fakeWorld())

  expect(await route53.zone().replace(undefined, undefined)).toBeUndefined()
  expect(route53.writes).toEqual([])
})

test('replace says that the record is locked when it is protected', async () => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [listed(300, 'source.example.net')] })
  const zone = route53.zone()
  route53.protect(source.name, 'CNAME', 'frozen until Monday')

  const error = await rejection(zone.replace({ set: source }, undefined))

  expect(isCutoverError(error, 'DNS_RECORD_LOCKED') && error.message).toMatch(/frozen until Monday/)
})

test('replace is rejected, not in conflict, when another type stands at the name', async () => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [listed(300, 'source.example.net')] })

  const error = await rejection(route53.zone().replace(undefined, { ...source, type: 'A', values: ['192.0.2.1'] }))

  expect(isCutoverError(error, 'DNS_CHANGE_REJECTED') && error.message).toMatch(/conflicting RRSet of type CNAME/)
})

test('replace calls the fence after waiting for its turn, in the same turn as the request', async () => {
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world, { replyMs: 200 })
  const zone = route53.zone()
  const steps: string[] = []
  const fence = (name: string) => () => void steps.push(`${name} after ${route53.writes.length} writes`)

  await Promise.all(
    ['a', 'b', 'c'].map((name) => {
      const set = { ...source, name: `${name}.example.com` }
      return zone.replace(undefined, set, { fence: fence(name) })
    }),
  )

  expect(steps).toEqual([
    'a after 0 writes',
    'a after 0 writes',
    'b after 1 writes',
    'b after 1 writes',
    'c after 2 writes',
    'c after 2 writes',
  ])
  expect(world.effects.map(({ fenced }) => fenced)).toEqual([true, true, true])
})

test('writes of two handles of a zone go one after the other, so that none is a PriorRequestNotComplete', async () => {
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world, { replyMs: 200 })
  const zones = [route53.zone(), route53.zone()]

  await Promise.all(zones.map((zone, place) => zone.replace(undefined, { ...source, name: `${place}.example.com` })))

  expect(route53.writes).toHaveLength(2)
  expect(world.clock.monotonic()).toBe(400)
})

test('a write that is aborted while it waits for its turn was not sent, and leaves the turn to the next one', async () => {
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world, { replyMs: 200 })
  const zone = route53.zone()
  const stop = new AbortController()
  const reason = new Error('stopped')
  let fences = 0
  const fence = () => void (fences += 1)

  const first = zone.replace(undefined, named('a'))
  const second = rejection(zone.replace(undefined, named('b'), { signal: stop.signal, fence }))
  const third = zone.replace(undefined, named('c'))
  stop.abort(reason)

  expect(await second).toBe(reason)
  await Promise.all([first, third])
  expect(fences).toBe(0)
  expect(route53.records.map(({ Name }) => Name)).toEqual(['a.example.com.', 'c.example.com.'])
  expect(world.clock.monotonic()).toBe(400)
})

test('a write that never ends keeps the next one waiting for 30 s, not for ever', async () => {
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world)
  const zone = route53.zone()
  world.failNext('route53.changeResourceRecordSets', 'crash')
  const dead = world.spawn('first')
  void world.runAs(dead, () => zone.replace(undefined, source))
  await Promise.resolve()

  await zone.replace(undefined, { ...source, name: 'b.example.com' })

  expect(world.clock.monotonic()).toBe(30_000)
})

test('a write after a refused one does not wait', async () => {
  const world = fakeWorld()
  const route53 = inMemoryRoute53(world)
  const zone = route53.zone()
  world.failNext('route53.changeResourceRecordSets', 'refused')

  const error = await rejection(zone.replace(undefined, source))
  await zone.replace(undefined, source)

  expect(isCutoverError(error, 'DNS_UNAVAILABLE') && error.retryable).toBe(true)
  expect(world.clock.monotonic()).toBe(0)
})
