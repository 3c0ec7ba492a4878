import type { Clock } from '@cutover/core'

import { assertNext, type StoredRecord, storedRecord } from '../chained-records.ts'
import { chained } from '../file-journal/chained.ts'
import type { JournalEntry } from '../journal.ts'
import type { Connection, Statement } from './connection.ts'
import { moment, type PostgresLease } from './lease.ts'
import type { Tables } from './tables.ts'
import { truncated } from './truncated.ts'

interface Line extends StoredRecord {
  readonly seq: number
  /** The hash of the record before. */
  readonly previous: string
}

/** Writes the records of one holder, each as one statement and therefore one commit, after the record that this holder knows. */
export class RecordWriter {
  readonly #connection: Connection
  readonly #tables: Tables
  readonly #inserting: Statement
  readonly #name: string
  readonly #lease: PostgresLease
  readonly #clock: Clock
  #next: number
  #hash: string
  /** What the server may lose in a crash: all since the last record that waited for its flush. */
  #unflushed: readonly Line[] = []

  constructor(
    connection: Connection,
    tables: Tables,
    name: string,
    lease: PostgresLease,
    { clock, hashes }: { readonly clock: Clock; readonly hashes: readonly string[] },
  ) {
    this.#connection = connection
    this.#tables = tables
    const text = inserting(tables)
    this.#inserting = { name: `cutover append ${chained('', text).slice(0, 20)}`, text }
    this.#name = name
    this.#lease = lease
    this.#clock = clock
    this.#next = hashes.length
    this.#hash = hashes.at(-1) ?? ''
  }

  async write(entry: JournalEntry): Promise<void> {
    assertNext(entry, this.#next)
    const line = { seq: entry.seq, previous: this.#hash, ...storedRecord(entry, this.#hash) }
    const at = moment()
    const waits = !isToldByProbe(entry)
    await this.#put(line, waits)
    this.#unflushed = waits ? [] : [...this.#unflushed, line]
    this.#hash = line.hash
    this.#next += 1
    this.#lease.seen(at)
  }

  async #put(line: Line, waits: boolean): Promise<void> {
    if (await this.#insert(line, waits)) return
    const { journal, record } = this.#tables
    const [row] = await this.#connection.insist(
      this.#clock,
      `SELECT j.fence, j.records, j.hash AS head, r.hash FROM ${journal} j
       LEFT JOIN ${record} r ON r.journal = j.name AND r.seq = $2 WHERE j.name = $1`,
      [this.#name, line.seq],
    )
    // An earlier sending was taken; its answer was lost.
    if (row?.['hash'] === line.hash) return
    if (row && Number(row['fence']) !== this.#lease.fence) throw this.#lease.lost()
    const records = Number(row?.['records'] ?? 0)
    const lost = this.#unflushed.findIndex(({ seq, previous }) => seq === records && previous === row?.['head'])
    if (lost === -1) throw truncated(this.#connection.location, records, line.seq)
    // The server has crashed, and lost what it had not flushed.
    for (const each of [...this.#unflushed.slice(lost), line]) await this.#put(each, true)
  }

  /** Answers whether it was taken. */
  async #insert({ seq, previous, body, hash }: Line, waits: boolean): Promise<boolean> {
    const values = [this.#name, this.#lease.fence, seq, previous, body, hash, waits]
    return (await this.#connection.insist(this.#clock, this.#inserting, values)).length > 0
  }
}

/**
 * Without these a step is in doubt, and the service is asked what became of it. So they need not be flushed before the next record
 * is, which flushes them as well: a step waits for the disk once.
 */
const isToldByProbe = (entry: JournalEntry): boolean =>
  entry.t === 'settled' || (entry.t === 'outcome' && entry.how !== 'already')

/**
 * The row of the journal goes on, and only then there is a record. It is flushed also where the database would not wait for it;
 * `local` and stricter settings stay as they are (postgresql.org/docs/15/wal-async-commit.html).
 */
const inserting = ({ journal, record }: Tables): string => `
  WITH own AS (
    UPDATE ${journal} SET records = records + 1, hash = $6, renewed_at = clock_timestamp()
    WHERE name = $1 AND fence = $2 AND records = $3 AND hash = $4
    RETURNING CASE WHEN NOT $7 THEN set_config('synchronous_commit', 'off', true)
      WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END
  )
  INSERT INTO ${record} (journal, seq, body, hash) SELECT $1, $3, $5, $6 FROM own RETURNING 1`
