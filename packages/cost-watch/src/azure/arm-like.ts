/** `new DefaultAzureCredential()` of `@azure/identity`, and every other Azure credential, fits as it is. */
export interface CredentialLike {
  getToken(
    scopes: string | string[],
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<{ readonly token: string } | null>
}

/** `fetch` fits as it is. */
export type FetchLike = (
  url: string,
  init: {
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
    readonly signal?: AbortSignal
    readonly redirect?: 'error'
  },
) => Promise<{
  readonly status: number
  readonly headers: { get(name: string): string | null; forEach(each: (value: string, name: string) => void): void }
  text(): Promise<string>
}>

/** How Azure Resource Manager is asked where no official client sends what the service takes. */
export interface ArmOptions {
  readonly credential: CredentialLike
  readonly fetch: FetchLike
  /** @default 'https://management.azure.com' */
  readonly endpoint?: string | undefined
}
