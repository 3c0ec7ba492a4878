import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { systemClock } from '@cutover/core'
import { sqliteJournal } from '@cutover/rollback/sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { databaseToWrite } from '../src/sqlite-journal/database.ts'
import { errorOf, recordsOf } from './setting.ts'

let directory = ''
let files = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cutover-sqlite-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const newFile = (): string => join(directory, `journal-${++files}.sqlite`)
const clock = systemClock
const opened = { t: 'opened', id: 'move', format: 2, seq: 0, at: 0 } as const
const value = (seq: number, step = `step ${seq}`) => ({ t: 'value', step, value: seq, seq, at: 0 }) as const

test('a holder that was overtaken between its last look and its write is refused by the database', async () => {
  const file = newFile()
  const zombie = await sqliteJournal(file).open({ clock })
  await zombie.append({ ...opened, fence: zombie.fence })
  await writeFile(`${file}.lease.1`, JSON.stringify({ holder: {}, leaseMs: 1, renewedAt: 0, released: true }))
  const successor = await sqliteJournal(file).open({ clock })
  // As if it looked before its successor came.
  await rm(`${file}.lease.2`)

  const error = await errorOf(zombie.append({ ...value(1, 'late'), fence: zombie.fence }))
  await zombie.close().catch(() => {})
  await successor.close()

  expect(error.code).toBe('CUTOVER_FENCED')
  expect(recordsOf(await sqliteJournal(file).read())).toEqual(['opened'])
})

test('each commit is flushed: WAL, synchronous FULL', () => {
  const database = databaseToWrite(newFile())

  const settings = ['journal_mode', 'synchronous'].map((name) => database.prepare(`PRAGMA ${name}`).get()?.[name])
  database.close()

  expect(settings).toEqual(['wal', 2])
})

test.each([
  { what: 'a database of something else', sql: 'CREATE TABLE orders (id TEXT)' },
  { what: 'a database that names another application', sql: 'PRAGMA application_id = 7; CREATE TABLE record (x TEXT)' },
])('$what is refused, and left as it is', async ({ sql }) => {
  const file = newFile()
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
  const before = await readFile(file)

  const errors = [await errorOf(sqliteJournal(file).read()), await errorOf(sqliteJournal(file).open({ clock }))]

  expect(errors.map(({ code }) => code)).toEqual(['CUTOVER_JOURNAL_BROKEN', 'CUTOVER_JOURNAL_BROKEN'])
  expect(errors[0]?.message).toContain('this is no journal')
  expect(await readFile(file)).toEqual(before)
  expect((await readdir(directory)).filter((name) => join(directory, name).startsWith(`${file}.lease`))).toEqual([])
})

test('a file that is no database is refused, and left as it is', async () => {
  const file = newFile()
  await writeFile(file, '{"t":"opened","id":"move"}\n'.repeat(100))

  const error = await errorOf(sqliteJournal(file).open({ clock }))

  expect(error.code).toBe('CUTOVER_JOURNAL_BROKEN')
  expect(error.message).toContain('file is not a database')
  expect(await readFile(file, 'utf8')).toContain('"id":"move"')
})

test('a path that is none is refused at once', () => {
  expect(() => sqliteJournal('')).toThrow('wanted a path')
  expect(() => sqliteJournal(':memory:')).toThrow('wanted a path')
  expect(() => sqliteJournal('x.sqlite', { lease: 1 } as object)).toThrow('there is no option lease')
})

test('records that were only in the -wal of a process that died are missed when it is gone', async () => {
  const file = newFile()
  const script = `
    import { sqliteJournal } from '@cutover/rollback/sqlite'
    const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => {} }
    const journal = await sqliteJournal(process.argv[1], { leaseMs: 60_000 }).open({ clock })
    const record = { t: 'opened', id: 'move', format: 2, fence: journal.fence, at: 0 }
    for (let seq = 0; seq < 5; seq++) await journal.append({ ...record, seq })
    await journal.renew()
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', script, file], {
    cwd: import.meta.dirname,
  })
  expect(signal).toBe('SIGKILL')
  expect(await sqliteJournal(file).read()).toHaveLength(5)
  for (const end of ['-wal', '-shm']) await rm(`${file}${end}`)

  const error = await errorOf(sqliteJournal(file).open({ clock }))

  expect(error.code).toBe('CUTOVER_JOURNAL_TRUNCATED')
  expect(error.message).toContain('has 0 records, but 5 were acknowledged')
})
