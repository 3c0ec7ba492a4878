import { systemClock } from '@cutover/core'
import { type Journal, runCutover } from '@cutover/rollback'
import { type PostgresLike, postgresJournal, postgresJournalTables } from '@cutover/rollback/postgres'
import { journalConformance, missingPostgres, type PostgresServer, postgresServer } from '@cutover/rollback/testing'
import { Client, type Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { noMount } from '../test/journal-kinds.ts'
import { cuttingProxy } from './cutting-proxy.ts'
import { postgres, quietPool } from './postgres-kind.ts'

const missing = missingPostgres()
if (missing !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missing)
  console.warn(`skipped: ${missing}`)
}

const errorOf = (work: Promise<unknown>): Promise<{ readonly code?: string; readonly message: string }> =>
  work.then(
    () => ({ message: 'it did not fail' }),
    (error: unknown) => error as Error,
  )

describe.skipIf(missing !== undefined)('PostgreSQL', () => {
  let server: PostgresServer
  let pool: Pool
  beforeAll(async () => {
    server = await postgresServer({ wal_writer_delay: '10s' })
    pool = quietPool({ connectionString: server.url })
  })
  afterAll(async () => {
    await pool?.end()
    await server?.[Symbol.asyncDispose]()
  })

  for (const { name, run } of journalConformance(postgres(() => server, noMount === undefined))) test(`it ${name}`, run)

  const entry = (seq: number, fence: number) =>
    seq === 0
      ? ({ t: 'opened', id: 'move', format: 2, seq, fence, at: 0 } as const)
      : ({ t: 'value', step: `step ${seq}`, value: seq, seq, fence, at: 0 } as const)

  const write = async (journal: Journal, count: number): Promise<void> => {
    const opened = await journal.open({ clock: systemClock })
    for (let seq = 0; seq < count; seq++) await opened.append(entry(seq, opened.fence))
    await opened.close()
  }

  test('a holder of this machine that lives is not waited for: a second one is refused at once', async () => {
    const first = await postgresJournal(pool, 'alive').open({ clock: systemClock })
    const waits: string[] = []

    const error = await errorOf(
      postgresJournal(pool, 'alive').open({ clock: systemClock, onWaiting: (holder) => waits.push(holder) }),
    )
    await first.close()

    expect(error).toMatchObject({ code: 'CUTOVER_JOURNAL_IN_USE', retryable: true })
    expect(error.message).toContain(`process ${process.pid}, last sign of life`)
    expect(waits).toEqual([])
  })

  test('of two that have both seen it free, one takes it', async () => {
    await write(postgresJournal(pool, 'free'), 1)
    let seen = 0
    let goOn = (): void => {}
    const both = new Promise<void>((resolve) => (goOn = resolve))
    const together: PostgresLike = {
      async query(statement) {
        const answer = await pool.query(statement)
        // The first look of each: both are answered before either goes on.
        if (statement.text.includes('age_ms') && ++seen <= 2) {
          if (seen === 2) goOn()
          await both
        }
        return answer
      },
    }

    const outcomes = await Promise.allSettled(
      [0, 1].map(() => postgresJournal(together, 'free').open({ clock: systemClock })),
    )
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.close()

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CUTOVER_JOURNAL_IN_USE' },
    })
  })

  test('several journals of one schema know nothing of each other', async () => {
    await Promise.all(['a', 'b', 'c'].map((name, i) => write(postgresJournal(pool, name), i + 1)))

    const read = await Promise.all(['a', 'b', 'c', 'd'].map((name) => postgresJournal(pool, name).read()))

    expect(read.map(({ length }) => length)).toEqual([1, 2, 3, 0])
  })

  test('it names the journal and its schema, and refuses a schema that wants quotes', () => {
    expect(postgresJournal(pool, 'orders').location).toBe('postgres:orders')
    expect(postgresJournal(pool, 'orders', { schema: 'moves' }).location).toBe('postgres:moves.orders')
    expect(() => postgresJournal(pool, 'orders', { schema: 'Moves; drop' })).toThrow('schema is "Moves; drop"')
    expect(() => postgresJournal(pool, '')).toThrow('name is ""')
  })

  test('with tables made by an administrator it needs no right but to read and write them', async () => {
    await pool.query(postgresJournalTables('made'))
    await pool.query(`CREATE ROLE runner LOGIN; GRANT USAGE ON SCHEMA made TO runner;
      GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA made TO runner`)
    const asRunner = quietPool({ connectionString: server.url.replace('cutover@', 'runner@') })
    try {
      const journal = postgresJournal(asRunner, 'orders', { schema: 'made' })
      await write(journal, 3)
      await journal.requests?.send({ do: 'pause', who: 'ana', why: 'lunch' })

      expect(await journal.read()).toHaveLength(3)
      expect(
        (await errorOf(postgresJournal(asRunner, 'x', { schema: 'other' }).open({ clock: systemClock }))).message,
      ).toContain('permission denied')
    } finally {
      await asRunner.end()
    }
  })

  test('a record is flushed when it is acknowledged, also in a database that waits for none', async () => {
    const lazy = quietPool({ connectionString: `${server.url}?options=-c%20synchronous_commit%3Doff`, max: 1 })
    try {
      const opened = await postgresJournal(lazy, 'flushed').open({ clock: systemClock })
      await opened.append(entry(0, opened.fence))
      const { rows } = await pool.query('SELECT pg_current_wal_insert_lsn() <= pg_current_wal_flush_lsn() AS flushed')
      await opened.close()

      expect(rows).toEqual([{ flushed: true }])
    } finally {
      await lazy.end()
    }
  })

  test('what was acknowledged is there after the server has crashed, and the run goes on over it', async () => {
    const journal = postgresJournal(pool, 'crashed')
    const opened = await journal.open({ clock: systemClock })
    for (let seq = 0; seq < 20; seq++) await opened.append(entry(seq, opened.fence))

    const crashing = server.crash()
    await opened.append(entry(20, opened.fence))
    await crashing
    await opened.append(entry(21, opened.fence))
    await opened.close()

    expect((await journal.read()).map(({ seq }) => seq)).toEqual(Array.from({ length: 22 }, (_, seq) => seq))
  })

  /** As a server comes back that had flushed no more than that, and lost the rest. */
  const forget = async (name: string, from: number): Promise<void> => {
    await pool.query('DELETE FROM cutover.record WHERE journal = $1 AND seq >= $2', [name, from])
    await pool.query(
      `UPDATE cutover.journal SET records = $2::bigint, hash = (SELECT hash FROM cutover.record WHERE journal = $1 AND seq = $2::bigint - 1)
       WHERE name = $1`,
      [name, from],
    )
  }

  test.each([2, 3])(
    'a server that crashes before it has flushed outcome and settled is given them again (from %i)',
    async (from) => {
      const journal = postgresJournal(pool, `lazy ${from}`)
      const opened = await journal.open({ clock: systemClock })
      await opened.append(entry(0, opened.fence))
      const told = { step: 'turn', fence: opened.fence, at: 0 }
      const intent = { title: 'Turn', subject: 'switch', before: null, intent: {}, attempt: 1 }
      await opened.append({ t: 'intent', ...told, ...intent, seq: 1 })
      await opened.append({ t: 'outcome', ...told, how: 'answered', seq: 2 })
      await opened.append({ t: 'settled', ...told, seq: 3 })
      await forget(`lazy ${from}`, from)

      await opened.append(entry(4, opened.fence))
      await opened.close()

      expect((await journal.read()).map(({ t }) => t)).toEqual(['opened', 'intent', 'outcome', 'settled', 'value'])
    },
  )

  test('a server that has lost records which it had flushed, as after a failover, stops the run that wrote them', async () => {
    const journal = postgresJournal(pool, 'failed over')
    const opened = await journal.open({ clock: systemClock })
    for (let seq = 0; seq < 4; seq++) await opened.append(entry(seq, opened.fence))
    await forget('failed over', 2)

    const error = await errorOf(opened.append(entry(4, opened.fence)))
    await opened.close()

    expect(error).toMatchObject({ code: 'CUTOVER_JOURNAL_TRUNCATED' })
    expect(error.message).toContain('has 2 records, but 4 were acknowledged')
  })

  test('a connection that loses an answer without a word is given up, and the record is there once', async () => {
    await using proxy = await cuttingProxy(server.port)
    const through = quietPool({ connectionString: server.url.replace(String(server.port), String(proxy.port)) })
    try {
      const journal = postgresJournal(through, 'silent', { leaseMs: 3_000 })
      const opened = await journal.open({ clock: systemClock })
      await opened.append(entry(0, opened.fence))
      proxy.cut('cutover append', 'silently')
      await opened.append(entry(1, opened.fence))
      await opened.append(entry(2, opened.fence))
      await opened.close()

      expect(proxy.cuts).toBe(1)
      expect((await journal.read()).map(({ seq }) => seq)).toEqual([0, 1, 2])
    } finally {
      // The one that was given up never ends by itself.
      await proxy[Symbol.asyncDispose]()
      await through.end()
    }
  })

  test('every statement of a whole run may lose its connection: each step is made once', async () => {
    await using proxy = await cuttingProxy(server.port)
    const through = quietPool({ connectionString: server.url.replace(String(server.port), String(proxy.port)) })
    const made: number[] = []
    try {
      const report = await runCutover(
        { id: 'move', journal: postgresJournal(through, 'cut often'), interruptible: false },
        async (cutover) => {
          for (let i = 0; i < 12; i++) {
            proxy.cut('cutover append', i % 2 === 0 ? 'answer' : 'request')
            await cutover.value(`step ${i}`, () => made.push(i))
          }
        },
      )

      expect(report.end).toBe('completed')
      expect(proxy.cuts).toBeGreaterThanOrEqual(12)
      expect(made).toEqual(Array.from({ length: 12 }, (_, i) => i))
      expect(await postgresJournal(pool, 'cut often').read()).toHaveLength(14)
    } finally {
      await through.end()
    }
  })

  test('a client without a pool whose connection is gone fails, retryable; another one goes on', async () => {
    const client = new Client({ connectionString: server.url })
    client.on('error', () => {})
    await client.connect()
    const opened = await postgresJournal(client, 'one client', { leaseMs: 600 }).open({ clock: systemClock })
    await opened.append(entry(0, opened.fence))
    await pool.query(`SELECT pg_terminate_backend($1)`, [(client as unknown as { processID: number }).processID])

    const error = await errorOf(opened.append(entry(1, opened.fence)))
    await opened.close().catch(() => {})
    await systemClock.sleep(700)
    const next = await postgresJournal(pool, 'one client').open({ clock: systemClock })
    await next.append(entry(1, next.fence))
    await next.close()

    expect(error).toMatchObject({ code: 'CUTOVER_JOURNAL_FAILED', retryable: true })
    expect(await postgresJournal(pool, 'one client').read()).toHaveLength(2)
  })

  test('a server that does not flush is refused by name', async () => {
    await using careless = await postgresServer({ fsync: 'off' })
    const toIt = quietPool({ connectionString: careless.url })
    try {
      const error = await errorOf(postgresJournal(toIt, 'orders').open({ clock: systemClock }))

      expect(error).toMatchObject({ code: 'CUTOVER_JOURNAL_FAILED' })
      expect(error.message).toContain('fsync = off')
    } finally {
      await toIt.end()
    }
  })
})
