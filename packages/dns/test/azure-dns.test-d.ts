import type { DnsManagementClient, RecordSet } from '@azure/arm-dns'
import type { TrafficManagerManagementClient } from '@azure/arm-trafficmanager'
import type { DnsZone } from '@cutover/dns'
import { type AzureDnsLike, type AzureRecordSet, azureDnsZone } from '@cutover/dns/azure-dns'
import { azureDnsMachine, trafficManagerMachine } from '@cutover/dns/testing'
import { type TrafficManagerLike, trafficManagerProfile } from '@cutover/dns/traffic-manager'
import type { DnsZoneMachine, TrafficManagerProfileMachine } from '@cutover/local-azure'
import { expectTypeOf, test } from 'vitest'

declare const dns: DnsManagementClient
declare const trafficManager: TrafficManagerManagementClient

test("the SDKs' clients fit as they are", () => {
  expectTypeOf<DnsManagementClient>().toExtend<AzureDnsLike>()
  expectTypeOf<TrafficManagerManagementClient>().toExtend<TrafficManagerLike>()
  expectTypeOf<RecordSet>().toExtend<AzureRecordSet>()
  expectTypeOf(azureDnsZone({ client: dns, resourceGroup: 'g', zone: 'example.com' })).toEqualTypeOf<DnsZone>()
  expectTypeOf(
    trafficManagerProfile({ client: trafficManager, resourceGroup: 'g', profile: 'orders' }),
  ).toEqualTypeOf<DnsZone>()
})

test('the machines are what a local server of them needs', () => {
  expectTypeOf(azureDnsMachine).returns.toExtend<DnsZoneMachine>()
  expectTypeOf(trafficManagerMachine).returns.toExtend<TrafficManagerProfileMachine>()
})
