interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** The call that is made. `new Lambda(...)` of `@aws-sdk/client-lambda` fits as it is. */
export interface LambdaSettingsLike {
  getFunctionConfiguration(
    input: { FunctionName: string; Qualifier?: string },
    options?: SendOptions,
  ): Promise<{
    readonly Environment?:
      | {
          readonly Variables?: Readonly<Record<string, string>> | undefined
          readonly Error?:
            | { readonly ErrorCode?: string | undefined; readonly Message?: string | undefined }
            | undefined
        }
      | undefined
  }>
}
