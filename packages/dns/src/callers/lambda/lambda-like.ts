interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** What is asked of a function's configuration. */
export interface ConfigurationLike {
  readonly RevisionId?: string | undefined
  readonly Timeout?: number | undefined
  /** Successful, InProgress or Failed. */
  readonly LastUpdateStatus?: string | undefined
  readonly LastUpdateStatusReasonCode?: string | undefined
  readonly Environment?:
    | {
        readonly Variables?: Readonly<Record<string, string>> | undefined
        /** Instead of the variables, when they could not be decrypted. */
        readonly Error?: { readonly ErrorCode?: string | undefined } | undefined
      }
    | undefined
}

/** The calls that this adapter makes. `new Lambda(...)` of `@aws-sdk/client-lambda` fits as it is. */
export interface LambdaLike {
  getFunctionConfiguration(input: { FunctionName: string }, options?: SendOptions): Promise<ConfigurationLike>
  updateFunctionConfiguration(
    input: { FunctionName: string; RevisionId?: string; Environment: { Variables: Record<string, string> } },
    options?: SendOptions,
  ): Promise<ConfigurationLike>
}

/** Says in the compiler's message what to pass instead of a `LambdaClient`. */
export type AggregatedLambda<Client> = Client extends LambdaLike
  ? Client
  : Client extends { send: unknown }
    ? 'Pass new Lambda(...): a LambdaClient has only send()'
    : LambdaLike
