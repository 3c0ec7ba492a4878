import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

import { CutoverError, knownOptions } from '@cutover/core'

import { assertNext, provenRecords, type StoredRecord, storedRecord } from '../chained-records.ts'
import { holderOf, Lease, overtaken } from '../file-journal/lease.ts'
import { requestFile } from '../file-journal/request-file.ts'
import type { Journal, OpenJournal } from '../journal.ts'
import { broken, databaseToRead, databaseToWrite, explained } from './database.ts'

export interface SqliteJournalOptions {
  /** After how long without a sign of life another machine may take over. @default 30_000 */
  readonly leaseMs?: number | undefined
}

/**
 * A journal in a SQLite database of its own, with WAL and synchronous FULL: each record is one commit, flushed before `append`
 * resolves. What a crash tore, SQLite drops; each record carries a hash of itself and of all before, as a file journal's does, and
 * the lease (`FILE.lease.N`) and the requests (`FILE.requests`) are the same. A holder that was overtaken is refused by the
 * database itself, also when it was stopped between its last look and its write.
 *
 * Copy it together with its `-wal`: what is only there after a crash is missed as far as the lease knew of it.
 *
 * @throws CutoverError as `fileJournal`: `CUTOVER_JOURNAL_IN_USE`, `CUTOVER_JOURNAL_BROKEN`, `CUTOVER_JOURNAL_TRUNCATED`,
 * `CUTOVER_JOURNAL_FORMAT`, `CUTOVER_JOURNAL_FAILED`, `CUTOVER_FENCED`
 */
export function sqliteJournal(path: string, options: SqliteJournalOptions = {}): Journal {
  if (typeof path !== 'string' || path === '' || path.startsWith(':'))
    throw new CutoverError('CUTOVER_OPTIONS_INVALID', `sqliteJournal was given ${JSON.stringify(path)}; wanted a path`)
  knownOptions(options, ['leaseMs'], 'CUTOVER_OPTIONS_INVALID', 'sqliteJournal')
  const { leaseMs = 30_000 } = options
  const file = resolve(path)
  return {
    location: path,
    fullPath: file,
    requests: requestFile(file),
    holder: () => holderOf(file),
    read: async () => recorded(file).entries,
    async open({ clock, signal, onWaiting }) {
      const above = recorded(file).entries.at(-1)?.fence ?? 0
      const lease = await Lease.take(file, { above, leaseMs, clock, signal, onWaiting })
      try {
        return openHeld(file, path, lease)
      } catch (error) {
        await lease.release().catch(() => {})
        throw error
      }
    },
  }
}

function openHeld(file: string, path: string, lease: Lease): OpenJournal {
  const database = databaseToWrite(file)
  try {
    const token = randomUUID()
    // From here on no earlier holder's record is taken any more.
    asking(file, () => database.prepare('UPDATE writer SET token = ?').run(token))
    const { entries, hashes } = recordsIn(database, file)
    lease.assertAllThere(path, hashes)
    let hash = hashes.at(-1) ?? ''
    lease.head = hashes.length === 0 ? undefined : { records: hashes.length, hash }
    const insert = database.prepare('INSERT INTO record SELECT ?, ?, ? WHERE (SELECT token FROM writer) = ?')
    let closed = false
    return {
      fence: lease.number,
      entries,
      get isFresh() {
        return lease.isFresh
      },
      hold: () => lease.hold(),
      renew: () => lease.renew(),
      async append(entry) {
        lease.hold()
        assertNext(entry, lease.head?.records ?? 0)
        const record = storedRecord(entry, hash)
        const { changes } = asking(file, () => insert.run(entry.seq, record.body, record.hash, token))
        if (changes === 0) throw overtaken()
        hash = record.hash
        lease.head = { records: entry.seq + 1, hash }
        lease.hold()
      },
      async close() {
        if (closed) return
        closed = true
        try {
          asking(file, () => database.close())
        } finally {
          await lease.release()
        }
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}

function recorded(file: string): ReturnType<typeof recordsIn> {
  const database = databaseToRead(file)
  if (!database) return { entries: [], hashes: [] }
  try {
    return recordsIn(database, file)
  } finally {
    database.close()
  }
}

function recordsIn(database: DatabaseSync, file: string): ReturnType<typeof provenRecords> {
  const rows = asking(file, () => database.prepare('SELECT body, hash FROM record ORDER BY seq').all())
  return provenRecords(rows as unknown as StoredRecord[], file, broken)
}

function asking<T>(file: string, ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    throw explained(file, error)
  }
}
