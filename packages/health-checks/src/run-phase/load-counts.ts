import type { CountBucket, CountSource } from '../count-source.ts'

interface Slot {
  /** Begun, and not known yet. */
  open: number
  readonly answers: { readonly bad: boolean; readonly ms: number }[]
}

/** One side's requests of a load test as counts, by when they were meant to begin. */
export class LoadCounts implements CountSource {
  readonly settleMs = 0
  readonly #slots = new Map<number, Slot>()
  readonly #everyMs: number
  readonly #now: () => number
  #since: number | undefined
  /** From here on an answer is slow; until it is known nothing is. */
  slowerThanMs: number | undefined

  constructor(everyMs: number, now: () => number) {
    this.#everyMs = everyMs
    this.#now = now
  }

  /** Epoch milliseconds. Answers what to call when it is known how it ended; a cold one counts nowhere. */
  begin(at: number): (ended: { readonly bad: boolean; readonly ms: number } | 'cold') => void {
    const from = this.#slotAt(at)
    this.#since ??= from
    const slot = this.#slots.get(from) ?? { open: 0, answers: [] }
    this.#slots.set(from, slot)
    slot.open += 1
    return (ended) => {
      slot.open -= 1
      if (ended !== 'cold') slot.answers.push(ended)
    }
  }

  /** A bucket is complete when its time is over and every request that was meant to begin in it has ended. */
  async counts({ from, to }: { readonly from: number; readonly to: number }): Promise<readonly CountBucket[]> {
    if (this.#since === undefined) return []
    const now = this.#now()
    const buckets: CountBucket[] = []
    for (let at = Math.max(this.#since, this.#slotAt(from)); at < Math.min(to, now); at += this.#everyMs) {
      const { open, answers } = this.#slots.get(at) ?? { open: 0, answers: [] }
      const limitMs = this.slowerThanMs ?? Infinity
      buckets.push({
        from: at,
        to: at + this.#everyMs,
        total: answers.length,
        bad: answers.filter(({ bad }) => bad).length,
        slow: answers.filter(({ bad, ms }) => bad || ms > limitMs).length,
        complete: open === 0 && at + this.#everyMs <= now,
      })
    }
    return buckets
  }

  #slotAt(at: number): number {
    return Math.floor(at / this.#everyMs) * this.#everyMs
  }
}
