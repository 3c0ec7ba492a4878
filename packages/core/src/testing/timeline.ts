import { AsyncLocalStorage } from 'node:async_hooks'

import type { SimulatedProcess } from './simulated-process.ts'

export interface Timer {
  readonly at: number
  readonly order: number
  readonly fire: () => void
  /** Whose code waits for it: a dead owner's timer never fires, a paused owner's is held. */
  readonly owner: SimulatedProcess | undefined
  /** Touches no promise, and keeps nobody waiting: the clock does not go on for its sake. */
  readonly background: boolean
  /** It was fired, held or cancelled. */
  over: boolean
}

/** Somebody lets time pass until something is done. */
interface Drive {
  readonly done: () => boolean
  /** No timer after this instant is fired for it. */
  readonly until: number
  readonly end: (end: DriveEnd) => void
  readonly fail: (error: unknown) => void
}

/** `late`: the next timer is after `until`; `hung`: nobody waits for anything. */
export type DriveEnd = 'done' | 'late' | 'hung'

/** Let real I/O in now and then: a process.nextTick loop alone would starve it. */
const turnsBetweenRealTurns = 1_024
let turns = 0

/** Timers fire as nobody's code, whoever it was that started the clock. */
const asNobody = AsyncLocalStorage.snapshot()

/** Never resolves, and keeps nothing: always a fresh one, since a shared promise would collect reactions for ever. */
export const never = <T>(): Promise<T> => new Promise<T>(() => {})

/**
 * Resolves when no microtask is left. A nextTick callback that was queued *from a microtask* runs only when the microtask
 * queue is empty; queued from elsewhere it would run too early, so callers `await` once before the first call.
 */
function quiet(): Promise<void> {
  turns += 1
  return turns % turnsBetweenRealTurns === 0 ? realTurn() : new Promise((resolve) => process.nextTick(resolve))
}

const realTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Virtual time: jumps to the next timer whenever nobody has anything left to do. */
export class Timeline {
  time = 0
  #order = 0
  #awaited = 0
  #running = false
  #until = Number.POSITIVE_INFINITY
  readonly #heap: Timer[] = []
  readonly #drives: Drive[] = []

  /** Calls `fire` at `at`; never in the past. */
  at(at: number, fire: () => void, owner: SimulatedProcess | undefined, background: boolean): Timer {
    const timer: Timer = { at: Math.max(at, this.time), order: this.#order++, fire, owner, background, over: false }
    this.#push(timer)
    if (!background) {
      this.#awaited += 1
      if (owner) owner.awaited += 1
      this.#start()
    }
    return timer
  }

  cancel(timer: Timer): void {
    if (timer.over) return
    timer.over = true
    this.#forget(timer)
  }

  /** Resolves in `ms`; what happens to a process that is stopped reaches it when it goes on, and a dead one never. */
  sleep(ms: number, owner: SimulatedProcess | undefined, signal: AbortSignal | undefined): Promise<void> {
    if (owner?.state === 'dead') return never()
    if (owner?.state === 'paused') {
      return new Promise((resolve, reject) => {
        owner.held.push(() => void this.sleep(ms, owner, signal).then(resolve, reject))
      })
    }
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (!(ms > 0)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        if (timer) this.cancel(timer)
        if (owner?.state === 'dead') return
        if (owner?.state === 'paused') owner.held.push(() => reject(signal?.reason as Error))
        else reject(signal?.reason as Error)
      }
      const fire = (): void => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const timer = ms === Number.POSITIVE_INFINITY ? undefined : this.at(this.time + ms, fire, owner, false)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  /** The owner will never wait again. */
  abandon(owner: SimulatedProcess): void {
    this.#awaited -= owner.awaited
    owner.awaited = 0
  }

  /** Lets time pass until `done()`. Several may do so at once, also one inside the other. */
  drive(done: () => boolean, until: number): Promise<DriveEnd> {
    return new Promise((end, fail) => {
      this.#drives.push({ done, until, end, fail })
      this.#until = Math.min(this.#until, until)
      this.#start()
    })
  }

  #start(): void {
    if (!this.#running) void asNobody(() => this.#run())
  }

  /** Goes on while somebody drives, or sleeps: a test just awaits its work. */
  async #run(): Promise<void> {
    this.#running = true
    await Promise.resolve()
    for (;;) {
      await quiet()
      // Whoever was waiting goes on before the clock does.
      if (this.#endDrives(({ done }) => done(), 'done')) continue
      if (this.#awaited === 0 && this.#drives.length === 0) break
      if (this.#stepped()) continue
      if (this.#awaited > 0) {
        this.#endDrives(({ until }) => until === this.#until, 'late')
        continue
      }
      // Code that uses process.nextTick or setImmediate itself, such as a stream, may still be under way.
      await realTurn()
      const last = this.#drives.at(-1)
      if (this.#awaited === 0) this.#endDrives((drive) => drive === last && !drive.done(), 'hung')
    }
    this.#running = false
  }

  #endDrives(which: (drive: Drive) => boolean, end: DriveEnd): boolean {
    const ended = this.#drives.filter(which)
    if (ended.length === 0) return false
    for (const drive of ended) this.#endDrive(drive)
    for (const drive of ended) drive.end(end)
    return true
  }

  #endDrive(drive: Drive): void {
    this.#drives.splice(this.#drives.indexOf(drive), 1)
    this.#until = this.#drives.reduce((until, other) => Math.min(until, other.until), Number.POSITIVE_INFINITY)
  }

  /** Steps; what a fake's own timer throws is told to whoever drives, or else to the test runner. */
  #stepped(): boolean {
    try {
      return this.#step()
    } catch (error) {
      const drive = this.#drives.at(-1)
      if (drive) {
        this.#endDrive(drive)
        drive.fail(error)
      } else {
        queueMicrotask(() => {
          throw error
        })
      }
      return true
    }
  }

  /** Fires timers up to and including the first that may resolve a promise. */
  #step(): boolean {
    while (this.#awaited > 0) {
      const timer = this.#heap[0]
      if (!timer) return false
      const { owner } = timer
      if (timer.over || owner?.state === 'dead') {
        this.#pop()
        continue
      }
      if (timer.at > this.#until) return false
      this.#pop()
      this.#forget(timer)
      timer.over = true
      if (timer.at > this.time) this.time = timer.at
      if (owner?.state === 'paused') {
        owner.held.push(timer.fire)
        continue
      }
      timer.fire()
      if (!timer.background) return true
    }
    return false
  }

  #forget(timer: Timer): void {
    if (timer.background || timer.owner?.state === 'dead') return
    this.#awaited -= 1
    if (timer.owner) timer.owner.awaited -= 1
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let child = heap.push(timer) - 1
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (!isBefore(heap[child] as Timer, heap[parent] as Timer)) break
      swap(heap, child, parent)
      child = parent
    }
  }

  #pop(): Timer | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return top
    heap[0] = last
    for (let parent = 0; ;) {
      const left = parent * 2 + 1
      let least = parent
      if (left < heap.length && isBefore(heap[left] as Timer, heap[least] as Timer)) least = left
      if (left + 1 < heap.length && isBefore(heap[left + 1] as Timer, heap[least] as Timer)) least = left + 1
      if (least === parent) return top
      swap(heap, parent, least)
      parent = least
    }
  }
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

function swap(heap: Timer[], a: number, b: number): void {
  const kept = heap[a] as Timer
  heap[a] = heap[b] as Timer
  heap[b] = kept
}
