import { fakeWorld } from '@cutover/core/testing'
import { type AnyRecordSet, dnsRecord, isCutoverError } from '@cutover/dns'
import { type Route53Like, route53Zone } from '@cutover/dns/route53'
import { inMemoryRoute53 } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

const plain = (Name: string, Type: string, ...values: string[]) => ({
  Name,
  Type,
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
})
const alias = { HostedZoneId: 'Z2FDTNDATAQYW2', DNSName: 'd111111abcdef8.cloudfront.net.', EvaluateTargetHealth: false }

test('find answers undefined when Route 53 returns the next name instead', async () => {
  const zone = inMemoryRoute53(fakeWorld(), { records: [plain('b.example.com', 'A', '192.0.2.1')] }).zone()

  expect(await zone.find('a.example.com', 'A')).toBeUndefined()
})

test('find answers undefined when Route 53 returns the next type of the name instead', async () => {
  const zone = inMemoryRoute53(fakeWorld(), { records: [plain('a.example.com', 'TXT', '"text"')] }).zone()

  expect(await zone.find('a.example.com', 'A')).toBeUndefined()
})

test('find answers undefined behind the last name of the zone', async () => {
  const zone = inMemoryRoute53(fakeWorld()).zone()

  expect(await zone.find('zzz.example.com', 'TXT')).toBeUndefined()
})

test('find reads octal escapes, last dots and upper case, and keeps what was listed as the token', async () => {
  const records = [plain('*.Example.com.', 'CNAME', 'Orders.Azurewebsites.NET.')]
  const zone = inMemoryRoute53(fakeWorld(), { records }).zone()

  const found = await zone.find('*.example.com', 'CNAME')

  expect(found?.set).toEqual({
    name: '*.example.com',
    type: 'CNAME',
    ttlSeconds: 60,
    values: ['orders.azurewebsites.net'],
    spelling: ['Orders.Azurewebsites.NET.'],
  })
  expect(found?.token).toEqual([plain(String.raw`\052.example.com.`, 'CNAME', 'Orders.Azurewebsites.NET.')])
})

const weighted = (id: string, weight: number, more: object = {}) => ({
  ...plain('x.example.com', 'A', `192.0.2.${weight}`),
  SetIdentifier: id,
  Weight: weight,
  ...more,
})
test.each([
  ['an alias', 'alias', [{ Name: 'x.example.com', Type: 'A', AliasTarget: alias }]],
  ['weighted records', 'weighted', [weighted('source', 9), weighted('target', 0, { HealthCheckId: 'abc' })]],
  [
    'weighted aliases',
    'weighted',
    [{ Name: 'x.example.com', Type: 'A', SetIdentifier: 'a', Weight: 1, AliasTarget: alias, HealthCheckId: 'abc' }],
  ],
  ['a record with a health check', undefined, [{ ...plain('x.example.com', 'A', '192.0.2.1'), HealthCheckId: 'abc' }]],
  [
    'a failover record',
    'opaque',
    [{ ...plain('x.example.com', 'A', '192.0.2.1'), SetIdentifier: 'a', Failover: 'PRIMARY' }],
  ],
  [
    'latency records',
    'opaque',
    [
      { ...plain('x.example.com', 'A', '192.0.2.1'), SetIdentifier: 'a', Region: 'eu-west-1' },
      { ...plain('x.example.com', 'A', '192.0.2.2'), SetIdentifier: 'b', Region: 'us-east-1' },
    ],
  ],
  [
    'multivalue records',
    'opaque',
    [{ ...plain('x.example.com', 'A', '192.0.2.1'), SetIdentifier: 'a', MultiValueAnswer: true }],
  ],
  [
    'more than this version knows',
    'opaque',
    [{ ...plain('x.example.com', 'A', '192.0.2.1'), SetIdentifier: 'a', Novelty: 1 }],
  ],
  ['several values in an order of their own', undefined, [plain('x.example.com', 'A', '192.0.2.9', '192.0.2.1')]],
])('%s are found, deleted and brought back byte for byte', async (_, kind, records) => {
  const route53 = inMemoryRoute53(fakeWorld(), { records })
  const zone = route53.zone()
  const before = route53.records
  const found = await zone.find('x.example.com', 'A')
  expect(found?.set.kind).toBe(kind)

  await zone.replace(found, undefined)
  expect(route53.records).toEqual([])
  await zone.replace(undefined, JSON.parse(JSON.stringify(found?.set)) as AnyRecordSet)

  expect(route53.records).toEqual(before)
})

test('list answers every record set, more than a page of them, and those of one name and type as one', async () => {
  const many = Array.from({ length: 650 }, (_, place) => plain(`n${place}.example.com`, 'A', '192.0.2.1'))
  const zone = inMemoryRoute53(fakeWorld(), { records: [...many, weighted('a', 1), weighted('b', 2)] }).zone()

  const listed: AnyRecordSet[] = []
  for await (const { set } of zone.list?.() ?? []) listed.push(set)

  expect(new Set(listed.map(({ name, type }) => `${name} ${type}`)).size).toBe(653)
  expect(listed).toHaveLength(653)
  expect(listed.find(({ kind }) => kind === 'weighted')).toMatchObject({ members: [{ id: 'a' }, { id: 'b' }] })
  expect(listed.filter(({ kind }) => kind === 'opaque').map(({ type }) => type)).toEqual(['SOA'])
})

test('find passes the signal on as abortSignal, and asks for one name', async () => {
  const asked: unknown[] = []
  const client: Route53Like = {
    ...inMemoryRoute53(fakeWorld()),
    listResourceRecordSets(...call) {
      asked.push(call)
      return Promise.resolve({})
    },
  }
  const { signal } = new AbortController()

  await route53Zone({ client, hostedZoneId: '/hostedzone/Z1' }).find('API.example.com.', 'A', { signal })

  const input = { HostedZoneId: 'Z1', StartRecordName: 'api.example.com', StartRecordType: 'A', MaxItems: 100 }
  expect(asked).toEqual([[input, { abortSignal: signal }]])
})

test('a zone without a name takes any absolute name, and Route 53 refuses those of other zones', async () => {
  const route53 = inMemoryRoute53(fakeWorld())
  const zone = route53Zone({ client: route53, hostedZoneId: route53.hostedZoneId })
  const set = { name: 'api.example.org', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'] } as const

  const error: unknown = await zone.replace(undefined, set).catch((e: unknown) => e)

  expect(dnsRecord(zone, set.name, 'A').name).toBe(set.name)
  expect(isCutoverError(error, 'DNS_CHANGE_REJECTED') && error.message).toMatch(/not permitted in zone example\.com/)
})

test.each([
  [{ client: { send: () => {} } }, /client has no listResourceRecordSets.*pass new Route53/],
  [{ client: undefined }, /client has no/],
  [{ hostedZoneId: 'example.com' }, /hostedZoneId is "example\.com"/],
  [{ hostedZoneId: '' }, /hostedZoneId is ""/],
  [{ pollMs: 0 }, /pollMs is 0/],
  [{ lateMs: -1 }, /lateMs is -1/],
  [{ propagationMs: Number.NaN }, /propagationMs is NaN/],
  [{ hostedZone: 'Z1' }, /hostedZone\b.*client, hostedZoneId, trail, name, propagationMs/],
  [{ name: 5 }, /name is 5; wanted/],
])('route53Zone refuses %j at once', (wrong, text) => {
  const right = { client: inMemoryRoute53(fakeWorld()), hostedZoneId: 'Z1' }

  const make = () => route53Zone({ ...right, ...(wrong as object) })

  expect(make).toThrow(expect.objectContaining({ code: 'DNS_OPTION_INVALID', message: expect.stringMatching(text) }))
})

test('route53Zone without options names what is missing', () => {
  const none = undefined as unknown as Parameters<typeof route53Zone<Route53Like>>[0]

  expect(() => route53Zone(none)).toThrow(expect.objectContaining({ code: 'DNS_OPTION_INVALID' }))
})
