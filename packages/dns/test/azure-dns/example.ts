// The records that most of these tests move, in an Azure DNS that has them.
import { type FakeWorld, fakeWorld } from '@cutover/core/testing'
import type { DnsZone, Found, RecordType } from '@cutover/dns'
import type { AzureRecordSet } from '@cutover/dns/azure-dns'
import { inMemoryAzureDns, type InMemoryAzureDnsOptions } from '@cutover/dns/testing'

export const aws = 'd-1.execute-api.us-east-1.amazonaws.com'
export const azure = 'orders.azurewebsites.net'
export const profileId =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/trafficManagerProfiles/Orders'

export const api = { name: 'api', type: 'CNAME', ttl: 300, cnameRecord: { cname: aws } } as const

export function azureDns(
  records: NonNullable<InMemoryAzureDnsOptions['records']> = [api],
  world: FakeWorld = fakeWorld(),
) {
  const dns = inMemoryAzureDns(world, { records })
  return { world, dns, zone: dns.zone() }
}

/** The set that must be there. */
export async function found(zone: DnsZone, name: string, type: RecordType): Promise<Found> {
  const one = await zone.find(name, type)
  if (one === undefined) throw new Error(`${name} ${type} is not there`)
  return one
}

/** What the service keeps, byte for byte: without the etag. */
export const kept = (set: AzureRecordSet | undefined): unknown => {
  const { etag: _etag, ...rest } = set ?? {}
  return rest
}
