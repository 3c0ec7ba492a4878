// One app, one zone, one vault, in a fake world.
import type { FakeWorld } from '@cutover/core/testing'
import { dnsRecord, type RecordSet } from '@cutover/dns'
import { type InMemoryAppServiceOptions, inMemoryAppService, inMemoryZone } from '@cutover/dns/testing'

export const hostName = 'api.example.com'
export const privateKey = 'MIIJ-not-a-real-private-key'
export const verificationId = '0123456789abcdef'.repeat(4)
export const keyVaultId = '/subscriptions/s/resourceGroups/shop/providers/Microsoft.KeyVault/vaults/shop'
export const certificate = { keyVaultId, secretName: 'wildcard' }
export const api: RecordSet = {
  name: hostName,
  type: 'CNAME',
  ttlSeconds: 60,
  values: ['d-1.execute-api.us-east-1.amazonaws.com'],
}

export const vaulted = (world: FakeWorld, hostNames: readonly string[] = ['*.example.com'], days = 90) => ({
  [`${keyVaultId}/wildcard`]: {
    thumbprint: 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334',
    hostNames,
    expiresAt: world.clock.now() + days * 86_400_000,
    pfxBlob: privateKey,
  },
})

export function setUp(
  world: FakeWorld,
  {
    records = [api],
    ...options
  }: { readonly records?: readonly RecordSet[] } & Partial<InMemoryAppServiceOptions> = {},
) {
  const zone = inMemoryZone(world, records)
  const fake = inMemoryAppService(world, { name: 'orders', zone, vault: vaulted(world), ...options })
  return { zone, fake, site: fake.site, record: dnsRecord(zone, hostName, 'CNAME') }
}
