import type { Route53, Route53Client } from '@aws-sdk/client-route-53'
import { type DnsZone } from '@cutover/dns'
import { type Route53Like, route53Zone } from '@cutover/dns/route53'
import { expectTypeOf, test } from 'vitest'

const hostedZoneId = 'Z0123456789ABCDEFGHIJ'

test("the SDK's aggregated client fits as it is", () => {
  expectTypeOf<Route53>().toExtend<Route53Like>()
  expectTypeOf(route53Zone<Route53>).returns.toEqualTypeOf<DnsZone>()
  expectTypeOf({ client: {} as Route53, hostedZoneId }).toExtend<Parameters<typeof route53Zone<Route53>>[0]>()
})

test('a Route53Client is refused in a sentence', () => {
  const client = {} as Route53Client
  // @ts-expect-error -- 'Pass new Route53(...): a Route53Client has only send()'
  route53Zone({ client, hostedZoneId })
  type Wanted = Parameters<typeof route53Zone<Route53Client>>[0]['client']
  expectTypeOf<Wanted>().toExtend<'Pass new Route53(...): a Route53Client has only send()'>()
})

test('what is no client is refused', () => {
  // @ts-expect-error -- a region is no client
  route53Zone({ client: { region: 'us-east-1' }, hostedZoneId })
})
