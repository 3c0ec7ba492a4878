export interface SendOptions {
  readonly abortSignal?: AbortSignal
  /** Told the status also where the SDK fails to read an error without a body. */
  readonly onResponse?: (response: { readonly status: number }) => void
}

/** The calls that this adapter makes. `new WebSiteManagementClient(...)` of `@azure/arm-appservice` fits as it is. */
export interface WebAppsLike {
  readonly webApps: {
    get(
      resourceGroup: string,
      name: string,
      options?: SendOptions,
    ): Promise<{ readonly enabled?: boolean | undefined; readonly state?: string | undefined }>
    listApplicationSettings(
      resourceGroup: string,
      name: string,
      options?: SendOptions,
    ): Promise<{ readonly properties?: Readonly<Record<string, string>> | undefined }>
    /** Replaces all settings, and restarts the app. */
    updateApplicationSettings(
      resourceGroup: string,
      name: string,
      settings: { properties: Record<string, string> },
      options?: SendOptions,
    ): Promise<unknown>
    syncFunctionTriggers(resourceGroup: string, name: string, options?: SendOptions): Promise<unknown>
    listFunctions(
      resourceGroup: string,
      name: string,
      options?: SendOptions,
    ): AsyncIterable<{ readonly name?: string | undefined; readonly isDisabled?: boolean | undefined }>
  }
}
