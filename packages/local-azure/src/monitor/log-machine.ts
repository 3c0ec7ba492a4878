/** What a query of logs amounts to. */
export interface LogTable {
  readonly columns: readonly {
    readonly name: string
    readonly type:
      | 'bool'
      | 'datetime'
      | 'dynamic'
      | 'int'
      | 'long'
      | 'real'
      | 'string'
      | 'guid'
      | 'decimal'
      | 'timespan'
  }[]
  readonly rows: readonly (readonly unknown[])[]
  /** Not all of it could be had: the service answers 200, and says so beside the rows. */
  readonly partial?: { readonly code: string; readonly message: string } | undefined
}

/** One Log Analytics workspace. */
export interface LogMachine {
  /** A GUID. */
  readonly workspaceId: string
  /** Resources whose own logs it holds: they can be asked without the workspace. @default none */
  readonly resourceIds?: readonly string[] | undefined
  /**
   * Runs a query over what was logged from `from` to before `to`, epoch milliseconds; without a time span over all.
   *
   * A refusal is an error with `statusCode` and `code`, such as 400 and `BadArgumentError`.
   */
  query(kql: string, timespan: { readonly from: number; readonly to: number } | undefined): LogTable
}
