/** The relative entropy of two tosses, in nats. */
const relativeEntropy = (p: number, q: number): number => part(p, q) + part(1 - p, 1 - q)

const part = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log(a / b))

/**
 * How much one error says, on average, for a target that is `actual` times as bad against one that is `claimed` times as bad,
 * at the target's share of the exposure; in nats. `temper` divides it for bursts.
 */
export function natsPerError(share: number, actual: number, claimed: number, temper = 1): number {
  const toss = (ratio: number): number => (ratio * share) / (ratio * share + 1 - share)
  return relativeEntropy(toss(actual), toss(claimed)) / temper
}

/** The same for one request against a promised rate. */
export const natsPerRequest = (rate: number, actual: number, claimed: number, temper = 1): number =>
  relativeEntropy(Math.min(1, actual * rate), Math.min(0.999, claimed * rate)) / temper
