/** How many of the last values are remembered, and which part of them is the tail. */
const remembered = 2_000
const part = 0.03
/** Fewer values than this have no tail. */
const least = 30
/** What is assumed of the tail's heaviness, and as if how many values had said so. */
const assumed: { readonly shape: number; readonly values: number } = { shape: 0.3, values: 30 }

/** The upper tail of a statistic, learned from its own past. */
export interface Tail {
  /** How probable a value at least as large is, judging by the past; 1 for one that is not in the tail, or while little is known. */
  probability(value: number): number
  add(value: number): void
}

/**
 * A generalized Pareto tail over the largest 3 % of the last 2,000 values, fitted by probability-weighted moments (Hosking and
 * Wallis 1987), its shape drawn towards 0.3 while values are few.
 */
export function tail(): Tail {
  const values = new Float64Array(remembered)
  let count = 0
  let fitAgainAt = least
  let fitted = { from: Infinity, scale: 1, shape: assumed.shape, part: 1 }

  function fit(): void {
    const known = Math.min(count, remembered)
    fitAgainAt = count + Math.max(8, known >> 5)
    const sorted = values.slice(0, known).sort()
    const number = Math.max(10, Math.floor(known * part))
    const from = sorted[known - 1 - number] ?? 0
    let [mean, weighted] = [0, 0]
    for (let i = 0; i < number; i++) {
      const excess = ((sorted[known - number + i] ?? 0) - from) / number
      mean += excess
      weighted += (excess * (number - 1 - i)) / (number - 1)
    }
    const estimate = 2 - mean / (mean - 2 * weighted)
    const shape = Number.isFinite(estimate) ? Math.max(0, Math.min(0.9, estimate)) : 0
    const drawn = (number * shape + assumed.values * assumed.shape) / (number + assumed.values)
    const middle = sorted[known >> 1] ?? 0
    // Values that are all alike have no tail of their own.
    const scale = Math.max(mean * (1 - drawn), (from - middle) * 0.05, from * 0.02, 1e-12)
    fitted = { from, scale, shape: drawn, part: (number + 1) / (known + 1) }
  }

  return {
    probability(value) {
      if (count < least) return 1
      if (count >= fitAgainAt) fit()
      if (value <= fitted.from) return 1
      return fitted.part * (1 + (fitted.shape * (value - fitted.from)) / fitted.scale) ** (-1 / fitted.shape)
    },
    add(value) {
      values[count % remembered] = value
      count += 1
    },
  }
}
