import { CutoverError } from '@cutover/core'

import type { History } from './history.ts'
import type { Journal } from './journal.ts'

/**
 * Reads without opening, so that nothing is left where there was nothing.
 *
 * @throws CutoverError `CUTOVER_NOTHING_BEGUN`; `CUTOVER_JOURNAL_BROKEN`.
 */
export async function assertBegun(journal: Journal): Promise<void> {
  if ((await journal.read()).length > 0) return
  throw new CutoverError(
    'CUTOVER_NOTHING_BEGUN',
    `REFUSED: ${placeOf(journal)} is empty or not there: nothing has begun`,
    {
      next: 'Name the journal of the cutover, the file that its script hands to fileJournal(), with its full path.',
    },
  )
}

/**
 * A journal is of one cutover.
 *
 * @throws CutoverError `CUTOVER_JOURNAL_OF_ANOTHER`
 */
export function assertJournalOf(id: string, history: Pick<History, 'id'>, journal: Journal): void {
  if (history.id === undefined || history.id === id) return
  throw new CutoverError(
    'CUTOVER_JOURNAL_OF_ANOTHER',
    `REFUSED: ${placeOf(journal)} is the journal of ${history.id}, not of ${id}`,
    { next: `Name the journal of ${id}; for a new cutover, a file that is not there yet.` },
  )
}

/** Where it is, so that a person finds it from any directory. */
export const placeOf = ({ location, fullPath = location }: Journal): string => fullPath
