// The command and the runs that it steers, as people have them: processes of their own, in a directory of their own.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { systemClock } from '@cutover/core'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly error: string
}

interface Started {
  readonly child: ChildProcess
  readonly printed: () => string
  /** Resolves when it has printed that. */
  says(what: string | RegExp): Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly printed: string }>
}

export interface Place {
  readonly directory: string
  /** Runs the command to its end. */
  cutover(...parameters: readonly string[]): Promise<Ran>
  /** The same, which goes on by itself: `watch`. */
  begin(...parameters: readonly string[]): Started
  /** Runs steered.ts. */
  start(options: object, ...steps: readonly string[]): Started
  file(name: string): Promise<void>
  without(name: string): Promise<void>
  state(): Promise<unknown>
}

const command = join(import.meta.dirname, '../src/bin/cutover.ts')
const script = join(import.meta.dirname, 'steered.ts')

/** A directory with two switches; what was started in it ends with the test. */
export async function inPlace(work: (place: Place) => Promise<void>, journal = 'orders.jsonl'): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cutover-steer-'))
  const started: ChildProcess[] = []
  const run = (parameters: readonly string[]): Started => {
    const child = spawn(process.execPath, parameters, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
    started.push(child)
    let printed = ''
    const heard = (chunk: Buffer): void => void (printed += chunk.toString())
    child.stdout.on('data', heard)
    child.stderr.on('data', heard)
    const ended: Started['ended'] = new Promise((resolve) => child.on('close', (code) => resolve({ code, printed })))
    return {
      child,
      printed: () => printed,
      ended,
      async says(what) {
        while (!(typeof what === 'string' ? printed.includes(what) : what.test(printed))) {
          if (child.exitCode !== null || child.signalCode !== null)
            throw new Error(`it never said ${String(what)}: ${printed}`)
          await systemClock.sleep(10)
        }
      },
    }
  }
  try {
    await writeFile(join(directory, 'state.json'), JSON.stringify({ a: 'source', b: 'source' }))
    await work({
      directory,
      cutover: (...parameters) =>
        new Promise((resolve) => {
          execFile(
            process.execPath,
            [command, ...parameters],
            { cwd: directory, timeout: 30_000, killSignal: 'SIGKILL' },
            (failure, out, error) => resolve({ code: failure ? Number(failure.code) : 0, out, error }),
          )
        }),
      begin: (...parameters) => run([command, ...parameters]),
      start: (options, ...steps) =>
        run([script, directory, join(directory, journal), JSON.stringify(options), ...steps]),
      file: (name) => writeFile(join(directory, name), ''),
      without: (name) => rm(join(directory, name), { force: true }),
      state: async () => JSON.parse(await readFile(join(directory, 'state.json'), 'utf8')) as unknown,
    })
  } finally {
    for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  }
}
