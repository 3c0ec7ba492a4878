import { AsyncLocalStorage } from 'node:async_hooks'

import type { Clock } from '../clock.ts'
import { CutoverError } from '../cutover-error.ts'
import type { CutoverEvent } from '../event.ts'
import type { CallOptions, Effect } from './effect.ts'
import { FaultPlan } from './fault-plan.ts'
import type { Fault } from './fault.ts'
import { attempt, faultyReply, type Wire } from './faulty-reply.ts'
import type { Observation, Observed } from './observation.ts'
import { SimulatedProcess } from './simulated-process.ts'
import { never, Timeline } from './timeline.ts'

export interface FakeWorldOptions {
  /** @default 1 */
  readonly seed?: number | undefined
  /** Epoch milliseconds. @default 2026-11-20T02:00:00Z */
  readonly startAt?: number | undefined
  /** Which effect meets which fault. */
  readonly faults?: ReadonlyMap<number, Fault> | undefined
  /** How late a late effect is. @default 40_000 */
  readonly lateMs?: number | undefined
  /** Keep a line for everything that happens, for a replay. @default false */
  readonly trace?: boolean | undefined
}

const defaultStart = Date.UTC(2026, 10, 20, 2)
const callers = new AsyncLocalStorage<SimulatedProcess>()

/**
 * One small world for all fakes of a test: its clock, its seeded randomness, its faults, and the log of what was written.
 *
 * Fits wherever `{ clock, signal, onEvent }` is taken, also spread. The clock jumps by itself when everybody sleeps: a test awaits its
 * work, nothing else.
 */
export class FakeWorld {
  readonly signal: AbortSignal = new AbortController().signal
  readonly effects: Effect[] = []
  readonly events: CutoverEvent[] = []
  readonly observed: Observed[] = []
  readonly trace: string[] | undefined
  /** State that must be as found, or as intended, at the end. */
  readonly watched: Map<string, () => unknown> = new Map()
  /** Where accepted work waits. */
  readonly waiting: Map<string, () => Iterable<string>> = new Map()
  readonly onEvent: (event: CutoverEvent) => void = (event) => void this.events.push(event)
  readonly clock: Clock
  readonly #timeline = new Timeline()
  readonly #plan: FaultPlan
  readonly #wire: Wire
  readonly #processes: SimulatedProcess[] = []
  #seed: number

  constructor(options: FakeWorldOptions = {}) {
    const {
      seed = 1,
      startAt = defaultStart,
      faults = new Map<number, Fault>(),
      lateMs = 40_000,
      trace = false,
    } = options
    this.#seed = Math.max(1, Math.abs(Math.floor(seed)) % 2_147_483_647)
    // The first numbers of small seeds are all small.
    for (let i = 0; i < 3; i++) this.random()
    this.#plan = new FaultPlan(faults)
    this.trace = trace ? [] : undefined
    // Spread into options, it gives `clock`, `signal` and `onEvent`, and nothing that is none.
    for (const kept of ['effects', 'events', 'observed', 'trace', 'watched', 'waiting'] as const)
      Object.defineProperty(this, kept, { enumerable: false })
    const timeline = this.#timeline
    this.clock = {
      now: () => startAt + timeline.time,
      monotonic: () => timeline.time,
      sleep: (ms, { signal } = {}) => timeline.sleep(ms, this.#caller(), signal),
    }
    this.#wire = {
      timeline,
      plan: this.#plan,
      lateMs,
      note: (text) => this.note(text),
      kill: (victim) => this.kill(victim),
      pause: (victim, ms) => this.pause(victim, ms),
    }
  }

  /** A number from 0 up to 1, the same for the same seed. */
  random(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647
    return this.#seed / 2_147_483_647
  }

  /** Calls `fire` once in `ms`; it may touch no promise, and time does not go on for its sake. */
  later(ms: number, fire: () => void): void {
    this.#timeline.at(this.#timeline.time + ms, fire, undefined, true)
  }

  /** Calls `tick` every `ms` from `firstMs` on, like `later`, until the answered function is called. */
  repeat(ms: number, tick: () => void, firstMs: number = ms): () => void {
    if (!(ms > 0))
      throw new CutoverError('WORLD_INVALID', `repeat is told ${ms} ms; wanted more than 0, or time stands still`)
    let stopped = false
    const again = (): void => {
      if (stopped) return
      tick()
      this.later(ms, again)
    }
    this.later(firstMs, again)
    return () => {
      stopped = true
    }
  }

  /** Registers state that a rollback must leave as found, and a completion as intended. */
  watch(subject: string, snapshot: () => unknown): void {
    this.watched.set(subject, snapshot)
  }

  /** Registers where accepted work waits: what waits is not lost, and must have been handled when a cutover has ended. */
  holds(where: string, ids: () => Iterable<string>): void {
    this.waiting.set(where, ids)
  }

  observe(observation: Observation): void {
    this.observed.push({ ...observation, at: this.#timeline.time })
  }

  /** The next write whose operation begins so meets this fault. */
  failNext(operation: string, fault: Fault): void {
    this.#plan.failNext(operation, fault)
  }

  /** Adds a line to the trace, if there is one. */
  note(text: string): void {
    this.trace?.push(`${(this.#timeline.time / 1_000).toFixed(3).padStart(10)} ${text}`)
  }

  // ----- processes

  spawn(name: string): SimulatedProcess {
    const started = new SimulatedProcess(name, this)
    this.#processes.push(started)
    return started
  }

  /** Runs code as that process: its calls and sleeps die, and stop, with it. */
  runAs<T>(runner: SimulatedProcess, work: () => Promise<T>): Promise<T> {
    return callers.run(runner, work)
  }

  kill(victim: SimulatedProcess): void {
    if (victim.state === 'dead') return
    this.#timeline.abandon(victim)
    victim.state = 'dead'
    victim.held.length = 0
    victim.cancelWake?.()
    this.note(`${victim.name} is killed`)
    victim.onStop?.()
  }

  /** Stops it as a debugger or an overloaded host does; it goes on after `ms`, unaware; after `Infinity` never. */
  pause(victim: SimulatedProcess, ms: number): void {
    if (victim.state !== 'running') return
    victim.state = 'paused'
    this.note(`${victim.name} is stopped for ${ms / 1_000} s`)
    const goOn = (): void => {
      this.note(`${victim.name} goes on`)
      victim.goOn()
    }
    if (ms < Number.POSITIVE_INFINITY) {
      const timer = this.#timeline.at(this.#timeline.time + ms, goOn, undefined, false)
      victim.cancelWake = () => this.#timeline.cancel(timer)
    }
    victim.onStop?.()
  }

  /**
   * Lets time pass until the promise settles, but no longer than `withinMs`.
   *
   * @throws CutoverError `WORLD_HUNG` when nobody waits for anything that could settle it. The world cannot see real I/O:
   * await such work without this.
   */
  async runUntil<T>(promise: Promise<T>, withinMs: number = 7 * 86_400_000): Promise<T> {
    let settled = false
    const settle = (): void => {
      settled = true
    }
    promise.then(settle, settle)
    const end = await this.#timeline.drive(() => settled, this.#timeline.time + withinMs)
    if (end === 'late') {
      throw new CutoverError('WORLD_HUNG', `not settled within ${withinMs / 1_000} s of virtual time`)
    }
    if (end === 'hung') throw new CutoverError('WORLD_HUNG', 'not settled, and nobody is left who waits for anything')
    return promise
  }

  /** Lets time pass, whatever happens in it. */
  async advance(ms: number): Promise<void> {
    await this.runUntil(this.#timeline.sleep(ms, undefined, undefined), ms)
  }

  /** Ends every process, so that nothing keeps the clock going. */
  end(): void {
    for (const victim of this.#processes) this.kill(victim)
  }

  // ----- calls

  /**
   * One request to one service: the only door through which a fake world changes. `body` is the service's own act: atomic,
   * synchronous, and as strict as the service. The operation begins with the service's name: `'dns.replace api.example.com'`.
   */
  call<T>(operation: string, options: CallOptions, body: () => T): Promise<T> {
    const caller = this.#caller()
    if (caller?.state === 'dead') return never()
    if (caller?.state === 'paused') {
      const goOn = (): Promise<T> => callers.run(caller, () => this.call(operation, options, body))
      return new Promise((resolve, reject) => void caller.held.push(() => void goOn().then(resolve, reject)))
    }
    const { signal, fence, write = false, ms = 0 } = options
    if (signal?.aborted) return Promise.reject(signal.reason)
    try {
      fence?.()
    } catch (error) {
      return Promise.reject(error)
    }
    const refused = this.#plan.refusalOf(operation, this.#timeline.time)
    if (refused) return Promise.reject(refused)
    const fault = write ? this.#number(operation, caller, fence !== undefined) : undefined
    if (fault !== undefined) return faultyReply(fault, { operation, caller, body, signal }, this.#wire)
    const done = attempt(body)
    if (ms > 0) return this.#timeline.sleep(ms, caller, signal).then(done)
    return done()
  }

  #caller(): SimulatedProcess | undefined {
    const caller = callers.getStore()
    return caller?.world === this ? caller : undefined
  }

  #number(operation: string, caller: SimulatedProcess | undefined, fenced: boolean): Fault | undefined {
    const number = this.effects.length + 1
    const fault = this.#plan.take(number, operation)
    this.effects.push({ number, operation, process: caller?.name ?? 'test', at: this.#timeline.time, fenced, fault })
    this.note(`#${number} ${operation}${fault ? ` meets ${fault}` : ''}`)
    return fault
  }
}

/** A new world; `new FakeWorld()` in a word. */
export function fakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  return new FakeWorld(options)
}
