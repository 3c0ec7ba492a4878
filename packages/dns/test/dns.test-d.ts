import type { Change, Check } from '@cutover/core'
import {
  type Answering,
  type AnyRecordSet,
  answersWith,
  type DnsRecord,
  dnsRecord,
  type DnsZone,
  lowerTtl,
  repoint,
  type Repointed,
  type TtlLowered,
} from '@cutover/dns'
import { expectTypeOf, test } from 'vitest'

declare const zone: DnsZone
declare const anyRecord: DnsRecord
const api = dnsRecord(zone, 'api.example.com', 'CNAME')
const www = dnsRecord(zone, 'www.example.com', 'A')

test('a handle keeps its type', () => {
  expectTypeOf(api).toEqualTypeOf<DnsRecord<'CNAME'>>()
  // @ts-expect-error -- PTR is not moved
  dnsRecord(zone, 'example.com', 'PTR')
})

test('verbs answer changes and checks', () => {
  expectTypeOf(lowerTtl(api)).toEqualTypeOf<Change<AnyRecordSet, TtlLowered, AnyRecordSet>>()
  expectTypeOf(repoint(api, { to: 'a.example.net' })).toEqualTypeOf<Change<AnyRecordSet, Repointed, AnyRecordSet>>()
  expectTypeOf(answersWith(api, { to: 'a.example.net' })).toEqualTypeOf<Check<Answering>>()
})

test('options that are unknown are refused', () => {
  // @ts-expect-error -- it is called ttlSeconds
  void lowerTtl(api, { ttl: 30 })
  // @ts-expect-error -- there is no such moment
  void lowerTtl(api, { until: 'propagated' })
  // @ts-expect-error -- it is called rto
  void repoint(api, { to: 'a.example.net', rtoMs: 1 })
  // @ts-expect-error -- to is required
  void repoint(api, {})
  // @ts-expect-error -- a duration has a unit
  void repoint(api, { to: 'a.example.net', rto: '5' })
  // @ts-expect-error -- it is called resolvers
  void answersWith(api, { to: 'a.example.net', resolver: [] })
})

test('a CNAME has one value, an A may have several, and a record of any type takes both', () => {
  // @ts-expect-error -- one name
  void repoint(api, { to: ['a.example.net'] })
  // @ts-expect-error -- one name
  void answersWith(api, { to: ['a.example.net'] })
  void repoint(www, { to: '192.0.2.1' })
  void repoint(www, { to: ['192.0.2.1', '192.0.2.2'] as const })
  void repoint(anyRecord, { to: ['192.0.2.1'] })
})

test('options can be forwarded when they are undefined', () => {
  void lowerTtl(api, { ttlSeconds: undefined, until: undefined })
  void repoint(api, {
    to: 'a.example.net',
    from: undefined,
    notBefore: undefined,
    rto: undefined,
    ttlSeconds: undefined,
  })
})

test('a handle is made by dnsRecord, not written down', () => {
  const literal = { zone, name: 'api.example.com', type: 'CNAME' }
  // @ts-expect-error -- its type is only a string
  void lowerTtl(literal)
})

test('a change is not awaited', async () => {
  // @ts-expect-error -- A Change does nothing until it is applied
  await lowerTtl(api)
})
