import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

const script = join(import.meta.dirname, 'crashing.ts')
const source = { a: 'source', b: 'source', c: 'source', d: 'source' }
const target = { a: 'target', b: 'target', c: 'target', d: 'target' }

/** Runs the script until it ends by itself; answers its last line and how often it was started. */
async function runUntilItEnds(
  directory: string,
  sick: boolean,
  options: { readonly crashAt?: number; readonly killAfterMs?: () => number },
): Promise<{ end: string; starts: number }> {
  for (let starts = 1; starts < 20; starts++) {
    const child = spawn(
      process.execPath,
      [script, directory, join(directory, 'journal.jsonl'), sick ? '1' : '0', String(options.crashAt ?? '')],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    const killer =
      options.killAfterMs && starts < 4 ? setTimeout(() => child.kill('SIGKILL'), options.killAfterMs()) : undefined
    const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve) =>
      child.on('close', (c, s) => resolve({ code: c, signal: s })),
    )
    clearTimeout(killer)
    if (signal === 'SIGKILL') continue
    if (code !== 0) throw new Error(`exit ${code}: ${printed}`)
    return { end: printed.trim(), starts }
  }
  throw new Error('it never ended')
}

async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'cutover-kill-'))
  try {
    await writeFile(join(directory, 'state.json'), JSON.stringify(source))
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const stateOf = async (directory: string): Promise<unknown> =>
  JSON.parse(await readFile(join(directory, 'state.json'), 'utf8'))

/** Every record of an undisturbed run is a boundary at which a process can die. */
async function boundaries(sick: boolean): Promise<number> {
  return inDirectory(async (directory) => {
    await runUntilItEnds(directory, sick, {})
    return (await readFile(join(directory, 'journal.jsonl'), 'utf8')).trim().split('\n').length
  })
}

test.each([{ sick: false }, { sick: true }])(
  'killed after every record of the journal, it ends as intended (sick: $sick)',
  { timeout: 120_000 },
  async ({ sick }) => {
    const count = await boundaries(sick)
    expect(count).toBeGreaterThan(14)

    const atOnce = 4
    for (let from = 0; from < count; from += atOnce) {
      const ats = Array.from({ length: Math.min(atOnce, count - from) }, (_, i) => from + i)
      await Promise.all(
        ats.map((crashAt) =>
          inDirectory(async (directory) => {
            const { end, starts } = await runUntilItEnds(directory, sick, { crashAt })

            expect({ crashAt, end, starts, state: await stateOf(directory) }).toEqual({
              crashAt,
              end: sick ? 'rolled-back' : 'completed',
              starts: 2,
              state: sick ? source : target,
            })
          }),
        ),
      )
    }
  },
)

test(
  'killed at 20 random moments, during calls and while going back, it ends as intended',
  { timeout: 120_000 },
  async () => {
    let kills = 0
    for (let i = 0; i < 20; i += 4) {
      await Promise.all(
        [0, 1, 2, 3].map((j) =>
          inDirectory(async (directory) => {
            const sick = (i + j) % 2 === 1

            const { end, starts } = await runUntilItEnds(directory, sick, {
              killAfterMs: () => 60 + Math.random() * 250,
            })

            kills += starts - 1
            expect({ end, state: await stateOf(directory) }).toEqual({
              end: sick ? 'rolled-back' : 'completed',
              state: sick ? source : target,
            })
          }),
        ),
      )
    }
    expect(kills).toBeGreaterThanOrEqual(20)
  },
)
