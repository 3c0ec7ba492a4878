import type { ConformanceCase } from '@cutover/core/testing'

import type { Journal } from '../journal.ts'
import { damageCases } from './damage-cases.ts'
import { holderCases } from './holder-cases.ts'
import type { JournalKind } from './journal-kind.ts'
import { recordCases } from './record-cases.ts'

interface JournalUnderTest {
  readonly kind: JournalKind
  readonly place: AsyncDisposable
  /** As another process makes it. */
  readonly journal: () => Journal
}

export type AddCase = (name: string, run: (test: JournalUnderTest) => Promise<void>) => void

/** Holds a kind of journal to what the engine rests on, whatever it is kept in; in real time, some seconds in all. */
export function journalConformance<Place extends AsyncDisposable>(
  kind: JournalKind<Place>,
): readonly ConformanceCase[] {
  const cases: ConformanceCase[] = []
  const add: AddCase = (name, run) => {
    cases.push({
      name,
      async run() {
        await using place = await kind.place()
        await run({ kind, place, journal: () => kind.journal(place) })
      },
    })
  }
  recordCases(add)
  holderCases(add)
  damageCases(add, kind)
  return cases
}
