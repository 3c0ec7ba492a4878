interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** What is asked of a parameter. */
export interface ParameterLike {
  readonly Type?: string | undefined
  readonly Value?: string | undefined
  readonly Version?: number | undefined
  readonly DataType?: string | undefined
}

/** What a parameter has beside its value; a write that leaves it out may reset it. */
export interface ParameterMetadataLike {
  readonly Name?: string | undefined
  readonly Type?: string | undefined
  readonly Description?: string | undefined
  readonly AllowedPattern?: string | undefined
  readonly Tier?: 'Standard' | 'Advanced' | 'Intelligent-Tiering' | undefined
  readonly Policies?: readonly { readonly PolicyText?: string | undefined }[] | undefined
}

export interface PutParameterInput {
  Name: string
  Value: string
  Type: 'String'
  Overwrite: true
  DataType?: string
  Description?: string
  AllowedPattern?: string
  Tier?: 'Standard' | 'Advanced' | 'Intelligent-Tiering'
  Policies?: string
}

/** The calls that this adapter makes. `new SSM(...)` of `@aws-sdk/client-ssm` fits as it is. */
export interface SsmLike {
  /** Never with decryption. */
  getParameter(
    input: { Name: string },
    options?: SendOptions,
  ): Promise<{ readonly Parameter?: ParameterLike | undefined }>
  describeParameters(
    input: { ParameterFilters: { Key: 'Name'; Option: 'Equals'; Values: string[] }[] },
    options?: SendOptions,
  ): Promise<{ readonly Parameters?: readonly ParameterMetadataLike[] | undefined }>
  putParameter(input: PutParameterInput, options?: SendOptions): Promise<{ readonly Version?: number | undefined }>
}

/** Says in the compiler's message what to pass instead of an `SSMClient`. */
export type AggregatedSsm<Client> = Client extends SsmLike
  ? Client
  : Client extends { send: unknown }
    ? 'Pass new SSM(...): an SSMClient has only send()'
    : SsmLike
