import { CutoverError, isCutoverError } from '@cutover/core'
import { fakeWorld, type FakeWorld } from '@cutover/core/testing'
import { dnsRecord } from '@cutover/dns'
import { bindHost, bindHostName, type BindHostNameOptions, takeCertificate } from '@cutover/dns/app-service'
import { type Cutover, memoryJournal, runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { api, certificate, hostName, keyVaultId, privateKey, setUp, vaulted, verificationId } from './setting.ts'

const thumbprint = 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334'

/** Runs it in a cutover; `then` may fail. Answers how it ended, and what was journalled and told. */
async function run(
  world: FakeWorld,
  parts: ReturnType<typeof setUp>,
  options: Partial<BindHostNameOptions> = {},
  then: (cutover: Cutover) => Promise<void> = async () => {},
) {
  const journal = memoryJournal()
  let result: unknown
  const ended = await runCutover({ id: 'bind', journal, ...world }, async (cutover) => {
    result = await cutover.run(bindHostName(parts.site, { record: parts.record, certificate, ...options }))
    await then(cutover)
  }).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { result, ended, kept: JSON.stringify([journal.entries, world.events, ended]) }
}

const state = ({ zone, fake }: ReturnType<typeof setUp>) => ({
  records: zone.records.map(({ name, type }) => `${name} ${type}`),
  bindings: fake.machine.hostNames.list().map(({ hostName: name, sslState }) => `${name} ${sslState}`),
  certificates: fake.machine.certificates.list().map(({ name }) => name),
})

/** Everything that an error says, causes and all. */
const said = (error: unknown): string =>
  error instanceof CutoverError ? `${error.code} ${error.message} ${said(error.cause)}` : ''

test('the TXT record, the binding, the certificate and SNI are made, and the name is where it was', async () => {
  const world = fakeWorld()
  const parts = setUp(world)

  const { result, ended, kept } = await run(world, parts)

  expect(ended).toBe(undefined)
  expect(result).toEqual({ hostName, thumbprint, expiresAt: expect.any(Number) })
  expect(state(parts)).toEqual({
    records: [`${hostName} CNAME`, `asuid.${hostName} TXT`],
    bindings: [`${hostName} SniEnabled`],
    certificates: ['shop-wildcard'],
  })
  expect(parts.zone.records).toContainEqual(api)
  expect(parts.zone.records[1]).toMatchObject({ values: [verificationId] })
  expect(kept).not.toContain(privateKey)
})

test('rolled back, all of it is removed', async () => {
  const world = fakeWorld()
  const parts = setUp(world)

  const { ended } = await run(world, parts, {}, (cutover) => cutover.rollBack('changed our mind'))

  expect(isCutoverError(ended, 'CUTOVER_ROLLED_BACK')).toBe(true)
  expect(state(parts)).toEqual({ records: [`${hostName} CNAME`], bindings: [], certificates: [] })
})

test('rolled back, what was there before stays', async () => {
  const world = fakeWorld()
  const asuid = { name: `asuid.${hostName}`, type: 'TXT', ttlSeconds: 60, values: [verificationId] } as const
  const parts = setUp(world, { records: [api, asuid] })
  parts.fake.editBehind(({ hostNames, certificates }) => {
    hostNames.put({
      hostName,
      hostNameType: 'Verified',
      customHostNameDnsRecordType: 'CName',
      sslState: 'Disabled',
    })
    certificates.take({ name: 'shop-wildcard', keyVaultId, keyVaultSecretName: 'wildcard' })
  })
  const before = state(parts)

  await run(world, parts, {}, (cutover) => cutover.rollBack('changed our mind'))

  expect(state(parts)).toEqual(before)
  expect(parts.zone.records).toContainEqual(asuid)
})

test('a TXT record with the texts of others gets one more, and has them alone again', async () => {
  const world = fakeWorld()
  const asuid = { name: `asuid.${hostName}`, type: 'TXT', ttlSeconds: 60, values: ['f'.repeat(64)] } as const
  const parts = setUp(world, { records: [api, asuid] })
  let during: unknown

  await run(world, parts, {}, async (cutover) => {
    during = parts.zone.records.find(({ type }) => type === 'TXT')
    await cutover.rollBack('changed our mind')
  })

  expect(during).toEqual({ ...asuid, values: [verificationId, 'f'.repeat(64)] })
  expect(parts.zone.records).toContainEqual(asuid)
})

test('a name that only a wildcard answers is refused before anything is written', async () => {
  const world = fakeWorld()
  const parts = setUp(world, { records: [{ ...api, name: '*.example.com' }] })

  const { ended } = await run(world, parts)

  expect(said(ended)).toContain('DNS_WILDCARD_SHADOWED')
  expect(world.effects.filter(({ operation }) => !operation.startsWith('journal'))).toEqual([])
})

test('a name with a record of its own is bound although there is a wildcard', async () => {
  const world = fakeWorld()
  const parts = setUp(world, { records: [api, { ...api, name: '*.example.com' }] })

  const { ended } = await run(world, parts)

  expect(ended).toBe(undefined)
})

for (const [what, vault, code] of [
  [
    'is for other names',
    (world: FakeWorld) => vaulted(world, ['shop.example.net']),
    /is for shop\.example\.net, not for api\.example\.com/,
  ],
  ['expires in three days', (world: FakeWorld) => vaulted(world, ['*.example.com'], 3), /for another 3d/],
  ['the vault does not give', () => ({}), /does not have access to '.*' Key Vault/],
] as const) {
  test(`a certificate that ${what} is not shown, and all is removed`, async () => {
    const world = fakeWorld()
    const parts = setUp(world, { vault: vault(world) })

    const { ended } = await run(world, parts)

    expect(said(ended)).toMatch(code)
    expect(state(parts)).toEqual({ records: [`${hostName} CNAME`], bindings: [], certificates: [] })
  })
}

test('a name that another app has is told in the words of App Service', async () => {
  const world = fakeWorld()
  const parts = setUp(world, { taken: [hostName] })

  const { ended } = await run(world, parts)

  expect(said(ended)).toContain('DNS_CHANGE_REJECTED')
  expect(said(ended)).toContain(`Hostname ${hostName} is already bound to another site.`)
})

test('without a certificate the name is bound, and no more', async () => {
  const world = fakeWorld()
  const parts = setUp(world)

  const { result } = await run(world, parts, { certificate: undefined })

  expect(result).toEqual({ hostName })
  expect(state(parts).bindings).toEqual([`${hostName} Disabled`])
})

test('a name of which somebody else has shown a certificate since is not taken away', async () => {
  const world = fakeWorld()
  const parts = setUp(world)

  const { ended } = await run(world, parts, { certificate: undefined }, async (cutover) => {
    parts.fake.editBehind(({ hostNames, certificates }) => {
      certificates.take({ name: 'theirs', keyVaultId, keyVaultSecretName: 'wildcard' })
      const found = hostNames.list()[0]
      if (found) hostNames.put({ ...found, sslState: 'SniEnabled', thumbprint })
    })
    await cutover.rollBack('changed our mind')
  })

  expect(isCutoverError(ended, 'CUTOVER_PARKED')).toBe(true)
  expect(state(parts).bindings).toEqual([`${hostName} SniEnabled`])
})

test('the binding and the certificate that were there before stay, whoever reverts', async () => {
  const world = fakeWorld()
  const parts = setUp(world, {
    records: [api, { ...api, name: `asuid.${hostName}`, type: 'TXT', values: [verificationId] }],
  })
  parts.fake.editBehind(({ hostNames, certificates }) => {
    certificates.take({ name: 'shop-wildcard', keyVaultId, keyVaultSecretName: 'wildcard' })
    hostNames.put({ hostName, hostNameType: 'Verified', customHostNameDnsRecordType: 'CName', sslState: 'Disabled' })
  })
  const before = state(parts)
  const context = { ...world, clock: world.clock, signal: world.signal, key: '', fence: () => {}, report: () => {} }

  for (const change of [bindHost(parts.site, hostName, 'CName'), takeCertificate(parts.site, certificate)]) {
    await change.revert((await change.capture(context)) as never, context)
  }

  expect(before).toMatchObject({ bindings: [`${hostName} Disabled`], certificates: ['shop-wildcard'] })
  expect(state(parts)).toEqual(before)
})

test('a verification that comes too early is retryable, and says what to wait for', async () => {
  const world = fakeWorld()
  const { site } = setUp(world)
  const binding = { recordType: 'CName', sslState: 'Disabled' } as const

  const error: unknown = await site
    .bind(hostName, binding, { signal: world.signal, fence: () => {} })
    .catch((thrown: unknown) => thrown)

  expect(error).toBeInstanceOf(CutoverError)
  expect(error).toMatchObject({
    code: 'DNS_HOST_NAME_UNVERIFIED',
    retryable: true,
    next: expect.stringContaining('negative TTL'),
  })
})

test('bad input is refused at once', () => {
  const { site, record } = setUp(fakeWorld())

  expect(() => bindHostName(site, { record, certifcate: certificate } as never)).toThrow(/certifcate/)
  expect(() => bindHostName({} as never, { record })).toThrow(/site is/)
  expect(() => bindHostName(site, { record, certificate: { ...certificate, keyVaultId: 'shop' } })).toThrow(
    /keyVaultId/,
  )
  expect(() => bindHostName(site, { record: hostName as never })).toThrow(/record is/)
  expect(() =>
    bindHostName(site, { record: dnsRecord(record.zone, hostName, 'CNAME'), validFor: '7 days' as never }),
  ).toThrow(/validFor/)
})
