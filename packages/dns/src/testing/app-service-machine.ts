import type { BindingInput } from '../app-service/index.ts'

/** A certificate as a Key Vault has it. */
export interface VaultCertificate {
  readonly thumbprint: string
  readonly hostNames: readonly string[]
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly issuer?: string | undefined
  /** What the service could answer of its private key. */
  readonly pfxBlob?: string | undefined
}

export interface AppServiceMachineOptions {
  /** The app's name. */
  readonly name: string
  /** What a TXT record `asuid.<host name>` says, as the service's own resolver sees it. */
  texts(name: string): readonly string[]
  /** Certificates by `<vault's resource id>/<name>`, in any case. @default none */
  readonly vault?: Readonly<Record<string, VaultCertificate>> | undefined
  /** Host names that other apps have. @default none */
  readonly taken?: readonly string[] | undefined
  /** @default 64 hexadecimal digits */
  readonly verificationId?: string | undefined
}

interface Binding {
  readonly hostName: string
  readonly siteName: string
  readonly hostNameType: 'Verified' | 'Managed'
  readonly customHostNameDnsRecordType?: 'CName' | 'A' | undefined
  readonly sslState: 'Disabled' | 'SniEnabled'
  readonly thumbprint?: string | undefined
}

interface Taken {
  readonly name: string
  readonly keyVaultId: string
  readonly keyVaultSecretName: string
  readonly serverFarmId?: string | undefined
}

/** What App Service says when it refuses; a local server says it in the service's own words. */
export function appServiceRefusal(
  statusCode: number,
  code: string,
  extendedCode: string,
  template: string,
  ...parameters: readonly string[]
): Error {
  const message = template.replaceAll(/\{(\d+)\}/g, (_, at: string) => parameters[Number(at)] ?? '')
  return Object.assign(new Error(message), { statusCode, code, extendedCode, template, parameters })
}

/**
 * The host names and certificates of one app, as a state machine: as strict as App Service. A name is taken once its `asuid` TXT
 * record is seen, and by one app only; a certificate is shown only for names that it is for, and not removed while it is.
 */
export interface AppServiceMachine {
  readonly name: string
  readonly location: string
  readonly serverFarmId: string
  readonly customDomainVerificationId: string
  readonly hostNames: {
    list(): readonly Binding[]
    put(binding: Omit<Binding, 'siteName'> & Partial<Pick<BindingInput, 'siteName'>>): void
    remove(hostName: string): void
  }
  readonly certificates: {
    list(): readonly (Taken &
      VaultCertificate & { readonly subjectName: string; readonly issuer: string; readonly issuedAt: number })[]
    take(certificate: Taken): void
    remove(name: string): void
  }
}

const plan =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/local/providers/Microsoft.Web/serverfarms/flex'

export function appServiceMachine(options: AppServiceMachineOptions): AppServiceMachine {
  const { name, texts, vault = {}, taken = [], verificationId = '0123456789abcdef'.repeat(4) } = options
  const kept = new Map(Object.entries(vault).map(([id, found]) => [id.toLowerCase(), found]))
  const bindings = new Map<string, Binding>()
  const certificates = new Map<string, Taken>()
  const inVault = ({ keyVaultId, keyVaultSecretName }: Taken): VaultCertificate | undefined =>
    kept.get(`${keyVaultId}/${keyVaultSecretName}`.toLowerCase())
  const listed = () =>
    [...certificates.values()].flatMap((certificate) => {
      const found = inVault(certificate)
      const subjectName = found?.hostNames[0] ?? ''
      return found ? [{ ...certificate, ...found, issuer: found.issuer ?? 'Example CA', issuedAt: 0, subjectName }] : []
    })

  return {
    name,
    location: 'westeurope',
    serverFarmId: plan,
    customDomainVerificationId: verificationId,
    hostNames: {
      list: () => [...bindings.values()],
      put({ hostName, hostNameType, customHostNameDnsRecordType, sslState, thumbprint }) {
        if (taken.includes(hostName)) {
          throw appServiceRefusal(409, 'Conflict', '04014', 'Hostname {0} is already bound to another site.', hostName)
        }
        const asuid = `asuid.${hostName.replace(/^\*\./, '')}`
        if (!bindings.has(hostName) && !texts(asuid).includes(verificationId)) {
          throw appServiceRefusal(
            400,
            'BadRequest',
            '04006',
            'A TXT record pointing from asuid.{0} to {1} was not found.',
            hostName,
            verificationId,
          )
        }
        if (sslState === 'SniEnabled') {
          const found = listed().find((one) => one.thumbprint.toUpperCase() === thumbprint?.toUpperCase())
          if (!found)
            throw appServiceRefusal(
              404,
              'NotFound',
              '51004',
              'Cannot find {0} with name {1}.',
              'Certificate',
              thumbprint ?? '',
            )
          if (!found.hostNames.some((pattern) => fits(pattern, hostName))) {
            const template = "The certificate with thumbprint '{0}' does not match the hostname '{1}'."
            throw appServiceRefusal(409, 'Conflict', '04030', template, thumbprint ?? '', hostName)
          }
        }
        const shown = sslState === 'SniEnabled' ? { thumbprint } : {}
        bindings.set(hostName, {
          hostName,
          siteName: name,
          hostNameType,
          customHostNameDnsRecordType,
          sslState,
          ...shown,
        })
      },
      remove: (hostName) => void bindings.delete(hostName),
    },
    certificates: {
      list: listed,
      take(certificate) {
        if (!inVault(certificate)) {
          const template =
            "The service does not have access to '{0}' Key Vault. Please make sure that you have granted necessary permissions to the service to perform the request operation."
          throw appServiceRefusal(400, 'BadRequest', '04039', template, certificate.keyVaultId)
        }
        certificates.set(certificate.name.toLowerCase(), { ...certificate })
      },
      remove(certificate) {
        const found = listed().find((one) => one.name.toLowerCase() === certificate.toLowerCase())
        const user = [...bindings.values()].find(
          (one) => one.thumbprint !== undefined && one.thumbprint === found?.thumbprint,
        )
        if (user) {
          const template = 'Cannot remove certificate with thumbprint {0} because it is used for hostname {1}.'
          throw appServiceRefusal(409, 'Conflict', '04070', template, user.thumbprint ?? '', user.hostName)
        }
        certificates.delete(certificate.toLowerCase())
      },
    },
  }
}

function fits(pattern: string, hostName: string): boolean {
  return (
    pattern === hostName || (pattern.startsWith('*.') && hostName.slice(hostName.indexOf('.')) === pattern.slice(1))
  )
}
