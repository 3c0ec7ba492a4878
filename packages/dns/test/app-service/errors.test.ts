// What the SDK of App Service throws, and what it means here.
import { fakeWorld } from '@cutover/core/testing'
import { type AppServiceLike, appServiceSite, certificateCovers } from '@cutover/dns/app-service'
import { expect, test } from 'vitest'

import { certificate, hostName, setUp, vaulted } from './setting.ts'

const rest = (statusCode: number | undefined) =>
  Object.assign(new Error(`Unexpected status code: ${statusCode}`), { ...(statusCode !== undefined && { statusCode }) })

/** An app whose bindings answer with that status and body. */
function failing(statusCode: number | undefined, parsedBody?: unknown) {
  const { fake } = setUp(fakeWorld())
  const refuse: AppServiceLike['webApps']['createOrUpdateHostNameBinding'] = async (
    _group,
    _name,
    _host,
    _body,
    options,
  ) => {
    if (statusCode !== undefined) options?.onResponse?.({ status: statusCode, parsedBody })
    throw rest(statusCode)
  }
  const client = { ...fake.client, webApps: { ...fake.client.webApps, createOrUpdateHostNameBinding: refuse } }
  return appServiceSite({ client, resourceGroup: 'local', name: 'orders' })
}

const binding = { recordType: 'CName', sslState: 'Disabled' } as const
const busy = 'Cannot modify this site because another operation is in progress.'

for (const [status, body, code, retryable, says] of [
  [
    400,
    { Code: 'BadRequest', Message: 'A TXT record pointing from asuid.a to F0 was not found.' },
    'DNS_HOST_NAME_UNVERIFIED',
    true,
    /asuid\.a/,
  ],
  [409, { Code: 'Conflict', Message: busy }, 'DNS_UNAVAILABLE', true, /another operation/],
  [409, { Code: 'Conflict', Message: 'already bound' }, 'DNS_CHANGE_REJECTED', false, /already bound/],
  [
    404,
    { Code: 'NotFound', Message: 'Cannot find Certificate with name F0.' },
    'DNS_CHANGE_REJECTED',
    false,
    /Cannot find Certificate/,
  ],
  [
    403,
    { error: { code: 'AuthorizationFailed', message: 'no permission' } },
    'DNS_NOT_AUTHORIZED',
    false,
    /no permission/,
  ],
  [401, undefined, 'DNS_NOT_AUTHORIZED', false, /401/],
  [429, undefined, 'DNS_UNAVAILABLE', true, /busy/],
  [500, undefined, 'DNS_UNAVAILABLE', true, /busy/],
  [undefined, undefined, 'DNS_UNAVAILABLE', true, /no answer/],
] as const) {
  test(`${status} ${JSON.stringify(body)} is ${code}`, async () => {
    const bound = failing(status, body).bind(hostName, binding, {
      signal: new AbortController().signal,
      fence: () => {},
    })

    await expect(bound).rejects.toMatchObject({ code, retryable, message: expect.stringMatching(says) })
  })
}

test('an app that is not there, and one that tells no verification id, are told', async () => {
  const { fake } = setUp(fakeWorld())
  const mute = { ...fake.client, webApps: { ...fake.client.webApps, get: async () => ({ location: 'westeurope' }) } }

  for (const [client, name] of [
    [fake.client, 'gone'],
    [mute, 'orders'],
  ] as const) {
    const facts = appServiceSite({ client, resourceGroup: 'local', name }).facts()
    await expect(facts).rejects.toMatchObject({ code: 'DNS_SITE_NOT_FOUND' })
  }
})

const context = (world: ReturnType<typeof fakeWorld>) => ({
  clock: world.clock,
  signal: world.signal,
  key: '',
  fence: () => {},
  report: () => {},
})

for (const [what, hostNames, days, status] of [
  ['for the name itself', [hostName], 90, 'pass'],
  ['for its wildcard', ['*.EXAMPLE.com'], 90, 'pass'],
  ['for a wildcard above', ['*.com'], 90, 'fail'],
  ['for a wildcard below', ['*.api.example.com'], 90, 'fail'],
  ['for another name', ['shop.example.com'], 90, 'fail'],
  ['for no name', [], 90, 'fail'],
  ['that expires too soon', [hostName], 6, 'fail'],
  ['that has expired', [hostName], -1, 'fail'],
] as const) {
  test(`a certificate ${what}: ${status}`, async () => {
    const world = fakeWorld()
    const { fake, site } = setUp(world, { vault: vaulted(world, hostNames, days) })
    const { keyVaultId, secretName: keyVaultSecretName } = certificate
    fake.editBehind(({ certificates }) => certificates.take({ name: 'mine', keyVaultId, keyVaultSecretName }))

    const answer = await certificateCovers(site, 'mine', { hostName, validFor: '7d' }).run(context(world))

    expect(answer.status).toBe(status)
  })
}

test('a certificate that is not there, and one of which nobody tells when it expires: undecided', async () => {
  const world = fakeWorld()
  const { site } = setUp(world)
  const endless = {
    ...site,
    certificate: async () => ({ keyVaultId: '', secretName: '', thumbprint: '', hostNames: [hostName] }),
  }

  for (const each of [site, endless]) {
    const check = certificateCovers(each, 'mine', { hostName, validFor: '7d' })
    expect((await check.run(context(world))).status).toBe('undecided')
  }
})
