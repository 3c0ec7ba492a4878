import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { type AnyRecordSet, apply, diffRecords, type RecordSet, restore, snapshot } from '@cutover/dns'
import { inMemoryZone, type ZoneProfile } from '@cutover/dns/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { azure, rejection, thrown } from './example.ts'
import { aliasSets, route53With, weightedSets } from './weighted.ts'

const a = (name: string, value = '192.0.2.1', ttlSeconds = 60): RecordSet => ({
  name: `${name}.example.com`,
  type: 'A',
  ttlSeconds,
  values: [value],
})

for (const profile of ['route53', 'azure-dns', 'rfc2136'] satisfies ZoneProfile[]) {
  for (const { name, run } of changeConformance({
    setUp(world) {
      const zone = inMemoryZone(world, [a('one', '192.0.2.9'), a('three'), a('four')], { profile })
      const records = [a('one'), a('two'), a('four')]
      return {
        change: () => restore(zone, { version: 1, zone: 'example.com', records }),
        editBehind: () => zone.editBehind(a('one', '192.0.2.66')),
      }
    },
  })) {
    test(`restore in a zone as ${profile} ${name}`, run)
  }
}

test('what was taken comes back byte for byte: aliases, weights, health checks, routings, spellings', async () => {
  const world = fakeWorld()
  const { route53, zone } = route53With(world, [
    ...aliasSets.map((set) => ({ ...set, Name: 'alias.example.com' })),
    ...weightedSets(),
    {
      Name: 'geo.example.com',
      Type: 'A',
      TTL: 60,
      SetIdentifier: 'eu',
      GeoLocation: { ContinentCode: 'EU' },
      ResourceRecords: [{ Value: '192.0.2.1' }],
    } as never,
    { Name: 'text.example.com', Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: '"k=rsa; " "p=abc"' }] } as never,
    {
      Name: String.raw`\052.wild.example.com`,
      Type: 'MX',
      TTL: 60,
      ResourceRecords: [{ Value: '10 Mail.Example.COM.' }],
    } as never,
    { Name: 'ptr.example.com', Type: 'PTR', TTL: 60, ResourceRecords: [{ Value: 'host.example.com' }] } as never,
  ])
  const before = route53.records
  const taken = JSON.parse(JSON.stringify(await snapshot(zone))) as Awaited<ReturnType<typeof snapshot>>
  route53.editBehind(...before.map((set) => ({ Action: 'DELETE' as const, ResourceRecordSet: set })))
  route53.editBehind({
    Action: 'CREATE',
    ResourceRecordSet: { Name: 'stray.example.com', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.66' }] },
  })

  const { result } = await apply(restore(zone, taken), world)

  expect(route53.records).toEqual(before)
  expect(result).toEqual({ created: 7, replaced: 0, deleted: 1 })
})

test('only the names of the snapshot are touched', async () => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, [a('one'), a('two')])
  const taken = await snapshot(zone, { names: ['one.example.com'] })
  zone.editBehind(a('one', '192.0.2.9'))
  zone.editBehind(a('two', '192.0.2.9'))
  zone.editBehind({ ...a('one'), type: 'TXT', values: ['stray'] })

  await apply(restore(zone, taken), world)

  expect(zone.records).toEqual([a('one'), a('two', '192.0.2.9')])
})

test('a change of type is one batch, so that the name never is without an answer', async () => {
  const world = fakeWorld()
  const zone = inMemoryZone(world, [{ ...a('one'), type: 'CNAME', values: [azure] }])

  await apply(restore(zone, { version: 1, records: [a('one')] }), world)

  expect(zone.records).toEqual([a('one')])
  expect(new Set(zone.writes.map(({ at }) => at)).size).toBe(1)
})

test('thousands of records go in batches, each small enough', async () => {
  const world = fakeWorld()
  const { route53, zone } = route53With(world, [])
  const records = Array.from({ length: 450 }, (_, place): RecordSet => ({
    ...a(`t${place}`),
    type: 'TXT',
    values: ['x'.repeat(600)],
  }))

  const { records: own, ...taken } = await snapshot(zone)

  await apply(restore(zone, { ...taken, records: [...own, ...records] }), world)

  expect(route53.records).toHaveLength(450)
  const characters = route53.writes.map((batch) =>
    batch.reduce(
      (sum, { ResourceRecordSet: { ResourceRecords: [value] = [] } }) => sum + (value?.Value.length ?? 0),
      0,
    ),
  )
  expect(characters.length).toBeGreaterThan(8)
  expect(Math.max(...characters)).toBeLessThanOrEqual(32_000)
})

test('edits are refused by what they may break, not by their number', async () => {
  const world = fakeWorld()
  const ns: RecordSet = { name: 'sub.example.com', type: 'NS', ttlSeconds: 60, values: ['ns1.example.net'] }
  const apex: RecordSet = { name: 'example.com', type: 'TXT', ttlSeconds: 60, values: ['v=spf1 -all'] }
  const live = a('live', '192.0.2.1', 86_400)
  const zone = inMemoryZone(world, [ns, apex, live, a('calm')])
  const taken = { version: 1, records: [a('live', '192.0.2.2', 86_400), a('calm', '192.0.2.2')] } as const

  const error = await rejection(apply(restore(zone, taken), world))

  expect(error.code).toBe('DNS_CHANGE_RISKY')
  expect(error.message.split('\n')).toEqual([
    '3 of 4 edits want to be accepted by name:',
    'live.example.com/A: caches keep the present answer for 86400 s, and would keep a mistake as long (A 192.0.2.1, TTL 86400 → A 192.0.2.2, TTL 86400)',
    "example.com/TXT: it is at the zone's own name (TXT v=spf1 -all, TTL 60 → no such record)",
    'sub.example.com/NS: it decides who answers for everything at and below that name (NS ns1.example.net, TTL 60 → no such record)',
  ])
  expect(zone.writes).toEqual([])

  await apply(restore(zone, taken, { accept: ['live.example.com/A', 'example.com/TXT', 'sub.example.com/NS'] }), world)
  expect(zone.records).toEqual([a('calm', '192.0.2.2'), a('live', '192.0.2.2', 86_400)])
})

test('restore refuses what is no snapshot, and that of another zone', () => {
  const zone = inMemoryZone(fakeWorld())

  expect(thrown(() => void restore(zone, {} as never)).code).toBe('DNS_OPTION_INVALID')
  expect(thrown(() => void restore(zone, { version: 1, zone: 'example.org', records: [] })).message).toMatch(
    /of the zone example\.org; wanted one of example\.com/,
  )
})

const anySets = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('one', 'two', 'three', 'four', 'five'),
    value: fc.constantFrom('1', '2'),
    ttl: fc.constantFrom(60, 300),
  }),
  { selector: ({ name }) => name },
)

test('applying the diff of two sets of records to the first gives the second', () => {
  fc.assert(
    fc.property(anySets, anySets, (from, to) => {
      const [one, other] = [from, to].map((sets) =>
        sets.map(({ name, value, ttl }) => a(name, `192.0.2.${value}`, ttl)),
      )
      const after = new Map<string, AnyRecordSet>((one ?? []).map((set) => [set.name, set]))
      for (const { name, to: next } of diffRecords(one ?? [], other ?? [])) {
        if (next) after.set(name, next)
        else after.delete(name)
      }

      expect([...after.values()].map(({ name }) => name).sort()).toEqual((other ?? []).map(({ name }) => name).sort())
      expect(diffRecords(after.values(), other ?? [])).toEqual([])
    }),
  )
})

test('names that are no list are refused', async () => {
  const zone = inMemoryZone(fakeWorld(), [a('one')])

  expect(await rejection(snapshot(zone, { names: 'one.example.com' as never }))).toMatchObject({
    code: 'DNS_OPTION_INVALID',
    message: expect.stringMatching(/^names is "one\.example\.com"; wanted a list such as/),
  })
})
