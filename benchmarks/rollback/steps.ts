// What a step costs in each kind of journal, in turns with a bare loop of as many flushed lines, and with a step of DBOS.
import { open } from 'node:fs/promises'
import { join } from 'node:path'

import { fileJournal, type Journal, runCutover } from '@cutover/rollback'
import { postgresJournal } from '@cutover/rollback/postgres'
import { sqliteJournal } from '@cutover/rollback/sqlite'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { Pool } from 'pg'

import { measured, median } from './figures.ts'
import { nothing } from './nothing.ts'

/** One more step, and how long it took; each kind goes on in one long run of its own. */
interface Runner {
  step(): Promise<number>
  end(): Promise<void>
}

/** A run whose steps are asked for from outside. */
function runner(start: (next: () => Promise<(() => void) | undefined>) => Promise<unknown>): Runner {
  let ask: ((done: (() => void) | undefined) => void) | undefined
  const waiting: ((() => void) | undefined)[] = []
  const next = (): Promise<(() => void) | undefined> =>
    waiting.length > 0 ? Promise.resolve(waiting.shift()) : new Promise((resolve) => (ask = resolve))
  const give = (done: (() => void) | undefined): void => {
    if (ask) ask(done)
    else waiting.push(done)
    ask = undefined
  }
  const ended = start(next)
  return {
    step: () => measured(() => Promise.race([new Promise<void>((resolve) => give(resolve)), ended])),
    async end() {
      give(undefined)
      await ended
    },
  }
}

const onJournal = (id: string, journal: Journal): Runner =>
  runner((next) =>
    runCutover({ id, journal, interruptible: false, operators: false, drift: false }, async (cutover) => {
      let i = 0
      for (let done = await next(); done; done = await next()) {
        await cutover.apply(nothing(i++))
        done()
      }
    }),
  )

/** Three lines of the size that a step's records have, each appended and flushed. */
async function bareLoop(directory: string): Promise<Runner> {
  const handle = await open(join(directory, 'bare.jsonl'), 'a')
  const lines = [420, 180, 180].map((size) => Buffer.alloc(size, 'x'))
  return {
    step: () =>
      measured(async () => {
        for (const line of lines) {
          await handle.write(line)
          await handle.datasync()
        }
      }),
    end: () => handle.close(),
  }
}

async function onDbos(systemDatabaseUrl: string): Promise<Runner> {
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl, logLevel: 'error' })
  let next: (() => Promise<(() => void) | undefined>) | undefined
  const workflow = DBOS.registerWorkflow(
    async () => {
      let i = 0
      for (let done = await next?.(); done; done = await next?.()) {
        await DBOS.runStep(async () => ({ number: i }), { name: `set ${i++}` })
        done()
      }
    },
    { name: 'steps' },
  )
  await DBOS.launch()
  const steps = runner((ask) => {
    next = ask
    return workflow()
  })
  return {
    step: () => steps.step(),
    async end() {
      await steps.end()
      await DBOS.shutdown()
    },
  }
}

export type Name = 'bare' | 'jsonl' | 'sqlite' | 'postgres' | 'dbos'

/** Each order as often as any other: a flush leaves the disk busier for the next one. */
const shuffled = <T>(all: readonly T[]): T[] =>
  all
    .map((each) => ({ each, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each)

/** Milliseconds of each step, by kind; the kinds take turns step by step, so that a machine that slows down slows all. */
export async function stepsMs(
  directory: string,
  url: string,
  count: number,
): Promise<Readonly<Record<Name, number[]>>> {
  const pool = new Pool({ connectionString: url, max: 4 }).on('error', () => {})
  const runners: Readonly<Record<Name, Runner>> = {
    bare: await bareLoop(directory),
    jsonl: onJournal('jsonl', fileJournal(join(directory, 'journal.jsonl'))),
    sqlite: onJournal('sqlite', sqliteJournal(join(directory, 'journal.sqlite'))),
    postgres: onJournal('postgres', postgresJournal(pool, 'bench')),
    dbos: await onDbos(url.replace(/\/postgres$/, '/dbos')),
  }
  const names = Object.keys(runners) as Name[]
  const ms: Record<Name, number[]> = { bare: [], jsonl: [], sqlite: [], postgres: [], dbos: [] }
  const warmUp = 30
  for (let i = -warmUp; i < count; i++) {
    for (const name of shuffled(names)) {
      const took = await runners[name].step()
      if (i >= 0) ms[name].push(took)
    }
  }
  for (const name of names) await runners[name].end()
  await pool.end()
  return ms
}

/** The last 500 of 1,000 steps of one run, against the steps of runs of ten that are made between them. */
export async function flatness(directory: string): Promise<number> {
  const long: number[] = []
  const short: number[] = []
  const options = { interruptible: false, operators: false, drift: false } as const
  const ten = (i: number): Promise<unknown> =>
    runCutover({ id: 'ten', journal: fileJournal(join(directory, `ten-${i}.jsonl`)), ...options }, async (cutover) => {
      for (let j = 0; j < 10; j++) short.push(await measured(() => apply(cutover, j)))
    })
  await runCutover({ id: 'long', journal: fileJournal(join(directory, 'long.jsonl')), ...options }, async (cutover) => {
    for (let i = 0; i < 1_000; i++) {
      const took = await measured(() => apply(cutover, i))
      if (i >= 500) long.push(took)
      if (i >= 500 && i % 10 === 0) await ten(i)
    }
  })
  return median(long) / median(short)
}

const apply = async (
  cutover: { apply(change: ReturnType<typeof nothing>): Promise<unknown> },
  i: number,
): Promise<void> => void (await cutover.apply(nothing(i)))
