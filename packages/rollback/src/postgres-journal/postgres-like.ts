/**
 * The one method of `pg` that is called. Pass a `Pool`: after a lost connection it makes another; a `Client` ends with its own, and
 * the run with it. Give the pool a listener for `error`, or Node ends the process when an idle connection is lost.
 */
export interface PostgresLike {
  // oxlint-disable-next-line typescript/no-explicit-any -- as `pg` declares it
  query(text: string, values?: any[]): Promise<{ readonly rows: any[] }>
}
