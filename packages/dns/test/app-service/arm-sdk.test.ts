// The real `@azure/arm-appservice` over HTTP to a local Resource Manager, the zone on a real DNS server that takes signed updates.
import { WebSiteManagementClient } from '@azure/arm-appservice'
import { dnsRecord, systemClock } from '@cutover/dns'
import { appServiceSite, bindHostName } from '@cutover/dns/app-service'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { appServiceMachine, dnsServer } from '@cutover/dns/testing'
import { certificates, type Fault, localAzure, type SiteMachine, sites } from '@cutover/local-azure'
import { memoryJournal, runCutover } from '@cutover/rollback'
import { expect, onTestFinished, test } from 'vitest'

import { api, certificate, hostName, keyVaultId, privateKey, verificationId } from './setting.ts'

const thumbprint = 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334'
const key = { name: 'cutover', secret: Buffer.alloc(32, 7).toString('base64') }

async function setUp() {
  const server = await dnsServer({ zones: [{ name: 'example.com', records: [api] }], keys: [key] })
  const zone = rfc2136Zone({
    server: server.address,
    port: server.port,
    zone: 'example.com',
    key,
    propagationMs: 0,
    lateMs: 50,
  })
  const texts = (name: string) =>
    server
      .records('example.com')
      .flatMap((set) => ('values' in set && set.name === name && set.type === 'TXT' ? (set.values ?? []) : []))
  const vaulted = {
    thumbprint,
    hostNames: ['*.example.com'],
    expiresAt: systemClock.now() + 90 * 86_400_000,
    pfxBlob: privateKey,
  }
  const machine = appServiceMachine({ name: 'orders', texts, vault: { [`${keyVaultId}/wildcard`]: vaulted } })
  const idle = () => {}
  const app: SiteMachine = {
    ...machine,
    site: () => ({ enabled: true, state: 'Running', hostNames: ['orders.azurewebsites.net'] }),
    start: idle,
    stop: idle,
    restart: idle,
    syncTriggers: idle,
    putAppSettings: idle,
    appSettings: () => ({}),
    functions: () => [],
  }
  const azure = await localAzure({ providers: [sites([app]), certificates({ machine: machine.certificates })] })
  onTestFinished(async () => {
    await server.close()
    await azure.close()
  })
  const client = new WebSiteManagementClient(azure.credential(), azure.subscriptionId, {
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [azure.policy()],
  })
  const site = appServiceSite({ client, resourceGroup: 'local', name: 'orders', lateMs: 50 })
  const names = () => ({
    records: server.records('example.com').map(({ name, type }) => `${name} ${type}`),
    bindings: machine.hostNames.list().map(({ hostName: bound, sslState }) => `${bound} ${sslState}`),
    certificates: machine.certificates.list().map(({ name }) => name),
  })
  return { server, zone, azure, site, names, record: dnsRecord(zone, hostName, 'CNAME') }
}

const bound = {
  records: [`${hostName} CNAME`, `asuid.${hostName} TXT`],
  bindings: [`${hostName} SniEnabled`],
  certificates: ['shop-wildcard'],
}
const asFound = { records: [`${hostName} CNAME`], bindings: [], certificates: [] }

async function run(
  { site, record }: Awaited<ReturnType<typeof setUp>>,
  { back = false, journal = memoryJournal() } = {},
) {
  const told: unknown[] = []
  let answer: unknown
  const ended: unknown = await runCutover(
    { id: 'bind', journal, onEvent: (event) => void told.push(event) },
    async (cutover) => {
      answer = await cutover.run(bindHostName(site, { record, certificate }))
      if (back) await cutover.rollBack('changed our mind')
    },
  ).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { answer, ended, told: JSON.stringify([told, journal.entries]) }
}

test('a host name is bound with its certificate before the name moves, and nothing is kept of the private key', async () => {
  const parts = await setUp()

  const { answer, ended, told } = await run(parts)

  expect(ended).toBe(undefined)
  expect(answer).toMatchObject({ hostName, thumbprint })
  expect(parts.names()).toEqual(bound)
  expect(parts.server.records('example.com')).toContainEqual(api)
  expect(told).toContain(verificationId)
  expect(told).not.toContain(privateKey)
})

test('rolled back, only what was made is removed', async () => {
  const parts = await setUp()

  const { ended } = await run(parts, { back: true })

  expect(ended).toMatchObject({ code: 'CUTOVER_ROLLED_BACK' })
  expect(parts.names()).toEqual(asFound)
})

for (const operation of [
  'WebApps_CreateOrUpdateHostNameBinding',
  'Certificates_CreateOrUpdate',
  'WebApps_DeleteHostNameBinding',
  'Certificates_Delete',
]) {
  test(`a reply lost after ${operation} is read back, and nothing is done twice`, async () => {
    const parts = await setUp()
    const lost: Fault = 'reply-lost'
    parts.azure.failNext(operation, lost)

    const { ended } = await run(parts, { back: operation.includes('Delete') })

    const back = operation.includes('Delete')
    expect([parts.names(), Object(ended)]).toMatchObject(
      back ? [asFound, { code: 'CUTOVER_ROLLED_BACK' }] : [bound, {}],
    )
  })
}

test('what App Service refuses is told in its own words', async () => {
  const { site } = await setUp()
  const writing = { signal: new AbortController().signal, fence: () => {} }

  const early = site.bind(hostName, { recordType: 'CName', sslState: 'Disabled' }, writing)

  await expect(early).rejects.toMatchObject({
    code: 'DNS_HOST_NAME_UNVERIFIED',
    message: expect.stringContaining(
      `A TXT record pointing from asuid.${hostName} to ${verificationId} was not found.`,
    ),
  })
  const denied = site.takeCertificate(
    'mine',
    { location: 'westeurope', keyVaultId, keyVaultSecretName: 'none' },
    writing,
  )
  await expect(denied).rejects.toMatchObject({
    code: 'DNS_CHANGE_REJECTED',
    next: expect.stringContaining('Key Vault Certificate User'),
  })
})
