/** Random numbers that are the same for the same seed. */
export interface SeededRandom {
  /** From 0 to below 1. */
  uniform(): number
  /** With mean 0 and variance 1 (Marsaglia's polar method). */
  normal(): number
  /** With mean `shape` and scale 1 (Marsaglia & Tsang 2000). */
  gamma(shape: number): number
  /** How many of `n` happen, each with probability `p`. */
  binomial(n: number, p: number): number
  poisson(mean: number): number
}

/** Mulberry32: 32 bits of state, good enough to script traffic. */
export function seededRandom(seed: number): SeededRandom {
  let state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const normal = (): number => {
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1]
      const square = x * x + y * y
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
    }
  }
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape)
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = normal()
      const v = (1 + c * x) ** 3
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }
  /** Jumps from one success to the next (Devroye 1986, p. 525): as many steps as there are successes. */
  const binomial = (n: number, p: number): number => {
    if (p <= 0 || n <= 0) return 0
    if (p >= 1) return n
    if (p > 0.5) return n - binomial(n, 1 - p)
    const log = Math.log1p(-p)
    let found = 0
    for (let at = Math.floor(Math.log(1 - uniform()) / log); at < n; found++)
      at += 1 + Math.floor(Math.log(1 - uniform()) / log)
    return found
  }
  /** Large means are split by a gamma variate (Ahrens & Dieter 1974), so no mean takes long. */
  const poisson = (mean: number): number => {
    if (mean > 20) {
      const m = Math.floor((mean * 7) / 8)
      const reached = gamma(m)
      return reached > mean ? binomial(m - 1, mean / reached) : m + poisson(mean - reached)
    }
    const limit = Math.exp(-mean)
    let found = 0
    for (let product = 1 - uniform(); product > limit; found++) product *= 1 - uniform()
    return found
  }
  return { uniform, normal, gamma, binomial, poisson }
}
