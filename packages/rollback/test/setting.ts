// What nearly every test of the engine needs: a world, three switches, a journal, and a run of a script.
import type { Clock } from '@cutover/core'
import { fakeWorld, type SimulatedProcess } from '@cutover/core/testing'
import {
  type Cutover,
  CutoverEnded,
  type CutoverError,
  type Journal,
  type JournalEntry,
  memoryJournal,
  type Report,
  runCutover,
  type RunOptions,
} from '@cutover/rollback'

import { inMemorySwitches } from './switches.ts'

export type Script = (cutover: Cutover) => Promise<unknown>

export function setting(initial: Readonly<Record<string, string>> = { a: 'source', b: 'source', c: 'source' }) {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, initial)
  const journal = memoryJournal()
  return {
    world,
    switches,
    journal,
    run: (script: Script, options: Partial<RunOptions> & { readonly id?: string } = {}): Promise<Report> =>
      runCutover({ id: 'move', journal, clock: world.clock, onEvent: world.onEvent, ...options }, script),
    /** As a process that dies as the world's faults want; resolves with `undefined` when it has died. */
    async runAndDie(script: Script, options: Partial<RunOptions> = {}): Promise<unknown> {
      const runner: SimulatedProcess = world.spawn('runner')
      const died = new Promise<undefined>((resolve) => (runner.onStop = () => resolve(undefined)))
      const ended = world.runAs(runner, () =>
        runCutover({ id: 'move', journal, clock: world.clock, onEvent: world.onEvent, ...options }, script),
      )
      const outcome = await Promise.race([died, ended.catch((error: unknown) => error)])
      if (runner.state === 'dead') journal.holderDied()
      return outcome
    },
    /** What was written to the switches, in order: `a`, `b`. */
    writes: (): string[] => world.effects.map(({ operation }) => operation.replace('switches.write ', '')),
    /** The journal in words: `intent a`, `outcome a`. */
    records: (): string[] => recordsOf(journal.entries),
  }
}

export const recordsOf = (entries: Awaited<ReturnType<Journal['read']>>): string[] =>
  entries.map((entry) => ('step' in entry ? `${entry.t} ${entry.step}` : entry.t))

/** The same journal, on a disk that takes its time. */
export const slow = (journal: Journal, clock: Clock, ms: number): Journal => ({
  ...journal,
  async open(options) {
    const opened = await journal.open(options)
    const append = opened.append.bind(opened)
    return Object.assign(opened, {
      append: async (entry: JournalEntry) => {
        await clock.sleep(ms)
        await append(entry)
      },
    })
  },
})

/** The error with which it must end. */
export async function errorOf(work: Promise<unknown>): Promise<CutoverError> {
  const outcome: unknown = await work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  )
  if (outcome instanceof Error) return outcome as CutoverError
  throw new Error(String(outcome))
}

/** The report with which it must end, unless it is completed. */
export async function reportOf(work: Promise<Report>): Promise<Report> {
  const error = await errorOf(work)
  if (error instanceof CutoverEnded) return error.report
  throw error
}
