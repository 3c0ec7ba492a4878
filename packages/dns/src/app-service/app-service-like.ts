export interface SendOptions {
  readonly abortSignal?: AbortSignal
  /** Told what was answered also where the SDK cannot read it: App Service words its errors as no SDK expects them. */
  readonly onResponse?: (response: { readonly status: number; readonly parsedBody?: unknown }) => void
}

/** What is asked of an app. */
interface SiteLike {
  readonly location?: string | undefined
  readonly serverFarmId?: string | undefined
  readonly customDomainVerificationId?: string | undefined
}

/** A name that an app answers to. */
interface BindingLike {
  readonly siteName?: string | undefined
  readonly hostNameType?: string | undefined
  readonly customHostNameDnsRecordType?: string | undefined
  readonly sslState?: string | undefined
  readonly thumbprint?: string | undefined
}

export interface BindingInput {
  siteName: string
  hostNameType: 'Verified'
  customHostNameDnsRecordType: 'CName' | 'A'
  sslState: 'Disabled' | 'SniEnabled'
  thumbprint?: string
}

/** What is asked of a certificate: nothing of its private key. */
interface CertificateLike {
  readonly keyVaultId?: string | undefined
  readonly keyVaultSecretName?: string | undefined
  readonly thumbprint?: string | undefined
  readonly issuer?: string | undefined
  readonly hostNames?: readonly string[] | undefined
  readonly expirationDate?: Date | undefined
}

export interface CertificateInput {
  location: string
  keyVaultId: string
  keyVaultSecretName: string
  serverFarmId?: string
}

/** The calls that this adapter makes. `new WebSiteManagementClient(...)` of `@azure/arm-appservice` fits as it is. */
export interface AppServiceLike {
  readonly webApps: {
    get(resourceGroup: string, name: string, options?: SendOptions): Promise<SiteLike>
    getHostNameBinding(
      resourceGroup: string,
      name: string,
      hostName: string,
      options?: SendOptions,
    ): Promise<BindingLike>
    /** Replaces all that the binding has. */
    createOrUpdateHostNameBinding(
      resourceGroup: string,
      name: string,
      hostName: string,
      binding: BindingInput,
      options?: SendOptions,
    ): Promise<unknown>
    deleteHostNameBinding(
      resourceGroup: string,
      name: string,
      hostName: string,
      options?: SendOptions,
    ): Promise<unknown>
  }
  readonly certificates: {
    get(resourceGroup: string, name: string, options?: SendOptions): Promise<CertificateLike>
    createOrUpdate(
      resourceGroup: string,
      name: string,
      certificate: CertificateInput,
      options?: SendOptions,
    ): Promise<unknown>
    delete(resourceGroup: string, name: string, options?: SendOptions): Promise<unknown>
  }
}
