import { CutoverError } from '@cutover/core'

import { fileJournal } from '../file-journal/index.ts'
import { History } from '../history.ts'
import { type Report, reportOf } from '../report.ts'

/**
 * The report of a journal file, read without taking its lease.
 *
 * @throws CutoverError `CUTOVER_NOTHING_BEGUN` when there is none; `CUTOVER_JOURNAL_BROKEN`.
 */
export async function recorded(path: string): Promise<Report> {
  const history = new History(await fileJournal(path).read())
  if (history.next === 0) {
    throw new CutoverError('CUTOVER_NOTHING_BEGUN', `REFUSED: ${path} is empty or not there: nothing has begun`, {
      next: 'Name the journal of the cutover: the file that its script hands to fileJournal().',
    })
  }
  return reportOf(history, path)
}
