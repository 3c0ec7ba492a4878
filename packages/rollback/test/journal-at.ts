import { fileJournal, type Journal } from '@cutover/rollback'

const close = async (): Promise<void> => {}

/** A journal of that kind, for a process of its own; loads only what that kind needs. */
export async function journalAt(
  kind: string,
  location: string,
  leaseMs: number,
): Promise<{ readonly journal: Journal; close(): Promise<void> }> {
  if (kind === 'jsonl') return { journal: fileJournal(location, { leaseMs }), close }
  if (kind === 'sqlite') {
    const { sqliteJournal } = await import('@cutover/rollback/sqlite')
    return { journal: sqliteJournal(location, { leaseMs }), close }
  }
  if (kind !== 'postgres') throw new Error(`there is no kind ${kind}`)
  const [{ postgresJournal }, { Pool }] = await Promise.all([import('@cutover/rollback/postgres'), import('pg')])
  const pool = new Pool({ connectionString: location, max: 2 })
  pool.on('error', () => {})
  const name = new URL(location).searchParams.get('application_name') ?? 'twelve'
  return { journal: postgresJournal(pool, name, { leaseMs }), close: () => pool.end() }
}
