import {
  type Check,
  type DnsRecord,
  type Drift,
  type EndpointProbe,
  type NameServers,
  planHolds,
  planRepoint,
  type PlanRepointOptions,
  type RepointPlan,
} from '@cutover/dns'
import { nodeEndpoint, nodeNameServers } from '@cutover/dns/preflight'
import { inMemoryNameServers } from '@cutover/dns/testing'
import { expectTypeOf, test } from 'vitest'

declare const api: DnsRecord<'CNAME'>

test('a plan takes what repoint takes', () => {
  expectTypeOf(planRepoint(api, { to: 'orders.azurewebsites.net', rto: '5m' })).toEqualTypeOf<Promise<RepointPlan>>()
  // @ts-expect-error -- a CNAME has one target
  void planRepoint(api, { to: ['a.example.com', 'b.example.com'] })
  // @ts-expect-error -- no such finding
  void planRepoint(api, { to: 'a.example.com', accept: ['foreign-controllers'] })
  expectTypeOf<PlanRepointOptions['to']>().toEqualTypeOf<string | readonly string[]>()
})

test('a finding has what a script prints', () => {
  expectTypeOf<RepointPlan['findings'][number]>().toExtend<{
    severity: 'blocker' | 'warning' | 'note' | 'undecided'
    code: string
    text: string
    fix: string
  }>()
})

test('a plan is held to by a check', () => {
  expectTypeOf(planHolds(api, {} as RepointPlan)).toEqualTypeOf<
    Check<{ readonly drift: readonly Drift[]; readonly hash: string }>
  >()
})

test('what Node brings fits the ports', () => {
  expectTypeOf(nodeNameServers).returns.toExtend<NameServers>()
  expectTypeOf(inMemoryNameServers).returns.toExtend<NameServers>()
  expectTypeOf(nodeEndpoint).returns.toExtend<EndpointProbe>()
})
