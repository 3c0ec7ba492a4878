import type { SimulatedProcess } from './simulated-process.ts'

export interface Timer {
  at: number
  order: number
  fire: () => void
  /** Whose code waits for it: a dead owner's timer never fires, a paused owner's is held. */
  readonly owner: SimulatedProcess | undefined
  /** Touches no promise, and keeps nobody waiting: the clock does not go on for its sake. */
  readonly background: boolean
  cancelled: boolean
}

/** Let real I/O in now and then: a process.nextTick loop alone would starve it. */
const turnsBetweenRealTurns = 1_024
let turns = 0

/**
 * Resolves when no microtask is left. A nextTick callback that was queued *from a microtask* runs only when the microtask
 * queue is empty; queued from elsewhere it would run too early, so callers `await` once before the first call.
 */
function quiet(): Promise<void> {
  turns += 1
  if (turns % turnsBetweenRealTurns === 0) return new Promise((resolve) => void setImmediate(resolve))
  return new Promise((resolve) => process.nextTick(resolve))
}

/** Virtual time: jumps to the next timer whenever nobody has anything left to do. */
export class Timeline {
  time = 0
  #order = 0
  #heap: Timer[] = []
  #awaited = 0
  #driving = false
  #wanted = false

  /** Calls `fire` at `at`; never in the past. */
  at(at: number, fire: () => void, owner: SimulatedProcess | undefined, background: boolean): Timer {
    const timer: Timer = {
      at: Math.max(at, this.time),
      order: this.#order++,
      fire,
      owner,
      background,
      cancelled: false,
    }
    this.#push(timer)
    if (!background) {
      this.#awaited += 1
      if (owner) owner.awaited += 1
      if (!this.#driving) void this.#driveAlone()
    }
    return timer
  }

  cancel(timer: Timer): void {
    if (timer.cancelled) return
    timer.cancelled = true
    this.#forget(timer)
  }

  /** The owner will never wait again. */
  abandon(owner: SimulatedProcess): void {
    this.#awaited -= owner.awaited
    owner.awaited = 0
  }

  /** Drives time until `done()`; answers false when nobody waits for anything any more, or `until` is over. */
  async drive(done: () => boolean, until: number): Promise<boolean> {
    this.#wanted = true
    while (this.#driving) await quiet()
    this.#driving = true
    try {
      await Promise.resolve()
      for (;;) {
        await quiet()
        if (done()) return true
        if (this.time > until || !this.#step()) return false
      }
    } finally {
      this.#driving = false
      this.#wanted = false
      if (this.#awaited > 0) void this.#driveAlone()
    }
  }

  /** A test just awaits its work: time goes on by itself while somebody sleeps. */
  async #driveAlone(): Promise<void> {
    this.#driving = true
    await Promise.resolve()
    for (;;) {
      await quiet()
      if (this.#wanted || this.#awaited === 0 || !this.#step()) break
    }
    this.#driving = false
  }

  /** Fires timers up to and including the first that may resolve a promise. */
  #step(): boolean {
    while (this.#awaited > 0) {
      const timer = this.#pop()
      if (!timer) return false
      if (timer.cancelled || timer.owner?.state === 'dead') continue
      this.#forget(timer)
      timer.cancelled = true
      if (timer.at > this.time) this.time = timer.at
      if (timer.owner?.state === 'paused') {
        timer.owner.held.push(timer.fire)
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
