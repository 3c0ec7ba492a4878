import { isCutoverError } from '@cutover/core'
import type { AnyRecordSet, RecordType } from '@cutover/dns'
import { expect, test } from 'vitest'

import { rejection } from '../example.ts'
import { api, aws, azureDns, profileId } from './example.ts'

test('find reads a record with its name in full, and its etag', async () => {
  const { zone, dns } = azureDns()

  expect(await zone.find('API.example.com.', 'CNAME')).toEqual({
    set: { name: 'api.example.com', type: 'CNAME', ttlSeconds: 300, values: [aws] },
    token: { etag: dns.records[0]?.etag },
  })
})

test('find reads the record at the own name of the zone', async () => {
  const { zone } = azureDns([{ name: '@', type: 'A', ttl: 60, aRecords: [{ ipv4Address: '192.0.2.1' }] }])

  expect((await zone.find('example.com', 'A'))?.set).toMatchObject({ name: 'example.com', values: ['192.0.2.1'] })
})

test('find answers undefined where there is none, and for types that Azure DNS does not have without asking', async () => {
  const { zone, dns } = azureDns()
  dns.failNext('get', new Error('asked'))

  expect(await zone.find('api.example.com', 'HTTPS')).toBe(undefined)
  expect((await rejection(zone.find('api.example.com', 'A'))).message).toMatch(/asked/)
  expect(await zone.find('api.example.com', 'A')).toBe(undefined)
})

test.each<[RecordType, object, readonly string[]]>([
  ['AAAA', { aaaaRecords: [{ ipv6Address: '2001:0DB8::0001' }] }, ['2001:db8::1']],
  ['CNAME', { cnameRecord: { cname: 'Orders.AzureWebsites.NET.' } }, ['orders.azurewebsites.net']],
  ['TXT', { txtRecords: [{ value: ['a "b" \\c', 'd'] }, { value: [''] }] }, ['', 'a "b" \\cd']],
  ['NS', { nsRecords: [{ nsdname: 'NS1.example.net.' }] }, ['ns1.example.net']],
  [
    'MX',
    {
      mxRecords: [
        { preference: 20, exchange: 'b.example.net' },
        { preference: 10, exchange: 'A.example.net.' },
      ],
    },
    ['10 a.example.net', '20 b.example.net'],
  ],
  [
    'SRV',
    { srvRecords: [{ priority: 1, weight: 2, port: 443, target: 'Host.example.net' }] },
    ['1 2 443 host.example.net'],
  ],
  [
    'CAA',
    { caaRecords: [{ flags: 0, tag: 'issue', value: 'ca.example.net; policy="ev"' }] },
    [String.raw`0 issue "ca.example.net; policy=\"ev\""`],
  ],
])('find reads %s records, whatever their spelling', async (type, records, values) => {
  const { zone } = azureDns([{ name: 'x', type: type as 'A', ttl: 60, ...records }])

  expect((await zone.find('x.example.com', type))?.set).toMatchObject({ type, ttlSeconds: 60, values })
})

test('find reads an alias with its resource and its TTL, and metadata as extra', async () => {
  const metadata = { owner: 'team-a', Ticket: 'OPS-1' }
  const { zone } = azureDns([
    { ...api, metadata },
    { name: '@', type: 'A', ttl: 30, targetResource: { id: profileId }, metadata },
  ])

  expect((await zone.find('example.com', 'A'))?.set).toEqual({
    kind: 'alias',
    name: 'example.com',
    type: 'A',
    alias: { target: profileId },
    ttlSeconds: 30,
    extra: { metadata },
  })
  expect((await zone.find('api.example.com', 'CNAME'))?.set).toMatchObject({ values: [aws], extra: { metadata } })
})

test('list reads every set of the zone, those that no verb edits as opaque', async () => {
  const { zone } = azureDns([
    api,
    { name: 'empty', type: 'A', ttl: 60 },
    { name: 'host', type: 'PTR', ttl: 60, ptrRecords: [{ ptrdname: 'a.example.net' }] },
    { name: '*.wild', type: 'TXT', ttl: 60, txtRecords: [{ value: ['x'] }] },
  ])

  const sets: AnyRecordSet[] = []
  for await (const { set } of zone.list?.() ?? []) sets.push(set)

  expect(sets.map(({ name, type, kind }) => `${name} ${type} ${kind ?? 'plain'}`).sort()).toEqual([
    '*.wild.example.com TXT plain',
    'api.example.com CNAME plain',
    'empty.example.com A opaque',
    'example.com NS plain',
    'example.com SOA opaque',
    'host.example.com PTR opaque',
  ])
  expect(sets.find(({ type }) => type === 'PTR')).toEqual({
    kind: 'opaque',
    name: 'host.example.com',
    type: 'PTR',
    what: 'a record of type PTR',
    extra: { ttl: 60, targetResource: {}, ptrRecords: [{ ptrdname: 'a.example.net' }] },
  })
})

test('a list that is refused says what permission it needs', async () => {
  const { zone, dns } = azureDns()
  const denied = Object.assign(new Error('no'), { name: 'RestError', code: 'AuthorizationFailed', statusCode: 403 })
  dns.failNext('listByDnsZone', denied)

  const error = await rejection(
    (async () => {
      for await (const _ of zone.list?.() ?? []) expect.fail('it listed')
    })(),
  )

  expect(isCutoverError(error, 'DNS_NOT_AUTHORIZED') && error.next).toBe(
    'Allow Microsoft.Network/dnsZones/recordsets/read',
  )
})

test('a name that would part the URL of the SDK is refused', async () => {
  const { zone } = azureDns()

  expect(await rejection(zone.find('0/25.example.com', 'CNAME'))).toMatchObject({ code: 'DNS_NAME_INVALID' })
  expect(await rejection(zone.find('api.example.org', 'CNAME'))).toMatchObject({ code: 'DNS_NAME_INVALID' })
})
