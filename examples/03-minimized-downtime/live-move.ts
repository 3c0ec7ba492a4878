// One move in a world of its own: the cutover process is killed in the middle and run again, and the oracle judges.
import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import type { Outline } from '@cutover/core'
import { answer, fileJournal, type Journal, type JournalEntry } from '@cutover/rollback'

import type { Ports } from './clouds.ts'

/** What the oracle says of the orders. */
interface Judged {
  readonly accepted: number
  readonly byAzure: number
  readonly lost: number
  readonly handledByBoth: number
  /** The longest time in which no order was accepted. */
  readonly downtimeMs: number
}

/** What the oracle says, and how the cutover ended. */
export interface Told extends Judged {
  readonly end: 'completed' | 'rolled-back'
  readonly kills: number
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
const here = import.meta.dirname

export async function liveMove(options: LiveMoveOptions): Promise<Told> {
  const directory = await mkdtemp(join(tmpdir(), 'move-orders-'))
  const children = new Set<ChildProcess>()
  const killAll = (): void => {
    for (const child of children) child.kill('SIGKILL')
  }
  process.once('exit', killAll)
  try {
    return await moveIn(directory, children, options)
  } finally {
    killAll()
    process.off('exit', killAll)
    await rm(directory, { recursive: true, force: true })
  }
}

async function moveIn(directory: string, children: Set<ChildProcess>, options: LiveMoveOptions): Promise<Told> {
  const journal = fileJournal(join(directory, 'orders.jsonl'))
  const expected = join(directory, 'outline.json')
  await writeFile(expected, JSON.stringify(options.outline ?? []))
  const world = fork(join(here, 'world.ts'), [directory, options.fate])
  children.add(world)
  const { ports } = await told<{ ports: Ports }>(world)
  await pause(1_000)
  const parameters = [JSON.stringify(ports), directory, expected]
  const { end, kills } = await untilItEnds(journal, options, () => {
    const stdio = options.stdio === 'ignore' ? (['ignore', 'ignore', 'ignore', 'ipc'] as const) : 'inherit'
    const cutover = fork(join(here, 'cutover.ts'), parameters, {
      stdio: typeof stdio === 'string' ? stdio : [...stdio],
    })
    children.add(cutover)
    return cutover
  })
  await pause(1_500)
  world.send('stop ordering')
  const { controls } = await told<{ controls: unknown }>(world)
  const side = end === 'completed' ? 'azure' : 'aws'
  const oracle = [join(here, 'oracle.ts'), directory, JSON.stringify(ports.stores), side]
  const { stdout } = await promisify(execFile)(process.execPath, oracle)
  world.send('stop working')
  await once(world, 'exit')
  return { end, kills, controls, rtoMs: wayBackMs(await journal.read()), ...(JSON.parse(stdout) as Judged) }
}

async function told<T>(world: ChildProcess): Promise<T> {
  const stopped = new AbortController()
  const died = once(world, 'exit', { signal: stopped.signal }).then(() => {
    throw new Error('the world has ended before its time')
  })
  try {
    const [message] = (await Promise.race([once(world, 'message', { signal: stopped.signal }), died])) as [T]
    return message
  } finally {
    died.catch(() => {})
    stopped.abort()
  }
}

/** Runs it, and again after each kill; a person who is asked says to look once more. */
async function untilItEnds(
  journal: Journal,
  { killWhen }: LiveMoveOptions,
  startCutover: () => ChildProcess,
): Promise<{ readonly end: Told['end']; readonly kills: number }> {
  let kills = 0
  for (let start = 1; start <= mostStarts; start++) {
    const cutover = startCutover()
    const startedAt = Date.now()
    const ended = once(cutover, 'exit')
    while (cutover.exitCode === null && cutover.signalCode === null) {
      const entries = await journal.read().catch(() => [])
      if (killWhen(entries, start, Date.now() - startedAt)) cutover.kill('SIGKILL')
      await Promise.race([ended, pause(5)])
    }
    if (cutover.signalCode === 'SIGKILL') {
      kills += 1
      continue
    }
    const last = (await journal.read()).at(-1)
    if (last?.t === 'closed') return { end: last.end === 'completed' ? 'completed' : 'rolled-back', kills }
    if (last?.t !== 'parked')
      throw new Error(`the cutover process ended with ${cutover.exitCode} in the middle, after ${last?.t}`)
    await answer(journal, { step: last.step, answer: 'again', who: 'the operator', why: 'look once more' })
  }
  throw new Error(`it did not end in ${mostStarts} starts`)
}

function wayBackMs(entries: readonly JournalEntry[]): number | undefined {
  const [decided, closed] = (['decided', 'closed'] as const).map((t) => entries.find((entry) => entry.t === t)?.at)
  return decided === undefined || closed === undefined ? undefined : closed - decided
}
