import { isCutoverError } from '@cutover/core'
import type { FakeWorld, SimulatedProcess } from '@cutover/core/testing'
import type { MemoryJournal } from '@cutover/rollback'

/** How one process came to an end, or why there must be another one. */
export interface End {
  readonly process: string
  /** `completed`, `rolled-back`, `rolled-back-with-residue` or `parked`. */
  readonly end: string
  readonly why: string
}

/** After how long somebody runs it again. */
const restartMs = 15_000
const longestRestartMs = 5 * 60_000
/** How often it is run before somebody gives up; and how often while it only waits. */
const [mostProcesses, mostWaits] = [12, 1_000]

/** One process that runs the code under test. */
class Runner {
  readonly process: SimulatedProcess
  /** It will do nothing more of its own: it has ended, has thrown, or is dead. */
  isOver = false
  thrown: { readonly why: string } | undefined
  /** It has ended for now, and wants to be run again later. */
  isWaiting = false
  #waiting: (() => void)[] = []

  constructor(world: FakeWorld, name: string, work: () => Promise<unknown>, onEnd: (end: End) => void) {
    this.process = world.spawn(name)
    this.process.onStop = () => {
      if (this.process.state === 'dead') this.isOver = true
      this.#tell()
    }
    const settle = (end: Omit<End, 'process'> | undefined, thrown?: { readonly why: string }): void => {
      // What a dead process would still have said, nobody hears.
      if (this.process.state === 'dead') return
      this.isOver = true
      if (end) onEnd({ process: name, ...end })
      else this.thrown = thrown
      this.#tell()
    }
    // As an async function, so that code which throws at once rejects.
    void world
      .runAs(this.process, async () => work())
      .then(
        (answer) => this.#settleWith(answer, settle),
        (error: unknown) => {
          const why = error instanceof Error ? error.message : String(error)
          const end = isCutoverError(error) ? ends[error.code] : undefined
          settle(end === undefined ? undefined : { end, why }, { why })
        },
      )
  }

  #settleWith(answer: unknown, settle: (end: Omit<End, 'process'> | undefined) => void): void {
    this.isWaiting = isReport(answer) && answer.end === 'waiting'
    settle(this.isWaiting ? undefined : { end: 'completed', why: '' })
  }

  get isAtWork(): boolean {
    return !this.isOver && this.process.state === 'running'
  }

  /** Resolves when it next ends, throws, dies or is stopped. */
  changed(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve))
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

const isReport = (answer: unknown): answer is { readonly end: unknown } =>
  typeof answer === 'object' && answer !== null && 'end' in answer

const ends: Readonly<Record<string, string>> = {
  CUTOVER_ROLLED_BACK: 'rolled-back',
  CUTOVER_ROLLED_BACK_WITH_RESIDUE: 'rolled-back-with-residue',
  CUTOVER_PARKED: 'parked',
}

type Kept = Pick<MemoryJournal, 'holderDied' | 'entries'>

/** Runs code, and runs it again whenever it has died, was stopped or has thrown, as a person or a supervisor would. */
export class Runners {
  /** Each process that came to an end; only one should decide, so all must say the same. */
  readonly ends: End[] = []
  readonly #world: FakeWorld
  readonly #journal: Kept
  readonly #work: () => Promise<unknown>
  readonly #runners: Runner[] = []

  constructor(world: FakeWorld, journal: Kept, work: () => Promise<unknown>) {
    this.#world = world
    this.#journal = journal
    this.#work = work
  }

  get started(): number {
    return this.#runners.length
  }

  /** Until one has ended. Answers why it never does: `endless`, or `interrupted` by what the code throws. */
  async runToAnEnd(): Promise<Omit<End, 'process'> | undefined> {
    let last: Omit<End, 'process'> = { end: 'endless', why: '' }
    let waits = 0
    while (this.#runners.length - waits < mostProcesses && waits < mostWaits) {
      const runner = new Runner(this.#world, `runner-${this.#runners.length + 1}`, this.#work, (end) =>
        this.ends.push(end),
      )
      this.#runners.push(runner)
      // It may have been stopped at its very first call, before anybody could wait for that.
      const hung = runner.isAtWork ? await this.#until(runner.changed()) : undefined
      if (this.ends.length > 0) return undefined
      last = lastOf(runner, hung)
      if (runner.process.state === 'dead') this.#journal.holderDied()
      else if (runner.process.state === 'running') this.#world.kill(runner.process)
      if (hung !== undefined) return last
      // One that was stopped, and goes on, has not lost its lease: nobody else is let in until it has ended.
      while (runner.thrown && this.ends.length === 0) {
        const atWork = this.#runners.filter(({ isAtWork }) => isAtWork)
        if (atWork.length === 0) break
        const stuck = await this.#until(Promise.race(atWork.map((other) => other.changed())))
        if (stuck !== undefined) return { end: 'endless', why: stuck }
      }
      if (this.ends.length > 0) return undefined
      if (runner.isWaiting) waits += 1
      await this.#world.advance(
        runner.isWaiting
          ? this.#untilDueMs()
          : Math.min(restartMs * 2 ** (this.#runners.length - waits - 1), longestRestartMs),
      )
      // A process that was stopped may have gone on meanwhile, and come to the end.
      if (this.ends.length > 0) return undefined
    }
    return last
  }

  /** Somebody looks into the journal, and runs it again when it is worth it. */
  #untilDueMs(): number {
    const waiting = this.#journal.entries.findLast((entry) => entry.t === 'waiting')
    return Math.max(restartMs, (waiting?.until ?? 0) - this.#world.clock.now())
  }

  /** Lets those that were stopped go on, and come to whatever end they come to. */
  async letAllFinish(): Promise<boolean> {
    let hadToWait = false
    for (const runner of this.#runners) {
      while (!runner.isOver) {
        hadToWait = true
        if ((await this.#until(runner.changed())) !== undefined) return true
      }
    }
    return hadToWait
  }

  /** Lets time pass; answers why it was in vain. */
  async #until(change: Promise<void>): Promise<string | undefined> {
    try {
      await this.#world.runUntil(change)
      return undefined
    } catch (error) {
      if (!isCutoverError(error, 'WORLD_HUNG')) throw error
      return error.message
    }
  }
}

function lastOf({ process, thrown, isWaiting }: Runner, hung: string | undefined): Omit<End, 'process'> {
  if (thrown) return { end: 'interrupted', why: thrown.why }
  if (isWaiting) return { end: 'waiting', why: 'it waits, and was run again' }
  return { end: 'endless', why: hung ?? `${process.name} was ${process.state === 'dead' ? 'killed' : 'stopped'}` }
}
