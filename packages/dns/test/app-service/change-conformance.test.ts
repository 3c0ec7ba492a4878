import { changeConformance, type ChangeConformanceOptions } from '@cutover/core/testing'
import { bindHost, enableSni, takeCertificate } from '@cutover/dns/app-service'
import { test } from 'vitest'

import { api, certificate, hostName, keyVaultId, privateKey, setUp, vaulted, verificationId } from './setting.ts'

const asuid = { name: `asuid.${hostName}`, type: 'TXT', ttlSeconds: 300, values: [verificationId] } as const
const thumbprint = 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334'
const unbound = {
  hostName,
  hostNameType: 'Verified',
  customHostNameDnsRecordType: 'CName',
  sslState: 'Disabled',
} as const

// App Service compares nothing.
const cas = false

const subjects: Readonly<Record<string, ChangeConformanceOptions['setUp']>> = {
  'the binding of a host name': (world) => {
    const { fake, site } = setUp(world, { records: [api, asuid] })
    const theirs = { ...unbound, customHostNameDnsRecordType: 'A' } as const
    return {
      change: () => bindHost(site, hostName, 'CName'),
      editBehind: () => fake.editBehind(({ hostNames }) => hostNames.put(theirs)),
      cas,
    }
  },
  'a certificate from a Key Vault': (world) => {
    const other = { [`${keyVaultId}/other`]: { ...vaulted(world)[`${keyVaultId}/wildcard`], thumbprint: 'FF' } }
    const { fake, site } = setUp(world, { vault: { ...vaulted(world), ...other } })
    const theirs = { name: 'shop-wildcard', keyVaultId, keyVaultSecretName: 'other' }
    return {
      change: () => takeCertificate(site, certificate),
      editBehind: () => fake.editBehind(({ certificates }) => certificates.take(theirs)),
      cas,
    }
  },
  'the certificate of a host name': (world) => {
    const other = { [`${keyVaultId}/other`]: { ...vaulted(world)[`${keyVaultId}/wildcard`], thumbprint: 'FF' } }
    const { fake, site } = setUp(world, { records: [api, asuid], vault: { ...vaulted(world), ...other } })
    fake.editBehind(({ hostNames, certificates }) => {
      hostNames.put(unbound)
      certificates.take({ name: 'shop-wildcard', keyVaultId, keyVaultSecretName: 'wildcard' })
      certificates.take({ name: 'shop-other', keyVaultId, keyVaultSecretName: 'other' })
    })
    return {
      change: () => enableSni(site, hostName, thumbprint),
      editBehind: () =>
        fake.editBehind(({ hostNames }) => hostNames.put({ ...unbound, sslState: 'SniEnabled', thumbprint: 'FF' })),
      cas,
    }
  },
}

for (const [subject, conditions] of Object.entries(subjects)) {
  for (const { name, run } of changeConformance({ setUp: conditions, secrets: [privateKey] })) {
    test(`${subject} ${name}`, run)
  }
}
