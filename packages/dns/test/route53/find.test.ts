import { fakeWorld } from '@cutover/core/testing'
import { dnsRecord, isCutoverError } from '@cutover/dns'
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
  })
  expect(found?.token).toEqual(plain(String.raw`\052.example.com.`, 'CNAME', 'Orders.Azurewebsites.NET.'))
})

test.each([
  ['an alias', { Name: 'x.example.com', Type: 'A', AliasTarget: alias }],
  ['a weighted record', { ...plain('x.example.com', 'A', '192.0.2.1'), SetIdentifier: 'source', Weight: 0 }],
  ['a record with a health check', { ...plain('x.example.com', 'A', '192.0.2.1'), HealthCheckId: 'abc' }],
  ['a failover record', { ...plain('x.example.com', 'A', '192.0.2.1'), SetIdentifier: 'a', Failover: 'PRIMARY' }],
  ['a latency record', { ...plain('x.example.com', 'A', '192.0.2.1'), SetIdentifier: 'a', Region: 'eu-west-1' }],
  ['a geolocation record', { ...plain('x.example.com', 'A', '192.0.2.1'), SetIdentifier: 'a', GeoLocation: {} }],
  ['a multivalue record', { ...plain('x.example.com', 'A', '192.0.2.1'), SetIdentifier: 'a', MultiValueAnswer: true }],
  ['more than this version knows (Novelty)', { ...plain('x.example.com', 'A', '192.0.2.1'), Novelty: 1 }],
])('find refuses %s, which is neither plain nor absent', async (what, record) => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [record] })

  const error: unknown = await route53
    .zone()
    .find('x.example.com', 'A')
    .catch((e: unknown) => e)

  expect(isCutoverError(error, 'DNS_RECORD_UNSUPPORTED') && error.message).toContain(
    `x.example.com A in Route 53 is ${what}`,
  )
})

test('find passes the signal on as abortSignal, and asks for one record set', async () => {
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

  const input = { HostedZoneId: 'Z1', StartRecordName: 'api.example.com', StartRecordType: 'A', MaxItems: 1 }
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
  [{ hostedZone: 'Z1' }, /hostedZone\b.*client, hostedZoneId, name, propagationMs/],
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
