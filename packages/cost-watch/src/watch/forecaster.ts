import { tail, type Tail } from './tail.ts'

/** How fast the level that a forecaster adds to its base follows: the part of the distance that it goes at each point. */
type Rate = number

/**
 * One way to expect the next point: a base (nothing, the point before, what was there a period ago) and a level over it. Knows how
 * far off it usually is, over all and of late, and how improbable it is to be as far off as it is now.
 */
export class Forecaster {
  readonly #rate: Rate
  readonly #tail: Tail = tail()
  #level = 0
  #usual = 0
  #lately = 0
  #learned = 0
  #low = Number.NaN
  #high = Number.NaN
  #base = Number.NaN

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** Mean distance from what came. */
  get usual(): number {
    return this.#usual
  }

  /** True once it expects something and has been seen at work. */
  get ready(): boolean {
    return this.#learned >= 20 && !Number.isNaN(this.#low)
  }

  /** Expects anything from `low` to `high`, and the level more; `NaN` is no expectation. */
  expect(base: number, low: number = base, high: number = base): void {
    this.#base = base
    const level = this.#learned === 0 && this.#rate > 0 ? Number.NaN : this.#level
    this.#low = low + level
    this.#high = high + level
  }

  /** How probable it is to be at least as far off as with this value. `least` is the distance that is none. */
  probability(value: number, least: number): number {
    return this.#tail.probability(this.#off(value, least))
  }

  learn(value: number, least: number): void {
    if (!Number.isNaN(this.#low)) {
      if (this.#learned > 10) this.#tail.add(this.#off(value, least))
      const distance = this.#distance(value)
      const furthest = this.#learned > 30 ? 8 * Math.max(this.#usual, this.#lately, least) : Infinity
      const off = Math.min(distance, furthest)
      this.#usual += (off - this.#usual) / Math.min(this.#learned + 1, 500)
      this.#lately += (off - this.#lately) / Math.min(this.#learned + 1, 30)
    }
    if (Number.isNaN(this.#base)) return
    const above = value - this.#base
    this.#level = this.#rate === 0 ? 0 : this.#learned === 0 ? above : this.#level + this.#rate * (above - this.#level)
    this.#learned += 1
  }

  #distance(value: number): number {
    return Math.max(0, value - this.#high, this.#low - value)
  }

  #off(value: number, least: number): number {
    return this.#distance(value) / ((this.#usual + this.#lately) / 2 + least)
  }
}
