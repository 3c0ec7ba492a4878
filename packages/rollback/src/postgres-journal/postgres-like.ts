/**
 * The one method of `pg` that is called. Pass a `Pool`: after a lost connection it makes another; a `Client` ends with its own, and
 * the run with it. Give the pool a listener for `error`, or Node ends the process when an idle connection is lost.
 */
export interface PostgresLike {
  /** With a name, the statement is kept by the connection: a pooler between must know of that (PgBouncer from 1.21 on). */
  query(statement: {
    readonly text: string
    readonly name?: string
    values: unknown[]
    // oxlint-disable-next-line typescript/no-explicit-any -- as `pg` declares it
  }): Promise<{ readonly rows: any[] }>
}
