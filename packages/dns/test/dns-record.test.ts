import { fakeWorld } from '@cutover/core/testing'
import {
  answersWith,
  describeRecordSet,
  dnsName,
  type DnsRecord,
  dnsRecord,
  type DnsZone,
  lowerTtl,
  type RecordSet,
  recordSet,
  repoint,
  sameRecordSet,
} from '@cutover/dns'
import { inMemoryZone } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { thrown } from './example.ts'

const zone = inMemoryZone(fakeWorld())

test('dnsRecord takes a name in any case and with a last dot', () => {
  expect(dnsRecord(zone, 'API.Example.com.', 'A').name).toBe('api.example.com')
})

for (const name of [
  'example.com',
  '*.example.com',
  '_acme-challenge.example.com',
  'xn--bcher-kva.example.com',
  `${'a'.repeat(63)}.example.com`,
]) {
  test(`dnsRecord takes ${name}`, () => {
    expect(dnsRecord(zone, name, 'A').name).toBe(name)
  })
}

const names: readonly [string, RegExp][] = [
  ['api', /relative to the zone example.com/],
  ['', /labels that are not empty/],
  ['@', /relative to the zone example.com/],
  ['api.example.org', /wanted a name in the zone example.com/],
  ['notexample.com', /wanted a name in the zone example.com/],
  ['api..example.com', /labels that are not empty/],
  ['.api.example.com', /labels that are not empty/],
  [`${'a'.repeat(64)}.example.com`, /labels of at most 63/],
  [`${'a123456789.'.repeat(23)}example.com`, /at most 253 octets; it has 264/],
  ['\u200b.example.com', /A-label/],
  ['a b.example.com', /letters, digits, hyphens/],
  ['api.*.example.com', /letters, digits, hyphens/],
  ['api\n.example.com', /letters, digits, hyphens/],
  [undefined as unknown as string, /wanted an absolute name/],
]
for (const [name, message] of names) {
  test(`dnsRecord refuses the name ${JSON.stringify(name)?.slice(0, 40)}`, () => {
    const error = thrown(() => dnsRecord(zone, name, 'A'))

    expect(error.code).toBe('DNS_NAME_INVALID')
    expect(error.message).toMatch(message)
  })
}

test('dnsRecord tells how a relative name is written in full', () => {
  expect(() => dnsRecord(zone, 'api', 'A')).toThrow(
    expect.objectContaining({ next: 'Write it in full: api.example.com' }),
  )
})

test('dnsRecord takes any absolute name where the name of the zone is not known', () => {
  expect(dnsRecord({ ...zone, name: undefined }, 'api.example.org', 'CNAME').name).toBe('api.example.org')
  expect(() => dnsRecord({ ...zone, name: undefined }, 'api', 'CNAME')).toThrow(/relative to a zone/)
})

test("dnsRecord refuses a CNAME at the zone's own name", () => {
  expect(() => dnsRecord(zone, 'example.com', 'CNAME')).toThrow(expect.objectContaining({ code: 'DNS_RECORD_INVALID' }))
})

test('dnsRecord refuses a type that it does not move', () => {
  expect(() => dnsRecord(zone, 'api.example.com', 'PTR' as 'A')).toThrow(
    /type is "PTR"; wanted one of A, AAAA, CNAME, TXT, NS, MX, SRV, CAA, HTTPS, SVCB/,
  )
})

const normal: readonly [RecordSet['type'], readonly string[], readonly string[]][] = [
  ['A', ['192.0.2.2', '192.0.2.10', '192.0.2.2'], ['192.0.2.10', '192.0.2.2']],
  ['AAAA', ['2001:DB8:0::1', '::FFFF'], ['2001:db8::1', '::ffff']],
  ['CNAME', ['Target.Example.NET.'], ['target.example.net']],
  ['TXT', ['Keeps Its Case.', ''], ['', 'Keeps Its Case.']],
]
for (const [type, values, wanted] of normal) {
  test(`recordSet puts the values of ${type} records in one form`, () => {
    const set = recordSet({ name: 'WWW.example.com.', type, ttlSeconds: 0, values }, 'example.com')

    expect(set).toEqual({ name: 'www.example.com', type, ttlSeconds: 0, values: wanted })
    expect(recordSet(set, 'example.com')).toEqual(set)
  })
}

const bad: readonly [RecordSet['type'], string][] = [
  ['A', '192.0.2'],
  ['A', '192.0.2.256'],
  ['A', '192.0.2.01'],
  ['A', '192.0.2.1.'],
  ['A', ' 192.0.2.1'],
  ['A', 'orders.azurewebsites.net'],
  ['A', '2001:db8::1'],
  ['AAAA', '192.0.2.1'],
  ['AAAA', '2001:db8:::1'],
  ['AAAA', 'fe80::1%eth0'],
  ['AAAA', '1]/#'],
  ['TXT', 'x'.repeat(65_280)],
]
for (const [type, value] of bad) {
  test(`recordSet refuses ${JSON.stringify(value).slice(0, 40)} in an ${type} record, and names the field`, () => {
    const set: RecordSet = { name: 'www.example.com', type, ttlSeconds: 60, values: [value] }

    const error = thrown(() => recordSet(set, 'example.com'))

    expect(error.code).toBe('DNS_RECORD_INVALID')
    expect(error.message).toMatch(/^values is .*; wanted/)
  })
}

test('sameRecordSet compares TTL and values', () => {
  const set: RecordSet = { name: 'www.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] }

  expect(sameRecordSet(set, { ...set })).toBe(true)
  expect(sameRecordSet(set, { ...set, ttlSeconds: 61 })).toBe(false)
  expect(sameRecordSet(set, { ...set, values: ['192.0.2.1', '192.0.2.2'] })).toBe(false)
  expect(sameRecordSet(set, undefined)).toBe(false)
  expect(sameRecordSet(undefined, undefined)).toBe(true)
})

test('describeRecordSet and dnsName are for adapters and messages', () => {
  expect(describeRecordSet(undefined)).toBe('no such record')
  expect(dnsName('A.B.', 'server')).toBe('a.b')
  expect(() => dnsName('a', 'server')).toThrow(/^server is "a"/)
})

test('dnsRecord names what is no zone', () => {
  const noZones: readonly unknown[] = [undefined, null, {}, Promise.resolve(zone), 'example.com']

  for (const none of noZones) {
    const error = thrown(() => dnsRecord(none as DnsZone, 'api.example.com', 'A'))
    expect(error.code).toBe('DNS_OPTION_INVALID')
    expect(error.message).toMatch(/^zone is .*; wanted a DnsZone/)
  }
})

for (const [verb, call] of [
  ['lowerTtl', (record: DnsRecord) => lowerTtl(record)],
  ['repoint', (record: DnsRecord) => repoint(record, { to: '192.0.2.1' })],
  ['answersWith', (record: DnsRecord) => answersWith(record, { to: '192.0.2.1' })],
] as const) {
  test(`${verb} names what is no record`, () => {
    for (const none of [undefined, 'api.example.com']) {
      const error = thrown(() => void call(none as unknown as DnsRecord))
      expect(error.code).toBe('DNS_OPTION_INVALID')
      expect(error.message).toMatch(/^record is .*; wanted what dnsRecord\(zone, name, type\) answers/)
    }
  })
}
