import {
  type CertificateMachine,
  certificates,
  type HostNameBinding,
  type HostNames,
  localAzure,
  type SiteCertificate,
  sites,
} from '@cutover/local-azure'
import { afterEach, expect, test } from 'vitest'

import { hostNamesDescribed, officialDescriptions } from './official-descriptions.ts'
import { orders } from './orders.ts'
import { clientOf, failure, send, siteUrl } from './serve.ts'

const descriptions = await officialDescriptions(hostNamesDescribed)
const hostName = 'api.example.com'
const keyVaultId = '/subscriptions/s/resourceGroups/shop/providers/Microsoft.KeyVault/vaults/shop'
const thumbprint = 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334'
const plan = '/subscriptions/s/resourceGroups/local/providers/Microsoft.Web/serverfarms/plan'

const opened: Awaited<ReturnType<typeof localAzure>>[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) {
    await server.close()
    if (server.complaints.length > 0) throw new Error(JSON.stringify(server.complaints))
  }
})

/** The simplest machines there can be; `api.refused.com` belongs to another app. */
async function serve() {
  const bindings = new Map<string, HostNameBinding>()
  const kept = new Map<string, SiteCertificate>()
  const hostNames: HostNames = {
    list: () => [...bindings.values()],
    put(binding) {
      if (binding.hostName === 'api.refused.com') {
        const template = 'Hostname {0} is already bound to another site.'
        const parameters = [binding.hostName]
        throw Object.assign(new Error(), {
          statusCode: 409,
          code: 'Conflict',
          extendedCode: '04014',
          template,
          parameters,
        })
      }
      bindings.set(binding.hostName, binding)
    },
    remove: (name) => void bindings.delete(name),
  }
  const machine: CertificateMachine = {
    list: () => [...kept.values()],
    take: (certificate) =>
      void kept.set(certificate.name, {
        ...certificate,
        thumbprint,
        subjectName: hostName,
        issuer: 'Example CA',
        hostNames: [hostName],
        issuedAt: 0,
        expiresAt: 90 * 86_400_000,
      }),
    remove: (name) => void kept.delete(name),
  }
  const app = { ...orders(), customDomainVerificationId: 'F0F0', serverFarmId: plan, hostNames }
  const server = await localAzure({
    providers: [sites([app]), certificates({ machine })],
    ...(descriptions ? { descriptions } : {}),
  })
  opened.push(server)
  return { server, client: clientOf(server), bindings, kept }
}

const bound = {
  siteName: 'orders',
  hostNameType: 'Verified',
  customHostNameDnsRecordType: 'CName',
  sslState: 'Disabled',
} as const

test('the official client binds a host name, gives it a certificate, and unbinds it', async () => {
  const { client, bindings } = await serve()
  const { webApps } = client

  const made = await webApps.createOrUpdateHostNameBinding('local', 'orders', hostName, bound)
  const secured = { ...bound, sslState: 'SniEnabled', thumbprint } as const
  await webApps.createOrUpdateHostNameBinding('local', 'orders', hostName, secured)

  expect(made).toMatchObject({ ...bound, name: `orders/${hostName}` })
  expect(await webApps.getHostNameBinding('local', 'orders', hostName)).toMatchObject(secured)
  expect(bindings.get(hostName)).toEqual({ hostName, ...secured })
  await webApps.deleteHostNameBinding('local', 'orders', hostName)
  await webApps.deleteHostNameBinding('local', 'orders', hostName)
  expect(await failure(webApps.getHostNameBinding('local', 'orders', hostName))).toMatchObject({ statusCode: 404 })
})

test('the official client takes a certificate from a vault, and removes it', async () => {
  const { client } = await serve()
  const { certificates: kept } = client

  const given = { location: 'westeurope', keyVaultId, keyVaultSecretName: 'api', serverFarmId: plan }
  const made = await kept.createOrUpdate('local', 'shop-api', given)

  expect(made).toMatchObject({ thumbprint, hostNames: [hostName], keyVaultSecretStatus: 'Succeeded' })
  expect((await kept.get('local', 'shop-api')).expirationDate).toEqual(new Date(90 * 86_400_000))
  await kept.delete('local', 'shop-api')
  await kept.delete('local', 'shop-api')
  expect(await failure(kept.get('local', 'shop-api'))).toMatchObject({ statusCode: 404 })
})

test('an app tells what its domains are verified by', async () => {
  const { client } = await serve()

  expect(await client.webApps.get('local', 'orders')).toMatchObject({
    customDomainVerificationId: 'F0F0',
    serverFarmId: plan,
  })
})

test('what a machine refuses is said in the words of App Service', async () => {
  const { server, client } = await serve()

  const refused = await failure(
    client.webApps.createOrUpdateHostNameBinding('local', 'orders', 'api.refused.com', bound),
  )
  const { body } = await send(server, 'PUT', siteUrl(server, '/hostNameBindings/api.refused.com'), {
    body: JSON.stringify({ properties: bound }),
    headers: { 'content-type': 'application/json' },
  })

  // The client finds neither code nor message where App Service puts them.
  expect(refused).toMatchObject({ statusCode: 409, code: undefined, message: 'Unexpected status code: 409' })
  expect(body).toMatchObject({
    Code: 'Conflict',
    Message: 'Hostname api.refused.com is already bound to another site.',
  })
})

test('what it does not do is refused, not forgotten', async () => {
  const { client, bindings, kept } = await serve()

  for (const other of [{ azureResourceType: 'TrafficManager' }, { sslState: 'IpBasedEnabled' }] as const) {
    const refused = client.webApps.createOrUpdateHostNameBinding('local', 'orders', hostName, { ...bound, ...other })
    expect(await failure(refused)).toMatchObject({ statusCode: 501 })
  }
  const uploaded = { location: 'westeurope', pfxBlob: new Uint8Array([1]), password: 'hunter2' }
  expect(await failure(client.certificates.createOrUpdate('local', 'mine', uploaded))).toMatchObject({
    statusCode: 501,
  })
  expect([bindings.size, kept.size]).toEqual([0, 0])
})

test('a binding to another app, and SNI without a certificate, are of no use', async () => {
  const { client } = await serve()

  for (const other of [{ siteName: 'payments' }, { sslState: 'SniEnabled' }] as const) {
    const refused = client.webApps.createOrUpdateHostNameBinding('local', 'orders', hostName, { ...bound, ...other })
    expect(await failure(refused)).toMatchObject({ statusCode: 400 })
  }
})

test('an app whose machine knows no host names says so', async () => {
  const server = await localAzure({ providers: [sites([orders()])] })
  opened.push(server)

  const refused = await failure(clientOf(server).webApps.getHostNameBinding('local', 'orders', hostName))

  expect(refused).toMatchObject({ statusCode: 501, code: 'LocalAzureNotImplemented' })
})

test.skipIf(!descriptions)('every operation is held to the official description', async () => {
  const { client } = await serve()
  const { webApps, certificates: kept } = client
  descriptions?.checked.clear()

  await webApps.createOrUpdateHostNameBinding('local', 'orders', hostName, bound)
  await webApps.getHostNameBinding('local', 'orders', hostName)
  await webApps.listHostNameBindings('local', 'orders').next()
  await webApps.deleteHostNameBinding('local', 'orders', hostName)
  await kept.createOrUpdate('local', 'shop-api', { location: 'westeurope', keyVaultId, keyVaultSecretName: 'api' })
  await kept.get('local', 'shop-api')
  await kept.listByResourceGroup('local').next()
  await kept.delete('local', 'shop-api')

  expect([...(descriptions?.checked ?? [])].sort()).toEqual(
    [
      ...['CreateOrUpdate', 'Delete', 'Get', 'ListByResourceGroup'].map((id) => `Certificates_${id}`),
      ...['CreateOrUpdate', 'Delete', 'Get'].map((id) => `WebApps_${id}HostNameBinding`),
      'WebApps_ListHostNameBindings',
    ].sort(),
  )
})
