import type { Run } from './run.ts'
import { type Sheet, undoSheet } from './sheet.ts'
import { isFenced } from './standing.ts'
import { within } from './within.ts'

/** How long one page may take, in milliseconds. */
const pageMs = 5_000

/**
 * Writes the sheet, before the write that it undoes; one page after the other, so that none replaces a later one. One that cannot
 * be written, or hangs, stops nothing, and is told.
 */
export function sheetWriter(run: Run, sheet: Sheet | undefined): () => Promise<void> {
  if (sheet === undefined) return async () => {}
  let written: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    try {
      await within(run.clock, pageMs, run.writes.signal, async () =>
        sheet(run.mask.text(undoSheet(run.history, run.constructed, run.journalPlace))),
      )
    } catch (error) {
      if (isFenced(error)) throw error
      run.tell(() => ({
        kind: 'note',
        code: 'CUTOVER_SHEET_FAILED',
        data: { why: String(error) },
        text: `the sheet for undoing by hand could not be written: ${String(error)}`,
      }))
    }
  }
  return () => {
    const page = written.then(write)
    written = page.catch(() => {})
    return page
  }
}
