import { AsyncLocalStorage } from 'node:async_hooks'

import type { Clock } from '../clock.ts'
import { CutoverError } from '../cutover-error.ts'
import type { CutoverEvent } from '../event.ts'
import { type Fault, outageMs, slowMs, timeoutMs, wakeMs } from './fault.ts'
import type { Observation, Observed } from './observation.ts'
import { SimulatedProcess } from './simulated-process.ts'
import { Timeline } from './timeline.ts'

/** One write, or one record of a journal: what a fault plan can hit. */
export interface Effect {
  /** From 1, in the order in which they were sent. */
  readonly number: number
  readonly operation: string
  readonly process: string
  /** Milliseconds since the world began. */
  readonly at: number
  /** Was `fence()` called with it? */
  readonly fenced: boolean
  readonly fault: Fault | undefined
}

export interface CallOptions {
  /** It changes something: it is numbered, and faults can hit it. @default false */
  readonly write?: boolean | undefined
  /** How long the reply takes. @default 0 */
  readonly ms?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** The caller's `context.fence`: called before the write, in the same turn. */
  readonly fence?: (() => void) | undefined
}

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

/** Never resolves, and keeps nothing: always a fresh one, since a shared promise would collect reactions for ever. */
const never = <T>(): Promise<T> => new Promise<T>(() => {})

/**
 * One small world for all fakes of a test: its clock, its seeded randomness, its faults, and the log of what was written.
 *
 * Fits wherever `{ clock, signal, onEvent }` is taken. The clock jumps by itself when everybody sleeps: a test awaits its
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
  readonly onEvent: (event: CutoverEvent) => void = (event) => void this.events.push(event)
  readonly clock: Clock
  readonly #timeline = new Timeline()
  readonly #startAt: number
  readonly #lateMs: number
  readonly #faults: ReadonlyMap<number, Fault>
  readonly #next: { operation: string; fault: Fault }[] = []
  readonly #processes: SimulatedProcess[] = []
  readonly #closed: { service: string; operation?: string; until: number }[] = []
  #seed: number

  constructor(options: FakeWorldOptions = {}) {
    const {
      seed = 1,
      startAt = defaultStart,
      faults = new Map<number, Fault>(),
      lateMs = 40_000,
      trace = false,
    } = options
    this.#seed = Math.max(1, Math.floor(seed) % 2_147_483_647)
    this.#startAt = startAt
    this.#faults = faults
    this.#lateMs = lateMs
    this.trace = trace ? [] : undefined
    this.clock = {
      now: () => this.#startAt + this.#timeline.time,
      monotonic: () => this.#timeline.time,
      sleep: (ms, { signal } = {}) => this.#sleep(ms, signal),
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
  every(ms: number, tick: () => void, firstMs = ms): () => void {
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

  observe(observation: Observation): void {
    this.observed.push({ ...observation, at: this.#timeline.time })
  }

  /** The next write whose operation begins so meets this fault. */
  failNext(operation: string, fault: Fault): void {
    this.#next.push({ operation, fault })
  }

  /** Adds a line to the trace, if there is one. */
  note(text: string): void {
    this.trace?.push(`${(this.#timeline.time / 1_000).toFixed(3).padStart(10)} ${text}`)
  }

  // ----- processes

  spawn(name: string): SimulatedProcess {
    const started = new SimulatedProcess(name)
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
    this.note(`${victim.name} is killed`)
    victim.onStop?.()
  }

  /** Stops it as a debugger or an overloaded host does; it goes on after `ms`, unaware. */
  pause(victim: SimulatedProcess, ms: number): void {
    if (victim.state !== 'running') return
    victim.state = 'paused'
    this.note(`${victim.name} is stopped for ${ms / 1_000} s`)
    this.later(ms, () => this.#wake(victim))
    victim.onStop?.()
  }

  #wake(stopped: SimulatedProcess): void {
    if (stopped.state !== 'paused') return
    stopped.state = 'running'
    this.note(`${stopped.name} goes on`)
    for (const held of stopped.held.splice(0)) held()
  }

  /**
   * Lets time pass until the promise settles, or `withinMs` are over.
   *
   * @throws CutoverError `WORLD_HUNG` when nobody waits for anything that could settle it.
   */
  async runUntil<T>(promise: Promise<T>, withinMs = 7 * 86_400_000): Promise<T> {
    let settled = false
    const settle = (): void => {
      settled = true
    }
    promise.then(settle, settle)
    if (!(await this.#timeline.drive(() => settled, this.#timeline.time + withinMs))) {
      throw new CutoverError(
        'WORLD_HUNG',
        `not settled within ${withinMs / 1_000} s of virtual time, or nothing is left to wait for`,
      )
    }
    return promise
  }

  /** Lets time pass, whatever happens in it. */
  async advance(ms: number): Promise<void> {
    await this.runUntil(callers.exit(() => this.#sleep(ms, undefined)))
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
    const caller = callers.getStore()
    if (caller?.state === 'dead') return never()
    if (caller?.state === 'paused') {
      return new Promise(
        (resolve, reject) =>
          void caller.held.push(() => void this.call(operation, options, body).then(resolve, reject)),
      )
    }
    const { signal, fence, write = false, ms = 0 } = options
    if (signal?.aborted) return Promise.reject(signal.reason)
    try {
      fence?.()
    } catch (error) {
      return Promise.reject(error)
    }
    if (this.#closed.length > 0 && this.#isClosed(operation)) return Promise.reject(refusal(`${operation}: refused`))
    const fault = write ? this.#number(operation, caller, fence !== undefined) : undefined
    if (fault !== undefined) return this.#fail(fault, operation, caller, body)
    if (ms > 0) return this.#replyAfter(ms, caller, body, signal)
    try {
      return Promise.resolve(body())
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #number(operation: string, caller: SimulatedProcess | undefined, fenced: boolean): Fault | undefined {
    const number = this.effects.length + 1
    let fault = this.#faults.get(number)
    const armed = this.#next.findIndex((next) => operation.startsWith(next.operation))
    if (armed >= 0) fault = this.#next.splice(armed, 1)[0]?.fault
    this.effects.push({ number, operation, process: caller?.name ?? 'test', at: this.#timeline.time, fenced, fault })
    this.note(`#${number} ${operation}${fault ? ` meets ${fault}` : ''}`)
    return fault
  }

  #fail<T>(fault: Fault, operation: string, caller: SimulatedProcess | undefined, body: () => T): Promise<T> {
    const lost = (): Promise<T> =>
      new Promise((_, reject) => {
        const error = new CutoverError('WORLD_TIMEOUT', `${operation}: no reply`, { retryable: true })
        this.#timeline.at(this.#timeline.time + timeoutMs, () => reject(error), caller, false)
      })
    switch (fault) {
      case 'refused':
        return Promise.reject(refusal(`${operation}: throttled`))
      case 'refused-though-done':
        attempt(body)
        return Promise.reject(new CutoverError('WORLD_CONFLICT', `${operation}: the precondition does not hold`))
      case 'reply-lost':
        attempt(body)
        return lost()
      case 'late':
        this.#deliverLate(operation, body)
        return lost()
      case 'slow':
        return this.#replyAfter(slowMs, caller, body, undefined)
      case 'crash':
        return this.#die(caller)
      case 'crash-late':
        this.#deliverLate(operation, body)
        return this.#die(caller)
      case 'zombie-early':
      case 'zombie-in-lease':
      case 'zombie-after':
        return this.#stop(caller, wakeMs[fault] ?? 0, body)
      case 'refused-for-ever':
        this.#closed.push({ service: '', operation, until: Number.POSITIVE_INFINITY })
        return Promise.reject(new CutoverError('WORLD_DENIED', `${operation}: denied`))
      case 'outage':
        this.#closed.push({ service: serviceOf(operation), until: this.#timeline.time + outageMs })
        return Promise.reject(refusal(`${operation}: unavailable`))
    }
  }

  #isClosed(operation: string): boolean {
    return this.#closed.some(
      (closed) =>
        closed.until > this.#timeline.time &&
        (closed.operation === undefined ? closed.service === serviceOf(operation) : closed.operation === operation),
    )
  }

  #deliverLate(operation: string, body: () => unknown): void {
    this.later(this.#lateMs, () => {
      this.note(`late: ${operation}`)
      attempt(body)
    })
  }

  #die<T>(caller: SimulatedProcess | undefined): Promise<T> {
    if (!caller) throw new CutoverError('WORLD_NO_PROCESS', 'only a process can crash: use spawn() and runAs()')
    this.kill(caller)
    return never()
  }

  #stop<T>(caller: SimulatedProcess | undefined, ms: number, body: () => T): Promise<T> {
    if (!caller) throw new CutoverError('WORLD_NO_PROCESS', 'only a process can be stopped: use spawn() and runAs()')
    const done = attempt(body)
    this.pause(caller, ms)
    return new Promise(
      (resolve, reject) =>
        void caller.held.push(() => ('value' in done ? resolve(done.value) : reject(done.error))),
    )
  }

  /** Done at once, answered after a while; an abort meanwhile rejects, and what was done stays done. */
  #replyAfter<T>(
    ms: number,
    caller: SimulatedProcess | undefined,
    body: () => T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const done = attempt(body)
    return this.#sleepAs(caller, ms, signal).then(() => {
      if ('value' in done) return done.value
      throw done.error
    })
  }

  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return this.#sleepAs(callers.getStore(), ms, signal)
  }

  #sleepAs(caller: SimulatedProcess | undefined, ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (caller?.state === 'dead') return never()
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (ms <= 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#timeline.cancel(timer)
        reject(signal?.reason as Error)
      }
      const fire = (): void => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const timer = this.#timeline.at(this.#timeline.time + ms, fire, caller, false)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }
}

/** A new world; `new FakeWorld()` in a word. */
export function fakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  return new FakeWorld(options)
}

/** The caller is gone or lied to; what the service made of it stays. */
function attempt<T>(body: () => T): { value: T } | { error: unknown } {
  try {
    return { value: body() }
  } catch (error) {
    return { error }
  }
}

const refusal = (text: string): CutoverError => new CutoverError('WORLD_REFUSED', text, { retryable: true })

const serviceOf = (operation: string): string => operation.slice(0, operation.indexOf('.'))
