interface SendOptions {
  readonly abortSignal?: AbortSignal
}

export interface FunctionLike {
  /** `orders/accept` */
  readonly name?: string | undefined
  readonly isDisabled?: boolean | undefined
  /** `{ bindings: [{ type, direction, … }] }` */
  readonly config?: Readonly<Record<string, unknown>> | undefined
}

/** The calls that are made. `new WebSiteManagementClient(...)` of `@azure/arm-appservice` fits as it is. */
export interface FunctionAppLike {
  readonly webApps: {
    get(
      resourceGroup: string,
      name: string,
      options?: SendOptions,
    ): Promise<{
      readonly kind?: string | undefined
      readonly reserved?: boolean | undefined
      readonly httpsOnly?: boolean | undefined
      readonly clientCertEnabled?: boolean | undefined
      readonly publicNetworkAccess?: string | undefined
      readonly enabled?: boolean | undefined
    }>
    listApplicationSettings(
      resourceGroup: string,
      name: string,
      options?: SendOptions,
    ): Promise<{ readonly properties?: Readonly<Record<string, string>> | undefined }>
    listAppSettingsKeyVaultReferences(
      resourceGroup: string,
      name: string,
      options?: SendOptions,
    ): AsyncIterable<{ readonly name?: string | undefined; readonly status?: string | undefined }>
    listFunctions(resourceGroup: string, name: string, options?: SendOptions): AsyncIterable<FunctionLike>
  }
}
