import { logAdd, logSum } from './log-sum.ts'

/**
 * An average of test martingales, over alternatives and over moments to begin at; an e-process again.
 *
 * A process that began at the start has spent hours on traffic that was well when something breaks; one that begins anew
 * every few intervals has not. Those that have not begun yet stand at 1, so how many there will be is fixed before.
 * Logarithms throughout: an outage is worth e¹⁰⁰⁰.
 *
 * @see Howard, Ramdas, McAuliffe & Sekhon 2021 (mixtures); Shin, Ramdas & Rinaldo 2022 (restarts).
 */
export class RestartMixture {
  readonly #logs: Float64Array
  readonly #starts: readonly number[]
  #begun = 0

  /** `starts`: the intervals, counted from 0, at which one begins; ascending. */
  constructor(alternatives: number, starts: readonly number[]) {
    this.#logs = new Float64Array(alternatives).fill(-Infinity)
    this.#starts = starts
  }

  /** One interval's increments of the log-likelihood, one for each alternative. */
  add(interval: number, increments: ArrayLike<number>): void {
    let due = 0
    while (this.#begun < this.#starts.length && (this.#starts[this.#begun] as number) <= interval) {
      this.#begun += 1
      due += 1
    }
    const begins = due === 0 ? -Infinity : Math.log(due)
    for (let i = 0; i < this.#logs.length; i++) {
      const log = this.#logs[i] as number
      this.#logs[i] = (due === 0 ? log : logAdd(log, begins)) + (increments[i] as number)
    }
  }

  /** ln e. */
  get logE(): number {
    const begun = logSum(this.#logs) - Math.log(this.#logs.length)
    const waiting = this.#starts.length - this.#begun
    return logAdd(begun, waiting === 0 ? -Infinity : Math.log(waiting)) - Math.log(this.#starts.length)
  }
}

/** Every fifth interval, or less often in a long run: at most 25 beginnings. */
export function restartsOf(intervals: number): readonly number[] {
  const every = Math.max(5, Math.ceil(intervals / 24))
  return Array.from({ length: Math.floor(Math.max(0, intervals - 1) / every) + 1 }, (_, i) => i * every)
}
