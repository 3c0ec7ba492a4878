// One move in a world of its own: the cutover process is killed in the middle and run again, and the oracle judges.
import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import type { Outline } from '@cutover/core'
import { answer, fileJournal, type JournalEntry } from '@cutover/rollback'

import type { Ports } from './clouds.ts'

/** What the oracle says, and how the cutover ended. */
export interface Told {
  readonly end: 'completed' | 'rolled-back'
  readonly kills: number
  readonly accepted: number
  readonly byAzure: number
  readonly lost: number
  readonly handledByBoth: number
  /** The longest time in which no order was accepted. */
  readonly downtimeMs: number
  /** From the decision to go back until the source is as found. */
  readonly rtoMs: number | undefined
  readonly controls: unknown
}

export interface LiveMoveOptions {
  readonly fate: 'well' | 'ill'
  /** Is it time to kill the cutover process? Asked every few milliseconds of each start, the number of which is given. */
  readonly killWhen: (entries: readonly JournalEntry[], start: number, runningMs: number) => boolean
  readonly outline?: Outline | undefined
  /** Where the cutover process prints. @default 'inherit' */
  readonly stdio?: 'inherit' | 'ignore' | undefined
}

const mostStarts = 30

export async function liveMove({ fate, killWhen, outline = [], stdio = 'inherit' }: LiveMoveOptions): Promise<Told> {
  const directory = await mkdtemp(join(tmpdir(), 'move-orders-'))
  const journal = fileJournal(join(directory, 'orders.jsonl'))
  const expected = join(directory, 'outline.json')
  await writeFile(expected, JSON.stringify(outline))
  const world = fork(join(import.meta.dirname, 'world.ts'), [directory, fate])
  let cutover: ChildProcess | undefined
  const die = (): void => {
    world.kill('SIGKILL')
    cutover?.kill('SIGKILL')
  }
  process.once('exit', die)
  try {
    const [{ ports }] = (await once(world, 'message')) as [{ ports: Ports }]
    await pause(1_000)
    const { end, kills } = await untilItEnds()
    await pause(1_500)
    world.send('stop ordering')
    const [{ controls }] = (await once(world, 'message')) as [{ controls: unknown }]
    const side = end === 'completed' ? 'azure' : 'aws'
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(import.meta.dirname, 'oracle.ts'),
      directory,
      JSON.stringify(ports.stores),
      side,
    ])
    world.send('stop working')
    await once(world, 'exit')
    const entries = await journal.read()
    const [decided, closed] = (['decided', 'closed'] as const).map((t) => entries.find((entry) => entry.t === t)?.at)
    const rtoMs = decided === undefined || closed === undefined ? undefined : closed - decided
    return {
      end,
      kills,
      rtoMs,
      controls,
      ...(JSON.parse(stdout) as Omit<Told, 'end' | 'kills' | 'rtoMs' | 'controls'>),
    }

    async function untilItEnds(): Promise<{ readonly end: Told['end']; readonly kills: number }> {
      let kills = 0
      for (let start = 1; start <= mostStarts; start++) {
        cutover = fork(join(import.meta.dirname, 'cutover.ts'), [JSON.stringify(ports), directory, expected], {
          stdio: stdio === 'ignore' ? ['ignore', 'ignore', 'ignore', 'ipc'] : 'inherit',
        })
        if (await killedOrEnded(cutover, start)) {
          kills += 1
          continue
        }
        const entries = await journal.read()
        const last = entries.at(-1)
        if (last?.t === 'closed') return { end: last.end === 'completed' ? 'completed' : 'rolled-back', kills }
        // A person would look, and say so.
        if (last?.t === 'parked')
          await answer(journal, { step: last.step, answer: 'again', who: 'the operator', why: 'look once more' })
      }
      throw new Error(`it did not end in ${mostStarts} starts`)
    }

    async function killedOrEnded(cutover: ChildProcess, start: number): Promise<boolean> {
      const startedAt = Date.now()
      const ended = once(cutover, 'exit')
      while (cutover.exitCode === null && cutover.signalCode === null) {
        if (killWhen(await journal.read().catch(() => []), start, Date.now() - startedAt)) cutover.kill('SIGKILL')
        await Promise.race([ended, pause(5)])
      }
      return cutover.signalCode === 'SIGKILL'
    }
  } finally {
    die()
    process.off('exit', die)
    await rm(directory, { recursive: true, force: true })
  }
}
