import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import { CutoverError, isCutoverError } from '@cutover/core'

/** `CTOV`: by it a database is known as a journal (PRAGMA application_id, sqlite.org/pragma.html). */
const applicationId = 0x43_54_4f_56

const layout = `
  BEGIN IMMEDIATE;
  CREATE TABLE IF NOT EXISTS record (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS writer (one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT NOT NULL) STRICT;
  INSERT OR IGNORE INTO writer VALUES (1, '');
  PRAGMA application_id = ${applicationId};
  COMMIT;
`

/** Opens it to read; `undefined` when nothing was written yet. What is no journal is not touched. */
export function databaseToRead(path: string): DatabaseSync | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  const database = connected(path, true)
  if (!isNew(database)) return database
  database.close()
  return undefined
}

/** Opens it to write, and makes it first when it is not there. Each commit is flushed (WAL, synchronous FULL). */
export function databaseToWrite(path: string): DatabaseSync {
  const database = connected(path, false)
  try {
    database.exec('PRAGMA synchronous = FULL')
    if (isNew(database)) database.exec(layout)
    database.exec('PRAGMA journal_mode = WAL')
    return database
  } catch (error) {
    database.close()
    throw explained(path, error)
  }
}

function connected(path: string, readOnly: boolean): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly })
    // What another process holds, it holds for one record.
    database.exec('PRAGMA busy_timeout = 5000')
    if (!isNew(database) && idOf(database) !== applicationId) throw broken(path, 'this is no journal')
    return database
  } catch (error) {
    database?.close()
    throw explained(path, error)
  }
}

const idOf = (database: DatabaseSync): unknown => database.prepare('PRAGMA application_id').get()?.['application_id']

/** As SQLite makes it before the first commit. */
const isNew = (database: DatabaseSync): boolean =>
  idOf(database) === 0 && database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined

/** What SQLite says, in our words. Its result codes: sqlite.org/rescode.html. */
export function explained(path: string, error: unknown): unknown {
  if (isCutoverError(error)) return error
  const { errcode = 0, message } = error as Error & { readonly errcode?: number }
  // The low byte is the primary code: 11 is CORRUPT, 26 is NOTADB.
  const primary = errcode & 0xff
  if (primary === 11 || primary === 26) return broken(path, message, error)
  return new CutoverError('CUTOVER_JOURNAL_FAILED', `${path} could not be written or read: ${message}`, {
    cause: error,
    retryable: true,
    next: 'See to it that the file and its directory can be written, then run it again: it goes on where it was.',
  })
}

export const broken = (path: string, what: string, cause?: unknown): CutoverError =>
  new CutoverError('CUTOVER_JOURNAL_BROKEN', `REFUSED: ${path}: ${what}`, {
    cause,
    next: 'Restore the file as it was written, together with its `-wal`; nothing was done.',
  })
