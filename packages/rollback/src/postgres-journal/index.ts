import { type Clock, CutoverError, knownOptions, systemClock } from '@cutover/core'

import { provenRecords, type StoredRecord } from '../chained-records.ts'
import type { Journal, JournalEntry, OpenJournal, OpenOptions } from '../journal.ts'
import { Connection, sqlState } from './connection.ts'
import { PostgresLease } from './lease.ts'
import type { PostgresLike } from './postgres-like.ts'
import { RecordWriter } from './record-writer.ts'
import { requestTable } from './request-table.ts'
import { postgresJournalTables, type Tables, tablesIn } from './tables.ts'
import { truncated } from './truncated.ts'

export { type PostgresLike } from './postgres-like.ts'
export { postgresJournalTables } from './tables.ts'

export interface PostgresJournalOptions {
  /** Where its tables are; made when they are not there. @default 'cutover' */
  readonly schema?: string | undefined
  /** After how long without a sign of life another machine may take over. @default 30_000 */
  readonly leaseMs?: number | undefined
}

/**
 * A journal in PostgreSQL, for runners and operators on several machines. Each record is one statement, committed before `append`
 * resolves; it counts only under the fence of the present holder, with the next number, after the record that this holder knows.
 * When the connection is lost in the midst of it, the same statement is sent again for a third of the lease, at most 10 s: a record
 * is never there twice, and one that was acknowledged is never gone.
 *
 * Every record waits for its flush but `outcome` and `settled`, which are flushed with the next one: a server that crashes between
 * them is given them again by the run that goes on, and to one that is dead with it they are a step in doubt, as the service knows.
 *
 * @param client a `Pool` of `pg`, or what queries like one
 * @throws CutoverError as `fileJournal`; `CUTOVER_JOURNAL_FAILED`, retryable, when the database does not answer, or does not flush
 * (`fsync = off`)
 */
export function postgresJournal(client: PostgresLike, name: string, options: PostgresJournalOptions = {}): Journal {
  if (typeof (client as Partial<PostgresLike> | undefined)?.query !== 'function')
    throw new CutoverError('CUTOVER_OPTIONS_INVALID', 'postgresJournal was given no client; wanted a Pool of `pg`')
  if (typeof name !== 'string' || name === '')
    throw new CutoverError('CUTOVER_OPTIONS_INVALID', `name is ${JSON.stringify(name)}; wanted that of the journal`)
  knownOptions(options, ['schema', 'leaseMs'], 'CUTOVER_OPTIONS_INVALID', 'postgresJournal')
  const { schema = 'cutover', leaseMs = 30_000 } = options
  const tables = tablesIn(schema)
  const location = `postgres:${schema === 'cutover' ? '' : `${schema}.`}${name}`
  const connection = new Connection(client, location, Math.min(10_000, leaseMs / 3))
  return {
    location,
    requests: requestTable(connection, tables, name),
    async read() {
      try {
        return (await recorded(connection, tables, name, systemClock)).entries
      } catch (error) {
        if (isMissing(error)) return []
        throw error
      }
    },
    async open(opening) {
      await prepare(connection, schema, opening)
      // What is no whole journal is not taken.
      await recorded(connection, tables, name, opening.clock)
      const lease = await PostgresLease.take(connection, tables, name, { ...opening, leaseMs })
      try {
        return openHeld(
          connection,
          tables,
          name,
          lease,
          opening,
          await recorded(connection, tables, name, opening.clock),
        )
      } catch (error) {
        await lease.release().catch(() => {})
        throw error
      }
    },
  }
}

type Recorded = ReturnType<typeof provenRecords>

function openHeld(
  connection: Connection,
  tables: Tables,
  name: string,
  lease: PostgresLease,
  { clock }: OpenOptions,
  { entries, hashes }: Recorded,
): OpenJournal {
  const writer = new RecordWriter(connection, tables, name, lease, { clock, hashes })
  let closed = false
  return {
    fence: lease.fence,
    entries,
    get isFresh() {
      return lease.isFresh
    },
    hold: () => lease.hold(),
    renew: () => lease.renew(),
    async append(entry: JournalEntry) {
      lease.hold()
      await writer.write(entry)
      lease.hold()
    },
    async close() {
      if (closed) return
      closed = true
      await lease.release()
    },
  }
}

async function recorded(
  connection: Connection,
  { journal, record }: Tables,
  name: string,
  clock: Clock,
): Promise<Recorded> {
  // One statement is one snapshot, also while another appends.
  const rows = await connection.insist(
    clock,
    `SELECT j.records, j.hash AS head, r.seq, r.body, r.hash FROM ${journal} j LEFT JOIN ${record} r ON r.journal = j.name
     WHERE j.name = $1 ORDER BY r.seq`,
    [name],
  )
  const [first] = rows
  const stored = rows.filter(({ seq }) => seq !== null) as unknown as StoredRecord[]
  const proven = provenRecords(stored, connection.location, broken)
  const known = Number(first?.['records'] ?? 0)
  if (stored.length < known) throw truncated(connection.location, stored.length, known)
  if (first && (proven.hashes.at(-1) ?? '') !== first['head'])
    throw broken(connection.location, 'its last record is not the one that was acknowledged')
  return proven
}

/** Makes the tables where they are not, and refuses a server that loses what it has acknowledged. */
async function prepare(connection: Connection, schema: string, { clock }: OpenOptions): Promise<void> {
  const { journal, request } = tablesIn(schema)
  const [found] = await connection.insist(
    clock,
    `SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL AS made, current_setting('fsync') AS fsync`,
    [journal, request],
  )
  if (found?.['fsync'] === 'off') {
    throw new CutoverError(
      'CUTOVER_JOURNAL_FAILED',
      `REFUSED: the server of ${connection.location} runs with fsync = off: what it acknowledges is gone after a crash`,
      { next: 'Use a server that flushes: fsync = on.' },
    )
  }
  if (found?.['made'] === true) return
  // Of several that make them at once, some are refused (23505, 42P06, 42P07), and find them the next time.
  for (let attempt = 1; ; attempt++) {
    try {
      await connection.ask(postgresJournalTables(schema), [])
      return
    } catch (error) {
      const state = sqlState((error as Error).cause)
      if (attempt === 5 || state === undefined || !/^(23505|42P06|42P07|XX000|40P01)$/.test(state)) throw error
    }
  }
}

/** There is no such table or schema yet. */
const isMissing = (error: unknown): boolean => /^(42P01|3F000)$/.test(sqlState((error as Error).cause) ?? '')

const broken = (location: string, what: string): CutoverError =>
  new CutoverError('CUTOVER_JOURNAL_BROKEN', `REFUSED: ${location}: ${what}`, {
    next: 'Restore its tables as they were written; nothing was done.',
  })
