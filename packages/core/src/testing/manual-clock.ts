import type { Clock } from '../clock.ts'
import { CutoverError } from '../cutover-error.ts'

export interface ManualClock extends Clock {
  /** Moves time on, waking sleepers in order and letting what they do happen before the next one wakes. */
  advance(ms: number): Promise<void>
  /** Moves wall time alone, as an administrator or a bad time server does. */
  jump(ms: number): void
  /** How many wait. */
  readonly sleeping: number
}

/** A clock that moves only when told; for a test that asserts what happens *between* two instants. Else take a `fakeWorld`. */
export function manualClock(startAt: number = Date.UTC(2026, 10, 20, 2)): ManualClock {
  let passed = 0
  let jumped = 0
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>()
  return {
    get sleeping() {
      return sleepers.size
    },
    now: () => startAt + passed + jumped,
    monotonic: () => passed,
    sleep: (ms, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error)
        if (!(ms > 0)) return resolve()
        const stop = (): void => {
          sleepers.delete(sleeper)
          reject(signal?.reason as Error)
        }
        const wake = (): void => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', stop)
          resolve()
        }
        const sleeper = { until: passed + ms, wake }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', stop, { once: true })
      }),
    async advance(ms) {
      if (!(ms >= 0)) throw new CutoverError('WORLD_INVALID', `advance is ${ms} ms; time goes forward only`)
      const end = passed + ms
      await settle()
      for (;;) {
        const due = [...sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0]
        if (!due) break
        passed = due.until
        due.wake()
        await settle()
      }
      passed = end
    },
    jump(ms) {
      jumped += ms
    },
  }
}

/** Lets everything that can go on without time go on. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
