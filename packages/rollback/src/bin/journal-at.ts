import { open } from 'node:fs/promises'

import { CutoverError } from '@cutover/core'

import { fileJournal } from '../file-journal/index.ts'
import type { Journal } from '../journal.ts'
import { sqliteJournal } from '../sqlite-journal/index.ts'

/** The first bytes of every SQLite database (https://www.sqlite.org/fileformat.html, 1.3.1). */
const sqlite = 'SQLite format 3\0'

/** The journal of a path, of whichever kind it is: what is in the file says so, not its name. */
export async function journalAt(path: string): Promise<Journal> {
  if (/^postgres(ql)?:/.test(path)) {
    throw new CutoverError('CUTOVER_USAGE', 'a journal in PostgreSQL has no path that this command could open', {
      next: 'Call pause(), answer(), watch() and the others with postgresJournal(…) instead.',
    })
  }
  return (await beginsWith(path, sqlite)) ? sqliteJournal(path) : fileJournal(path)
}

async function beginsWith(path: string, wanted: string): Promise<boolean> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer } = await file.read(Buffer.alloc(wanted.length), 0, wanted.length, 0)
      return buffer.toString('latin1') === wanted
    } finally {
      await file.close()
    }
  } catch {
    // What cannot be read is refused by the journal itself, which says why.
    return false
  }
}
