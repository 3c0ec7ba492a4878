interface QueryOptions {
  readonly abortSignal?: AbortSignal
}

export interface LogsTable {
  readonly columnDescriptors: readonly { readonly name?: string | undefined }[]
  readonly rows: readonly (readonly unknown[])[]
}

export interface LogsAnswer {
  /** `Success`, or `PartialFailure`, which is no error of the call: some rows, and why not all. */
  readonly status: string
  readonly tables?: readonly LogsTable[] | undefined
  readonly partialTables?: readonly LogsTable[] | undefined
  readonly partialError?: { readonly code?: string | undefined; readonly message?: string | undefined } | undefined
}

/** `new LogsQueryClient(credential)` of `@azure/monitor-query-logs`, or of `@azure/monitor-query` 1.x, fits as it is. */
export interface LogsQueryLike {
  queryWorkspace(
    workspaceId: string,
    query: string,
    timespan: { startTime: Date; endTime: Date },
    options?: QueryOptions,
  ): Promise<LogsAnswer>
  queryResource(
    resourceId: string,
    query: string,
    timespan: { startTime: Date; endTime: Date },
    options?: QueryOptions,
  ): Promise<LogsAnswer>
}
