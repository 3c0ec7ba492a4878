import type { Pair } from './count-process.ts'

export interface Burstiness {
  /** v: the variance of a side's error rate from interval to interval beyond chance, relative to its square; not below 0. */
  readonly burstiness: number
  /** Pairs of intervals with an error in them. */
  readonly pairs: number
  readonly errors: number
}

/**
 * How bursty errors are, from pairs of intervals in which both sides were equally well; `undefined` for fewer than 20 errors.
 *
 * With w the target's share of the exposure and E the errors of both, the square of bad_t − w E is w (1−w) E on average without
 * bursts, and larger by 2 v (w (1−w))² Ē² with them, where E (E − 1) is Ē² (1 + v (1 − 2 w (1−w))) on average. v is where the
 * sums agree, plus one standard error, so that a short look is a careful one.
 *
 * @see Cameron & Trivedi 2013 §3.4 (moments of an over-dispersed count).
 */
export function burstinessOf(pairs: readonly Pair[]): Burstiness | undefined {
  const rows: { readonly excess: number; readonly scale: number; readonly odds: number }[] = []
  let errors = 0
  for (const { source, target } of pairs) {
    const all = source.bad + target.bad
    if (all === 0 || source.total === 0 || target.total === 0) continue
    const share = target.total / (source.total + target.total)
    const odds = share * (1 - share)
    rows.push({
      excess: (target.bad - all * share) ** 2 - all * odds,
      scale: 2 * odds ** 2 * all * Math.max(0, all - 1),
      odds,
    })
    errors += all
  }
  const scales = sum(rows.map(({ scale }) => scale))
  if (errors < 20 || scales === 0) return undefined
  const found = sum(rows.map(({ excess }) => excess)) / scales
  const squares = sum(rows.map(({ excess, scale }) => (excess - found * scale) ** 2))
  const raw = Math.max(0, found + Math.sqrt(squares) / scales)
  const spread = 1 - (2 * sum(rows.map(({ odds }) => odds))) / rows.length
  // Beyond it, one interval holds nearly all of the errors: as bursty as can be told.
  const burstiness = raw * spread < 0.9 ? raw / (1 - raw * spread) : raw * 10
  return { burstiness, pairs: rows.length, errors }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** One side as its own control: each interval beside the next. */
export function neighbours(
  buckets: readonly { readonly from: number; readonly to: number; readonly bad: number; readonly total: number }[],
): Pair[] {
  const pairs: Pair[] = []
  for (let i = 0; i + 1 < buckets.length; i++) {
    const [source, target] = [buckets[i], buckets[i + 1]]
    if (!source || !target || source.to !== target.from) continue
    pairs.push({ interval: pairs.length, source, target })
    i += 1
  }
  return pairs
}
