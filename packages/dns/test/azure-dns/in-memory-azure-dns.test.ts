import type { AzureDnsType, AzureRecordSet } from '@cutover/dns/azure-dns'
import { azureDnsMachine } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

function zone(servedAfterMs = 20_000) {
  const time = { now: 1_000_000 }
  return { time, machine: azureDnsMachine({ now: () => time.now, name: 'example.com', servedAfterMs }) }
}

const a = (...addresses: string[]): AzureRecordSet => ({
  ttl: 60,
  aRecords: addresses.map((ipv4Address) => ({ ipv4Address })),
})
const cname = (name: string, ttl = 60): AzureRecordSet => ({ ttl, cnameRecord: { cname: name } })
const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/trafficManagerProfiles/p'
const refused = (statusCode: number, code: string): unknown => expect.objectContaining({ statusCode, code })

test('each write has an etag of its own, also one that says the same again', () => {
  const { machine } = zone()

  const etags = [1, 2, 3].map(() => machine.put('x', 'A', a('192.0.2.1')).set.etag)

  expect(new Set(etags).size).toBe(3)
  expect(machine.get('X', 'A').etag).toBe(etags[2])
})

test('If-Match wants that etag, or any set with *; If-None-Match: * wants none', () => {
  const { machine } = zone()
  const { etag = '' } = machine.put('x', 'A', a('192.0.2.1'), { ifNoneMatch: '*' }).set

  expect(() => machine.put('x', 'A', a('192.0.2.2'), { ifNoneMatch: '*' })).toThrow(refused(412, 'PreconditionFailed'))
  expect(() => machine.put('y', 'A', a('192.0.2.2'), { ifMatch: '*' })).toThrow(refused(412, 'PreconditionFailed'))
  machine.put('x', 'A', a('192.0.2.2'), { ifMatch: etag })
  expect(() => machine.put('x', 'A', a('192.0.2.3'), { ifMatch: etag })).toThrow(refused(412, 'PreconditionFailed'))
  expect(() => machine.delete('x', 'A', { ifMatch: etag })).toThrow(refused(412, 'PreconditionFailed'))
  expect(machine.get('x', 'A').aRecords).toEqual([{ ipv4Address: '192.0.2.2' }])
  expect([machine.delete('x', 'A', { ifMatch: '*' }), machine.delete('x', 'A', { ifMatch: '*' })]).toEqual([
    true,
    false,
  ])
})

test('a PUT replaces all: metadata that is not sent is gone', () => {
  const { machine } = zone()
  machine.put('x', 'A', { ...a('192.0.2.1'), metadata: { owner: 'us' } })

  expect(machine.put('x', 'A', a('192.0.2.1')).set.metadata).toBe(undefined)
})

test('a CNAME stands alone at its name', () => {
  const { machine } = zone()
  machine.put('a', 'A', a('192.0.2.1'))
  machine.put('c', 'CNAME', cname('x.example.net'))

  expect(() => machine.put('a', 'CNAME', cname('x.example.net'))).toThrow(refused(409, 'Conflict'))
  expect(() => machine.put('C', 'TXT', { ttl: 60, txtRecords: [{ value: ['x'] }] })).toThrow(refused(409, 'Conflict'))
})

test.each<[string, string, AzureDnsType, AzureRecordSet]>([
  ['a CNAME at the apex', '@', 'CNAME', cname('x.example.net')],
  ['a CNAME without a name', 'x', 'CNAME', { ttl: 60 }],
  ['a CNAME to an address', 'x', 'CNAME', cname('192.0.2.1')],
  ['a TTL of 0', 'x', 'CNAME', cname('x.example.net', 0)],
  ['a TTL of 2 to the 31', 'x', 'CNAME', cname('x.example.net', 2_147_483_648)],
  ['no TTL', 'x', 'A', { aRecords: [] }],
  ['21 records', 'x', 'A', a(...Array.from({ length: 21 }, (_, place) => `192.0.2.${place}`))],
  ['the same record twice', 'x', 'A', a('192.0.2.1', '192.0.2.1')],
  ['no IPv4 address', 'x', 'A', a('192.0.2.256')],
  ['records of another type', 'x', 'A', cname('x.example.net')],
  ['a string of 256 characters', 'x', 'TXT', { ttl: 60, txtRecords: [{ value: ['x'.repeat(256)] }] }],
  [
    'texts of 4,097 characters',
    'x',
    'TXT',
    { ttl: 60, txtRecords: [{ value: Array(17).fill('x'.repeat(241)) as string[] }] },
  ],
  [
    'a preference that is too large',
    'x',
    'MX',
    { ttl: 60, mxRecords: [{ preference: 65_536, exchange: 'x.example.net' }] },
  ],
  ['records beside an alias', 'x', 'A', { ...a('192.0.2.1'), targetResource: { id } }],
  ['an alias of a type that has none', 'x', 'TXT', { ttl: 60, targetResource: { id } }],
  ['an alias of something else', 'x', 'A', { ttl: 60, targetResource: { id: '/subscriptions/s/resourceGroups/g' } }],
  ['a wildcard for name servers', '*', 'NS', { ttl: 60, nsRecords: [{ nsdname: 'ns1.example.net' }] }],
  ['a name of odd characters', 'a b', 'A', a('192.0.2.1')],
  ['a SOA of its own', 'x', 'SOA', { ttl: 60 }],
  ['a zone without its own name servers', '@', 'NS', { ttl: 60, nsRecords: [{ nsdname: 'ns1.example.net' }] }],
])('%s is refused', (_what, name, type, set) => {
  const { machine } = zone()
  const before = machine.peek()

  expect(() => machine.put(name, type, set)).toThrow(refused(400, 'BadRequest'))
  expect(machine.peek()).toEqual(before)
})

test("the zone's own name servers and SOA cannot be deleted", () => {
  const { machine } = zone()

  expect(() => machine.delete('@', 'NS')).toThrow(refused(400, 'BadRequest'))
  expect(() => machine.delete('@', 'SOA')).toThrow(refused(400, 'BadRequest'))
})

test('60 lists in a minute, and then no more', () => {
  const { time, machine } = zone()

  for (let lists = 0; lists < 60; lists += 1) machine.list()

  expect(() => machine.list()).toThrow(refused(429, 'Throttled'))
  time.now += 60_000
  expect(machine.list()).toHaveLength(2)
})

test('what is written is served later, also a deletion', () => {
  const { time, machine } = zone()
  machine.put('x', 'A', a('192.0.2.1'))
  const served = (): unknown => machine.served('x', 'A')?.aRecords?.[0]?.ipv4Address

  expect(served()).toBe(undefined)
  time.now += 20_000
  machine.put('x', 'A', a('192.0.2.2'))
  expect(served()).toBe('192.0.2.1')
  time.now += 20_000
  machine.delete('x', 'A')
  expect(served()).toBe('192.0.2.2')
  time.now += 20_000
  expect(served()).toBe(undefined)
})

test('what is handed out is a copy', () => {
  const { machine } = zone()
  const { set } = machine.put('x', 'A', a('192.0.2.1'))
  set.aRecords?.push({ ipv4Address: '192.0.2.9' })
  machine.get('x', 'A').aRecords?.pop()

  expect(machine.get('x', 'A').aRecords).toEqual([{ ipv4Address: '192.0.2.1' }])
})
