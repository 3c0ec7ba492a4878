import type { CallOptions, WriteOptions } from './call-options.ts'

export interface LedgerWrite {
  readonly scope: string
  readonly key: string
  /** JSON data; `undefined` forgets. */
  readonly value: unknown
  /** Written only if this is there now, else `SYNC_LEDGER_CONFLICT` and nothing of the batch is written. */
  readonly expected?: { readonly value: unknown } | undefined
}

/** The port: a small durable memory of JSON values. What was written has survived a crash when `write` resolves. */
export interface Ledger {
  readonly id: string
  /** How long an unanswered write may still take effect, in milliseconds. */
  readonly lateMs: number
  get(scope: string, key: string, options?: CallOptions): Promise<unknown>
  /** All or nothing of the batch. */
  write(writes: readonly LedgerWrite[], options?: WriteOptions): Promise<void>
  /** All of a scope, in the order of writing. */
  entries(scope: string, options?: CallOptions): Promise<readonly (readonly [key: string, value: unknown])[]>
}
