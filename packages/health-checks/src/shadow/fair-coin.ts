import { logSum } from '../gate/log-sum.ts'

const stakes = [0.1, 0.2, 0.4, 0.7, 1, 1.3, 1.6, 1.9]

/**
 * Is a difference more often the target's than the source's own? Of the requests in which only one of the two differs from the
 * first answer, a target that answers like the source has a fair half: its answer and the source's second one can be swapped.
 *
 * @see Waudby-Smith & Ramdas 2024 (betting); McNemar 1947 (which pairs say something).
 */
export class FairCoin {
  readonly #logs = new Float64Array(stakes.length)

  add(byTarget: boolean): void {
    for (let i = 0; i < stakes.length; i++) {
      const stake = stakes[i] as number
      this.#logs[i] = (this.#logs[i] as number) + Math.log1p(byTarget ? stake / 2 : -stake / 2)
    }
  }

  /** ln e against "no more often than chance". */
  get logE(): number {
    return logSum(this.#logs) - Math.log(stakes.length)
  }
}

/** Against "at least `share` of the requests differ beyond what the source's own do". */
export class RareExcess {
  readonly #logs = new Float64Array(stakes.length)
  readonly #share: number

  constructor(share: number) {
    this.#share = share
  }

  /** 1: only the target differs; −1: only the source itself; 0: both or neither. */
  add(excess: -1 | 0 | 1): void {
    for (let i = 0; i < stakes.length; i++) {
      const stake = (stakes[i] as number) / 2
      this.#logs[i] = (this.#logs[i] as number) + Math.log1p(stake * (this.#share - excess))
    }
  }

  get logE(): number {
    return logSum(this.#logs) - Math.log(stakes.length)
  }
}
