import { type Change, CutoverError, defineChange } from '@cutover/core'

import type { AppServiceErrorCode } from './app-service-error.ts'
import type { AppServiceSite, SiteCertificate } from './app-service-site.ts'

export interface KeyVaultCertificate {
  /** Resource id of the vault: `/subscriptions/…/providers/Microsoft.KeyVault/vaults/shop`. */
  readonly keyVaultId: string
  /** The certificate's name in the vault. */
  readonly secretName: string
  /** Its name at App Service. @default `<vault>-<secretName>`, as the portal names it */
  readonly name?: string | undefined
}

export const certificateName = ({ keyVaultId, secretName, name }: KeyVaultCertificate): string =>
  name ?? `${keyVaultId.slice(keyVaultId.lastIndexOf('/') + 1)}-${secretName}`

/**
 * Lets App Service take a certificate from a Key Vault, and renew it from there. Undone, it is removed again, unless it was there
 * before. The private key goes from the vault to App Service, and is never read here.
 */
export function takeCertificate(
  site: AppServiceSite,
  from: KeyVaultCertificate,
): Change<SiteCertificate | null, SiteCertificate, SiteCertificate> {
  const { resourceGroup, lateMs } = site
  const { keyVaultId, secretName } = from
  const name = certificateName(from)
  const isFromThere = (found: SiteCertificate): boolean =>
    found.keyVaultId.toLowerCase() === keyVaultId.toLowerCase() &&
    found.secretName.toLowerCase() === secretName.toLowerCase()
  const look = `az webapp config ssl show --resource-group ${resourceGroup} --certificate-name ${name}`
  const foreign = (found: SiteCertificate): CutoverError =>
    new CutoverError(
      'DNS_BINDING_FOREIGN' satisfies AppServiceErrorCode,
      `certificate ${name} comes from ${found.secretName || 'an upload'}, not from ${secretName} of ${keyVaultId}; it stays as it is`,
      { next: `Choose another name, or look: ${look}` },
    )
  return defineChange({
    id: `dns:take-certificate:${resourceGroup}/${name}`,
    subject: `app-service:${resourceGroup}/certificates/${name}`,
    title: `Take certificate ${name} from Key Vault`,
    intent: { keyVaultId, secretName },
    lateMs,
    permissions: [
      'Microsoft.Web/sites/read',
      ...['read', 'write', 'delete'].map((what) => `Microsoft.Web/certificates/${what}`),
      'Microsoft.Web/serverFarms/join/action',
    ],
    async capture({ signal }): Promise<SiteCertificate | null> {
      const found = await site.certificate(name, { signal })
      if (found && !isFromThere(found)) throw foreign(found)
      return found ?? null
    },
    async probe(before, { signal }) {
      const found = await site.certificate(name, { signal })
      if (found) return isFromThere(found) ? { is: 'applied', seen: found } : { is: 'foreign', found }
      return before === null ? { is: 'absent' } : { is: 'foreign', found: `certificate ${name} was removed` }
    },
    async apply(before, context) {
      const found = await site.certificate(name, context)
      if (found || before !== null) return undefined
      const { location, serverFarmId } = await site.facts(context)
      const input = {
        location,
        keyVaultId,
        keyVaultSecretName: secretName,
        ...(serverFarmId !== undefined && { serverFarmId }),
      }
      return site.takeCertificate(name, input, context)
    },
    async revert(before, context) {
      const found = await site.certificate(name, context)
      if (!found || before !== null) return undefined
      if (!isFromThere(found)) throw foreign(found)
      return site.removeCertificate(name, context)
    },
    estimate: () => ({ applyMs: 30_000, revertMs: 30_000 }),
    byHand: () => ({
      apply: [
        `az webapp config ssl import --resource-group ${resourceGroup} --name ${site.name} --key-vault ${keyVaultId} --key-vault-certificate-name ${secretName} --certificate-name ${name}`,
      ],
      revert: [
        `az resource delete --resource-group ${resourceGroup} --resource-type Microsoft.Web/certificates --name ${name}`,
      ],
      look: [look],
    }),
  })
}
