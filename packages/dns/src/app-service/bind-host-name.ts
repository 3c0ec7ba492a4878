import { defineProcedure, type Duration, durationMs, knownOptions, type Procedure, type Steps } from '@cutover/core'

import { createRecord } from '../create-record.ts'
import { checkedRecord, type DnsRecord, dnsRecord } from '../dns-record.ts'
import { dnsTtl } from '../dns-ttl.ts'
import type { AnyRecordSet } from '../dns-zone.ts'
import { refuseOption } from '../option-error.ts'
import { repoint } from '../repoint.ts'
import type { AppServiceSite } from './app-service-site.ts'
import { bindHost } from './bind-host.ts'
import { certificateCovers } from './certificate-covers.ts'
import { enableSni } from './enable-sni.ts'
import { certificateName, type KeyVaultCertificate, takeCertificate } from './take-certificate.ts'

export interface BindHostNameOptions {
  /** The name that clients ask for, with the zone in which the TXT record `asuid.<name>` is to stand. It is not changed. */
  readonly record: DnsRecord
  /** From a Key Vault. Without one, clients that speak TLS get no certificate for the name. @default none */
  readonly certificate?: KeyVaultCertificate | undefined
  /** How long the certificate has to be good from now on. @default '7d' */
  readonly validFor?: Duration | undefined
  /** Of the TXT record. @default 300 */
  readonly ttlSeconds?: number | undefined
}

const bindHostNameOptions: readonly (keyof BindHostNameOptions)[] = ['record', 'certificate', 'validFor', 'ttlSeconds']

export interface HostNameBound {
  readonly hostName: string
  readonly thumbprint?: string | undefined
  /** When the certificate expires, epoch milliseconds. */
  readonly expiresAt?: number | undefined
}

/**
 * Lets an App Service or Functions app answer to a host name *before* the name points to it: the TXT record `asuid.<name>`, the
 * host name's binding, the certificate from a Key Vault, and its use for that name (SNI), each a change of its own. Rolled back,
 * only what these made is removed; the record of the name itself is never touched.
 *
 * A managed certificate of App Service cannot do this: it is issued over the name, so only after clients have been sent there.
 * Where the name is answered by a wildcard alone, the TXT record would take that answer away; then it is refused before anything
 * is written (`DNS_WILDCARD_SHADOWED`). A TXT record that is there already gets the app's id beside what it says.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`, `DNS_TTL_INVALID` at once; its steps as `AppServiceErrorCode` and `DnsErrorCode` say.
 * @see https://learn.microsoft.com/azure/app-service/app-service-web-tutorial-custom-domain
 */
export function bindHostName(site: AppServiceSite, options: BindHostNameOptions): Procedure<HostNameBound> {
  knownOptions(options, bindHostNameOptions, 'DNS_OPTION_INVALID', 'bindHostName')
  const { certificate, validFor = '7d', ttlSeconds = 300 } = options
  const { zone, name: hostName, type } = checkedRecord(options.record)
  if (typeof (Object(site) as Partial<AppServiceSite>).bind !== 'function') {
    refuseOption('site', site, 'what appServiceSite(…) answers')
  }
  if (certificate !== undefined) checkCertificate(certificate)
  durationMs(validFor, 'validFor')
  dnsTtl(ttlSeconds)
  // Of *.example.com the record is asuid.example.com.
  const asuid = dnsRecord(zone, `asuid.${hostName.replace(/^\*\./, '')}`, 'TXT')

  const verify = async (steps: Steps): Promise<void> => {
    const { signal } = steps
    const id = await steps.value('verification id', async () => (await site.facts({ signal })).verificationId)
    const said = await steps.value('texts of asuid', async () =>
      textsOf((await zone.find(asuid.name, 'TXT', { signal }))?.set),
    )
    if (said === null) await steps.apply(createRecord(asuid, { values: id, ttlSeconds }))
    else if (!said.includes(id)) await steps.apply(repoint(asuid, { to: [...said, id], from: said }))
  }
  return defineProcedure({
    id: `dns:bind-host-name:${site.name}/${hostName}`,
    title: `Let ${site.name} answer to ${hostName}`,
    async steps(steps): Promise<HostNameBound> {
      await verify(steps)
      await steps.apply(bindHost(site, hostName, type === 'A' || type === 'AAAA' ? 'A' : 'CName'))
      if (certificate === undefined) return { hostName }
      const { thumbprint, expiresAt } = await steps.apply(takeCertificate(site, certificate))
      await steps.require(certificateCovers(site, certificateName(certificate), { hostName, validFor }))
      await steps.apply(enableSni(site, hostName, thumbprint))
      return { hostName, thumbprint, ...(expiresAt !== undefined && { expiresAt }) }
    },
  })
}

const textsOf = (set: AnyRecordSet | undefined): readonly string[] | null =>
  set !== undefined && set.kind === undefined ? set.values : null

function checkCertificate({ keyVaultId, secretName, name }: KeyVaultCertificate): void {
  const vault = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[\w-]+$/i
  if (typeof keyVaultId !== 'string' || !vault.test(keyVaultId)) {
    refuseOption('certificate.keyVaultId', keyVaultId, "a vault's resource id: /subscriptions/…/vaults/shop")
  }
  if (typeof secretName !== 'string' || !/^[\w-]+$/.test(secretName)) {
    refuseOption('certificate.secretName', secretName, "the certificate's name in the vault")
  }
  if (name !== undefined && !/^[\w.-]+$/.test(name)) refuseOption('certificate.name', name, 'a name')
}
