import { CutoverError } from '@cutover/core'

import type { CallOptions } from '../dns-zone.ts'
import { refuseOption } from '../option-error.ts'
import { type AppServiceErrorCode, asked } from './app-service-error.ts'
import type { AppServiceLike, BindingInput, CertificateInput } from './app-service-like.ts'

export interface AppServiceSiteOptions {
  /** `new WebSiteManagementClient(...)` of `@azure/arm-appservice`, with `retryOptions: { maxRetries: 0 }`: the outcome is read back. */
  readonly client: AppServiceLike
  readonly resourceGroup: string
  /** The app's name: `orders` of `orders.azurewebsites.net`. */
  readonly name: string
  /** How long an unanswered request may still take effect, in milliseconds. @default 60_000 */
  readonly lateMs?: number | undefined
}

/** What the app says of itself. */
export interface SiteFacts {
  /** What the TXT record `asuid.<host name>` has to say. It is public, and the same for all apps of a subscription. */
  readonly verificationId: string
  readonly location: string
  readonly serverFarmId?: string | undefined
}

export interface HostNameBinding {
  readonly recordType: 'CName' | 'A'
  readonly sslState: string
  readonly thumbprint?: string | undefined
}

/** A certificate without its private key, which is never asked for. */
export interface SiteCertificate {
  readonly keyVaultId: string
  readonly secretName: string
  readonly thumbprint: string
  readonly issuer?: string | undefined
  readonly hostNames: readonly string[]
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined
}

export interface SiteWriteOptions {
  readonly signal: AbortSignal
  fence(): void
}

/** One app of Azure App Service, Functions apps among them: what `bindHostName` takes first. */
export interface AppServiceSite {
  readonly name: string
  readonly resourceGroup: string
  readonly lateMs: number
  facts(options?: CallOptions): Promise<SiteFacts>
  binding(hostName: string, options?: CallOptions): Promise<HostNameBinding | undefined>
  bind(hostName: string, binding: HostNameBinding, options: SiteWriteOptions): Promise<void>
  unbind(hostName: string, options: SiteWriteOptions): Promise<void>
  certificate(name: string, options?: CallOptions): Promise<SiteCertificate | undefined>
  takeCertificate(name: string, from: CertificateInput, options: SiteWriteOptions): Promise<void>
  removeCertificate(name: string, options: SiteWriteOptions): Promise<void>
}

/**
 * Names one app; reads nothing.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`; its methods as `AppServiceErrorCode` says.
 */
export function appServiceSite(options: AppServiceSiteOptions): AppServiceSite {
  const { client, resourceGroup, name, lateMs = 60_000 } = options
  check(client, { resourceGroup, name })
  const { webApps, certificates } = client
  return {
    name,
    resourceGroup,
    lateMs,
    async facts({ signal } = {}) {
      const attempt = { what: `read app ${name}`, operation: 'Microsoft.Web/sites/read' }
      const site = await asked(attempt, signal, (send) => webApps.get(resourceGroup, name, send))
      const { customDomainVerificationId: verificationId, location = '', serverFarmId } = site ?? {}
      if (verificationId) return { verificationId, location, ...(serverFarmId !== undefined && { serverFarmId }) }
      throw new CutoverError(
        'DNS_SITE_NOT_FOUND' satisfies AppServiceErrorCode,
        site
          ? `app ${name} tells no verification id`
          : `there is no app ${name} in the resource group ${resourceGroup}`,
        { next: `Look: az webapp show --resource-group ${resourceGroup} --name ${name}` },
      )
    },
    async binding(hostName, { signal } = {}) {
      const attempt = {
        what: `read ${hostName} of app ${name}`,
        operation: 'Microsoft.Web/sites/hostNameBindings/read',
      }
      const found = await asked(attempt, signal, (send) =>
        webApps.getHostNameBinding(resourceGroup, name, hostName, send),
      )
      if (!found) return undefined
      const { customHostNameDnsRecordType, sslState = 'Disabled', thumbprint } = found
      return {
        recordType: customHostNameDnsRecordType === 'A' ? 'A' : 'CName',
        sslState,
        ...(thumbprint && { thumbprint }),
      }
    },
    async bind(hostName, { recordType, sslState, thumbprint }, { signal, fence }) {
      const attempt = {
        what: `bind ${hostName} to app ${name}`,
        operation: 'Microsoft.Web/sites/hostNameBindings/write',
        creates: true,
      }
      if (sslState !== 'Disabled' && sslState !== 'SniEnabled') {
        throw rejected(`${hostName} of app ${name} has sslState ${sslState}, which this does not write`)
      }
      const body: BindingInput = {
        siteName: name,
        hostNameType: 'Verified',
        customHostNameDnsRecordType: recordType,
        sslState,
        ...(thumbprint !== undefined && { thumbprint }),
      }
      fence()
      await asked(attempt, signal, (send) =>
        webApps.createOrUpdateHostNameBinding(resourceGroup, name, hostName, body, send),
      )
    },
    async unbind(hostName, { signal, fence }) {
      const attempt = {
        what: `unbind ${hostName} from app ${name}`,
        operation: 'Microsoft.Web/sites/hostNameBindings/delete',
      }
      fence()
      await asked(attempt, signal, (send) => webApps.deleteHostNameBinding(resourceGroup, name, hostName, send))
    },
    async certificate(certificate, { signal } = {}) {
      const attempt = { what: `read certificate ${certificate}`, operation: 'Microsoft.Web/certificates/read' }
      const found = await asked(attempt, signal, (send) => certificates.get(resourceGroup, certificate, send))
      if (!found) return undefined
      const {
        keyVaultId = '',
        keyVaultSecretName = '',
        thumbprint = '',
        issuer,
        hostNames = [],
        expirationDate,
      } = found
      return {
        keyVaultId,
        secretName: keyVaultSecretName,
        thumbprint,
        hostNames: [...hostNames],
        ...(issuer !== undefined && { issuer }),
        ...(expirationDate !== undefined && { expiresAt: expirationDate.getTime() }),
      }
    },
    async takeCertificate(certificate, from, { signal, fence }) {
      const attempt = {
        what: `take certificate ${certificate} from Key Vault`,
        operation: 'Microsoft.Web/certificates/write',
        creates: true,
      }
      fence()
      await asked(attempt, signal, (send) => certificates.createOrUpdate(resourceGroup, certificate, from, send))
    },
    async removeCertificate(certificate, { signal, fence }) {
      const attempt = { what: `remove certificate ${certificate}`, operation: 'Microsoft.Web/certificates/delete' }
      fence()
      await asked(attempt, signal, (send) => certificates.delete(resourceGroup, certificate, send))
    },
  }
}

const rejected = (text: string): CutoverError =>
  new CutoverError('DNS_CHANGE_REJECTED' satisfies AppServiceErrorCode, text)

function check(client: unknown, names: Readonly<Record<string, unknown>>): void {
  const { webApps, certificates } = Object(client) as { readonly webApps?: unknown; readonly certificates?: unknown }
  const [apps, kept] = [Object(webApps), Object(certificates)] as Partial<Record<string, unknown>>[]
  const wanted = 'new WebSiteManagementClient(...), which has webApps and certificates'
  if (typeof apps?.['createOrUpdateHostNameBinding'] !== 'function') refuseOption('client', client, wanted)
  if (typeof kept?.['createOrUpdate'] !== 'function') refuseOption('client', client, wanted)
  for (const [field, text] of Object.entries(names)) {
    if (typeof text !== 'string' || !/^[\w.()-]+$/.test(text)) refuseOption(field, text, 'a name')
  }
}
