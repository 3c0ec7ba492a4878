import { CutoverError, journalCopy, sameJson } from '@cutover/core'

import type { LedgerWrite } from './ledger.ts'

/** What a ledger has, in memory. */
export class LedgerIndex {
  readonly #scopes = new Map<string, Map<string, unknown>>()
  /** How many values it has. */
  size = 0

  get(scope: string, key: string): unknown {
    return this.#scopes.get(scope)?.get(key)
  }

  entries(scope: string): readonly (readonly [string, unknown])[] {
    return [...(this.#scopes.get(scope) ?? [])]
  }

  scopes(): readonly string[] {
    return [...this.#scopes.keys()]
  }

  /**
   * Plain copies of the writes, if each finds what it expects.
   *
   * @throws CutoverError `SYNC_LEDGER_CONFLICT`
   */
  checked(writes: readonly LedgerWrite[]): readonly LedgerWrite[] {
    return writes.map(({ scope, key, value, expected }) => {
      const found = this.get(scope, key)
      if (expected && !sameJson(found, expected.value)) {
        throw new CutoverError(
          'SYNC_LEDGER_CONFLICT',
          `${scope} ${key}: expected ${JSON.stringify(expected.value)}, found ${JSON.stringify(found)}`,
        )
      }
      return { scope, key, value: journalCopy(value, `${scope} ${key}`) }
    })
  }

  absorb(writes: readonly LedgerWrite[]): void {
    for (const { scope, key, value } of writes) {
      const values = this.#scopes.get(scope) ?? new Map<string, unknown>()
      this.#scopes.set(scope, values)
      const before = values.size
      if (value === undefined) values.delete(key)
      else values.set(key, value)
      this.size += values.size - before
    }
  }
}
