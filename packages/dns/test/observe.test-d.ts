import { type DnsRecord, type Observation, observe, type Resolver } from '@cutover/dns'
import { dnsResolver } from '@cutover/dns/resolver'
import { expectTypeOf, test } from 'vitest'

declare const api: DnsRecord<'CNAME'>
declare const web: DnsRecord<'A'>

test('observe takes what a record of that type can be pointed at', () => {
  observe(api, { resolvers: [], to: 'orders.azurewebsites.net' })
  observe(web, { resolvers: [], to: ['192.0.2.1', '192.0.2.2'], within: '30m' })
  // @ts-expect-error a CNAME has one value
  observe(api, { resolvers: [], to: ['orders.azurewebsites.net'] })
  // @ts-expect-error a duration has a unit
  observe(api, { resolvers: [], to: 'orders.azurewebsites.net', within: '30' })
})

test('observe is iterated', () => {
  expectTypeOf(observe(api, { resolvers: [], to: 'x.example.net' })).toExtend<AsyncIterable<Observation>>()
})

test('dnsResolver is a Resolver', () => {
  expectTypeOf(dnsResolver).returns.toExtend<Resolver>()
})
