import type { CallOptions, WriteOptions } from './call-options.ts'
import { LedgerIndex } from './ledger-index.ts'
import type { Ledger, LedgerWrite } from './ledger.ts'

/** A ledger that ends with its process: for tests, and where losing the place is no loss. */
export function memoryLedger(): Ledger {
  const index = new LedgerIndex()
  return {
    id: 'memory',
    lateMs: 0,
    get: (scope, key, options?: CallOptions) => call(options, () => index.get(scope, key)),
    entries: (scope, options?: CallOptions) => call(options, () => index.entries(scope)),
    write: (writes: readonly LedgerWrite[], options) => call(options, () => index.absorb(index.checked(writes))),
  }
}

async function call<T>(options: WriteOptions | undefined, work: () => T): Promise<T> {
  options?.signal?.throwIfAborted()
  options?.fence?.()
  return work()
}
