import { CutoverError } from '@cutover/core'

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

/** Where it is, so that a person finds it from any directory. */
export const placeOf = ({ location, fullPath = location }: Journal): string => fullPath
