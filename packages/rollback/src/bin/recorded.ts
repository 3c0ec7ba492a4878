import { fileJournal } from '../file-journal/index.ts'
import { History } from '../history.ts'
import { assertBegun } from '../nothing-begun.ts'
import { type Report, reportOf } from '../report.ts'

/**
 * The report of a journal file, read without taking its lease.
 *
 * @throws CutoverError `CUTOVER_NOTHING_BEGUN` when there is none; `CUTOVER_JOURNAL_BROKEN`.
 */
export async function recorded(path: string): Promise<Report> {
  const journal = fileJournal(path)
  await assertBegun(journal)
  const history = new History(await journal.read())
  return reportOf(history, path)
}
