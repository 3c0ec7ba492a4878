import type { FakeWorld } from '@cutover/core/testing'

import { LedgerIndex } from '../ledger-index.ts'
import type { Ledger, LedgerWrite } from '../ledger.ts'

export interface InMemoryLedger extends Ledger {
  /** All values of a scope; a copy. */
  values(scope: string): Readonly<Record<string, unknown>>
  /** Somebody else writes to it, behind our back. */
  editBehind(write: LedgerWrite): void
}

/**
 * A ledger in this world: it survives the processes of the world, and its writes meet the world's faults.
 *
 * The world watches the marks of links and transfers, as `ledger:<id>`; not what was moved, which nobody puts back.
 */
export function inMemoryLedger(
  world: FakeWorld,
  { id = 'ledger' }: { readonly id?: string | undefined } = {},
): InMemoryLedger {
  const index = new LedgerIndex()
  const values = (scope: string): Readonly<Record<string, unknown>> => Object.fromEntries(index.entries(scope))
  world.watch(`ledger:${id}`, () =>
    Object.entries(values('marks')).map(([key, mark]) => [key, { ...(mark as object), since: undefined }]),
  )
  return {
    id,
    lateMs: 0,
    values,
    editBehind: (write) => index.absorb([write]),
    get: (scope, key, { signal } = {}) => world.call(`${id}.get ${scope}`, { signal }, () => index.get(scope, key)),
    entries: (scope, { signal } = {}) => world.call(`${id}.entries ${scope}`, { signal }, () => index.entries(scope)),
    write: (writes, { signal, fence } = {}) =>
      world.call(`${id}.write ${writes[0]?.scope}`, { write: true, signal, fence }, () =>
        index.absorb(index.checked(writes)),
      ),
  }
}
