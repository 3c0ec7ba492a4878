// Starts the script of twelve steps as processes, on journals of each kind.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { systemClock } from '@cutover/core'
import type { PostgresServer } from '@cutover/rollback/testing'

const script = join(import.meta.dirname, '../test/twelve-steps.ts')
/** Hundreds of processes load the same modules: compiled once. */
const compiled = join(tmpdir(), `cutover-compiled-${process.pid}`)
let places = 0

export const forgetCompiled = (): Promise<void> => rm(compiled, { recursive: true, force: true })

export interface Started {
  readonly child: ChildProcess
  says(what: string): Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly printed: string }>
}

export interface Scene {
  readonly directory: string
  readonly location: string
  start(options?: { readonly sick?: boolean; readonly kill?: string; readonly leaseMs?: number }): Started
  /** `one target`, in the order in which they happened. */
  effects(): Promise<string[]>
}

/** A directory, and a journal of that kind; all processes end with it. */
export async function inScene<T>(
  kind: string,
  server: PostgresServer | undefined,
  play: (scene: Scene) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'cutover-twelve-'))
  const place = ++places
  const location =
    kind === 'postgres'
      ? `${server?.url}?application_name=twelve_${place}`
      : join(directory, kind === 'sqlite' ? 'journal.sqlite' : 'journal.jsonl')
  const children: ChildProcess[] = []
  try {
    return await play({
      directory,
      location,
      start({ sick = false, kill = '', leaseMs = 30_000 } = {}) {
        const child = spawn(
          process.execPath,
          [script, directory, kind, location, sick ? '1' : '0', kill, String(leaseMs)],
          {
            stdio: ['ignore', 'pipe', 'pipe'],
            env: { ...process.env, NODE_COMPILE_CACHE: compiled },
          },
        )
        children.push(child)
        let printed = ''
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (chunk: Buffer) => void (printed += chunk.toString()))
        const ended: Started['ended'] = new Promise((resolve) =>
          child.on('close', (code, signal) => resolve({ code, signal, printed })),
        )
        return {
          child,
          ended,
          async says(what) {
            while (!printed.includes(what)) {
              if (child.exitCode !== null || child.signalCode !== null)
                throw new Error(`it never said ${what}: ${printed}`)
              await systemClock.sleep(5)
            }
          },
        }
      },
      async effects() {
        const log = join(directory, 'effects.log')
        return existsSync(log) ? (await readFile(log, 'utf8')).trim().split('\n') : []
      },
    })
  } finally {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  }
}
