import type { AnyRecordSet, RecordSet } from '@cutover/dns'
import type { AzureDnsType, AzureRecordSet } from '@cutover/dns/azure-dns'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { rejection } from '../example.ts'
import { api, aws, azure, azureDns, found, kept, profileId } from './example.ts'

const next: RecordSet = { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: [azure] }

test.each<[what: string, edit: AzureRecordSet | undefined]>([
  ['another value', { ttl: 300, cnameRecord: { cname: 'theirs.example.net' } }],
  ['another TTL alone', { ttl: 60, cnameRecord: { cname: aws } }],
  ['metadata alone', { ttl: 300, cnameRecord: { cname: aws }, metadata: { owner: 'them' } }],
  ['the same again, as after an edit that was taken back', { ttl: 300, cnameRecord: { cname: aws } }],
  ['no record any more', undefined],
])('somebody else wrote %s: nothing is overwritten or deleted', async (_what, edit) => {
  for (const to of [next, undefined]) {
    const { zone, dns } = azureDns()
    const stale = await found(zone, 'api.example.com', 'CNAME')
    dns.editBehind('api', 'CNAME', edit)
    const theirs = dns.records

    expect(await rejection(zone.replace(stale, to))).toMatchObject({ code: 'DNS_CONFLICT' })
    expect([dns.records, dns.writes]).toEqual([theirs, []])
  }
})

test('without an etag the set itself is compared', async () => {
  const { zone, dns } = azureDns()
  const { set } = await found(zone, 'api.example.com', 'CNAME')

  expect(await rejection(zone.replace({ set: { ...set, ttlSeconds: 9 } as RecordSet }, next))).toMatchObject({
    code: 'DNS_CONFLICT',
  })
  await zone.replace({ set }, next)

  expect(dns.writes).toEqual(['PUT api CNAME'])
})

test('another value keeps metadata, and an alias becomes a plain record in one write', async () => {
  const metadata = { owner: 'team-a' }
  const { zone, dns } = azureDns([
    { ...api, metadata },
    { name: '@', type: 'A', ttl: 30, targetResource: { id: profileId }, metadata },
  ])
  const before = await found(zone, 'example.com', 'A')
  const plain: AnyRecordSet = {
    name: 'example.com',
    type: 'A',
    ttlSeconds: 30,
    values: ['192.0.2.1'],
    extra: { metadata },
  }

  await zone.replace(await found(zone, 'api.example.com', 'CNAME'), { ...next, extra: { metadata } })
  await zone.replace(before, plain)

  expect(dns.records.map(kept)).toMatchObject([
    { name: '@', targetResource: {}, aRecords: [{ ipv4Address: '192.0.2.1' }], metadata },
    { name: 'api', cnameRecord: { cname: azure }, metadata },
  ])
  await zone.replace(await found(zone, 'example.com', 'A'), before.set)
  expect(dns.records.map(kept)[0]).toMatchObject({ targetResource: { id: profileId }, metadata })
  expect(dns.records[0]).not.toHaveProperty('aRecords')
})

test('another type or name is refused before anything is sent, with what to do instead', async () => {
  const { zone, dns } = azureDns()
  const before = await found(zone, 'api.example.com', 'CNAME')

  const error = await rejection(zone.replace(before, { ...next, type: 'A', values: ['192.0.2.1'] }))

  expect(error).toMatchObject({ code: 'DNS_CHANGE_REJECTED', next: expect.stringMatching(/^Keep the type/) })
  expect(await rejection(zone.replace(before, { ...next, name: 'shop.example.com' }))).toMatchObject({
    code: 'DNS_CHANGE_REJECTED',
  })
  expect(dns.writes).toEqual([])
})

test.each<[what: RegExp, set: AnyRecordSet]>([
  [
    /has no weights/,
    { kind: 'weighted', name: 'x.example.com', type: 'CNAME', members: [{ id: 'a', weight: 1, values: [aws] }] },
  ],
  [/no records of type HTTPS/, { name: 'x.example.com', type: 'HTTPS', ttlSeconds: 60, values: ['1 . alpn="h2"'] }],
  [
    /target of another provider/,
    {
      kind: 'alias',
      name: 'x.example.com',
      type: 'A',
      alias: { target: 'd-1.example.net', extra: { hostedZoneId: 'Z1' } },
    },
  ],
])('what %s is refused before anything is sent', async (what, set) => {
  const { zone, dns } = azureDns([])

  expect(await rejection(zone.replace(undefined, set))).toMatchObject({
    code: 'DNS_CHANGE_REJECTED',
    message: expect.stringMatching(what),
  })
  expect(dns.writes).toEqual([])
})

test('what the service refuses is not written: a neighbour of a CNAME, 21 records, a TTL of 0', async () => {
  const { zone, dns } = azureDns()
  const many = Array.from({ length: 21 }, (_, place) => `192.0.2.${place}`)
  const refused: readonly RecordSet[] = [
    { name: 'api.example.com', type: 'TXT', ttlSeconds: 60, values: ['x'] },
    { name: 'many.example.com', type: 'A', ttlSeconds: 60, values: many },
    { name: 'zero.example.com', type: 'A', ttlSeconds: 0, values: ['192.0.2.1'] },
  ]

  for (const set of refused)
    expect(await rejection(zone.replace(undefined, set))).toMatchObject({ code: 'DNS_CHANGE_REJECTED' })
  expect(dns.writes).toEqual([])
})

test('a record that was written is served when the wait for it is over', async () => {
  const { world, zone, dns } = azureDns()
  const since = world.clock.now()
  await zone.replace(await found(zone, 'api.example.com', 'CNAME'), next)
  expect(dns.machine.served('api', 'CNAME')?.cnameRecord).toEqual({ cname: aws })

  await zone.waitUntilServed(undefined, { since, clock: world.clock })

  expect(dns.machine.served('api', 'CNAME')?.cnameRecord).toEqual({ cname: azure })
  expect(world.clock.now() - since).toBe(60_000)
})

const label = fc.stringMatching(/^[a-zA-Z]{1,8}$/)
const host = fc.tuple(label, label, fc.constantFrom('', '.')).map(([a, b, dot]) => `${a}.${b}.Example${dot}`)
const port = fc.integer({ min: 0, max: 65_535 })
const several = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.uniqueArray(one, { minLength: 1, maxLength: 5, selector: (each) => JSON.stringify(each).toLowerCase() })
const text = fc.string({ maxLength: 60, unit: 'grapheme' })
const anySet: fc.Arbitrary<readonly [AzureDnsType, AzureRecordSet]> = fc.oneof(
  several(fc.ipV4()).map((all) => ['A', { aRecords: all.map((ipv4Address) => ({ ipv4Address })) }] as const),
  several(fc.ipV6()).map((all) => ['AAAA', { aaaaRecords: all.map((ipv6Address) => ({ ipv6Address })) }] as const),
  host.map((cname) => ['CNAME', { cnameRecord: { cname } }] as const),
  several(fc.record({ value: fc.array(text, { minLength: 1, maxLength: 3 }) })).map(
    (all) => ['TXT', { txtRecords: all }] as const,
  ),
  several(fc.record({ preference: port, exchange: host })).map((all) => ['MX', { mxRecords: all }] as const),
  several(fc.record({ priority: port, weight: port, port, target: host })).map(
    (all) => ['SRV', { srvRecords: all }] as const,
  ),
  several(fc.record({ nsdname: host })).map((all) => ['NS', { nsRecords: all }] as const),
  several(
    fc.record({
      flags: fc.constantFrom(0, 128),
      tag: fc.constantFrom('issue', 'ISSUE', 'iodef'),
      value: fc.stringMatching(/^[ -~]{0,30}$/),
    }),
  ).map((all) => ['CAA', { caaRecords: all }] as const),
  several(fc.record({ ptrdname: host })).map((all) => ['PTR', { ptrRecords: all }] as const),
  fc.constant(['A', { targetResource: { id: profileId } }] as const),
  fc.constant(['A', {}] as const),
)
const metadata = fc.option(fc.dictionary(label, fc.string({ maxLength: 20 }), { minKeys: 1 }), { nil: undefined })

test('whatever Azure DNS has, deleted and written again from a journal it is the same byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(anySet, metadata, fc.integer({ min: 1, max: 2_147_483_647 }), async ([type, set], meta, ttl) => {
      const { zone, dns } = azureDns([{ ...set, name: 'x', type, ttl, ...(meta ? { metadata: meta } : {}) }])
      const was = dns.records.map(kept)
      let before: AnyRecordSet | undefined
      for await (const one of zone.list?.() ?? []) if (one.set.name === 'x.example.com') before = one.set
      const journalled = JSON.parse(JSON.stringify(before)) as AnyRecordSet

      await zone.replace({ set: journalled }, undefined)
      expect(dns.records).toEqual([])
      await zone.replace(undefined, journalled)

      expect(dns.records.map(kept)).toEqual(was)
    }),
  )
})

test('a TXT whose strings are split elsewhere keeps them when only the TTL changes, and comes back after another text', async () => {
  const { zone, dns } = azureDns([{ name: 't', type: 'TXT', ttl: 300, txtRecords: [{ value: ['v=spf1 ', '-all'] }] }])
  const before = await found(zone, 't.example.com', 'TXT')
  const set = before.set as RecordSet

  await zone.replace(before, { ...set, ttlSeconds: 30 })
  expect(dns.records[0]).toMatchObject({ ttl: 30, txtRecords: [{ value: ['v=spf1 ', '-all'] }] })
  await zone.replace(await found(zone, 't.example.com', 'TXT'), { ...set, values: ['other'] })
  expect(dns.records[0]).toMatchObject({ txtRecords: [{ value: ['other'] }] })
  await zone.replace(await found(zone, 't.example.com', 'TXT'), set)

  expect(dns.records[0]).toMatchObject({ ttl: 300, txtRecords: [{ value: ['v=spf1 ', '-all'] }] })
})
