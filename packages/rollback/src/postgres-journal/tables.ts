import { CutoverError } from '@cutover/core'

/** PostgreSQL folds what is not quoted: only names that need no quotes. */
const plainName = /^[a-z_][a-z0-9_]{0,62}$/

export interface Tables {
  readonly journal: string
  readonly record: string
  readonly request: string
}

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID` for a name that wants quotes */
export function tablesIn(schema: string): Tables {
  if (typeof schema !== 'string' || !plainName.test(schema)) {
    throw new CutoverError(
      'CUTOVER_OPTIONS_INVALID',
      `schema is ${JSON.stringify(schema)}; wanted a name of small letters, digits and _`,
    )
  }
  return { journal: `${schema}.journal`, record: `${schema}.record`, request: `${schema}.request` }
}

/**
 * The tables of all journals of a schema, as SQL, for an administrator who makes them beforehand: a journal then needs only
 * `USAGE` on the schema and `SELECT, INSERT, UPDATE` on its tables. Without them the first run makes them, and needs `CREATE` on
 * the database.
 *
 * @throws CutoverError `CUTOVER_OPTIONS_INVALID`
 */
export function postgresJournalTables(schema = 'cutover'): string {
  const { journal, record, request } = tablesIn(schema)
  return `CREATE SCHEMA IF NOT EXISTS ${schema};
CREATE TABLE IF NOT EXISTS ${journal} (
  name text PRIMARY KEY, fence bigint NOT NULL, records bigint NOT NULL, hash text NOT NULL,
  holder text NOT NULL, token text NOT NULL, lease_ms bigint NOT NULL, renewed_at timestamptz NOT NULL, released boolean NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS ${record} (
  journal text NOT NULL, seq bigint NOT NULL, body text NOT NULL, hash text NOT NULL, PRIMARY KEY (journal, seq)
);
CREATE TABLE IF NOT EXISTS ${request} (
  journal text NOT NULL, place bigint NOT NULL, id text NOT NULL UNIQUE, body text NOT NULL, PRIMARY KEY (journal, place)
);
`
}
