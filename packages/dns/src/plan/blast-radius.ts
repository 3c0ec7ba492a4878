import { knownOptions } from '@cutover/core'

import { refuseOption } from '../option-error.ts'

/** A step of a weighted move. */
export interface WeightedStep {
  /** What the new side is to get, in percent. */
  readonly percent: number
  /**
   * How much of the clients each resolver serves, in percent: `[40, 30, 10]` for one that serves 40 %, and so on; what is left is
   * taken as spread thinly. A weight is drawn once per cached answer, not per client.
   *
   * @default [], all spread thinly
   */
  readonly resolvers?: readonly number[] | undefined
}

export interface Blast {
  readonly percent: number
  /** Standard deviation of the share, in percentage points. */
  readonly deviation: number
  /** What the new side gets in 39 of 40 draws at most: percent + 2 deviations, never less than the largest resolver alone. */
  readonly worstCase: number
  /** The largest resolver's share: as long as it has drawn the new side, all its clients are there. */
  readonly largestResolver: number
}

/**
 * How many clients a weighted step can hit: weights are drawn by resolvers, one answer for all their clients and for a whole TTL, so
 * the share varies by √(w(1−w)·Σsᵢ²), with w the weight's share and sᵢ the resolvers'.
 *
 * @throws CutoverError `DNS_OPTION_INVALID`
 */
export function blastRadius(step: WeightedStep): Blast {
  knownOptions(step, ['percent', 'resolvers'], 'DNS_OPTION_INVALID', 'a weighted step')
  const { percent, resolvers = [] } = step
  if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100))
    refuseOption('percent', percent, 'a number from 0 to 100')
  const sum = resolvers.reduce((total, share) => total + share, 0)
  if (resolvers.some((share) => !(share > 0)) || sum > 100 + 1e-9) {
    refuseOption('resolvers', resolvers, 'shares above 0 that add up to at most 100')
  }
  const w = percent / 100
  const squares = resolvers.reduce((total, share) => total + (share / 100) ** 2, 0)
  const deviation = Math.sqrt(w * (1 - w) * squares) * 100
  const largestResolver = Math.max(0, ...resolvers)
  const drawn = percent === 0 ? 0 : Math.max(percent + 2 * deviation, largestResolver)
  return { percent, deviation, worstCase: Math.min(100, drawn), largestResolver }
}
