// Kayenta a69573b: MannWhitney.scala, BrentSolver.java (which follow R's wilcox.test and zeroin).

export interface MannWhitney {
  readonly low: number
  readonly high: number
  /** Hodges–Lehmann shift of x against y. */
  readonly estimate: number
}

/** `z` is the normal quantile at (1 − confidence) / 2, negative: −2.3263478740408408 for 98 %. */
export function mannWhitney(x: readonly number[], y: readonly number[], z: number): MannWhitney {
  const [xs, ys] = [Float64Array.from(x).sort(), Float64Array.from(y).sort()]
  const muMin = (xs[0] as number) - (ys.at(-1) as number)
  const muMax = (xs.at(-1) as number) - (ys[0] as number)
  const diff = (mu: number, quantile: number): number => wilcoxonDiff(mu, quantile, xs, ys)
  const root = (quantile: number): number => {
    const [lower, upper] = [diff(muMin, quantile), diff(muMax, quantile)]
    if (lower <= 0) return muMin
    if (upper >= 0) return muMax
    return brent(muMin, muMax, lower, upper, (mu) => diff(mu, quantile))
  }
  const estimate = brent(muMin, muMax, diff(muMin, 0), diff(muMax, 0), (mu) => diff(mu, 0))
  return { low: root(-z), high: root(z), estimate }
}

/** The standardised rank sum of `x − mu` among both, with the corrections for continuity and for ties. Both are sorted. */
function wilcoxonDiff(mu: number, quantile: number, x: Float64Array, y: Float64Array): number {
  const [n, m] = [x.length, y.length]
  let [i, j, rank, ranks, ties] = [0, 0, 1, 0, 0]
  while (i < n || j < m) {
    const left = i < n ? (x[i] as number) - mu : Infinity
    const right = j < m ? (y[j] as number) : Infinity
    const value = Math.min(left, right)
    const [i0, j0] = [i, j]
    while (i < n && (x[i] as number) - mu === value) i += 1
    while (j < m && y[j] === value) j += 1
    const count = i - i0 + j - j0
    ranks += (i - i0) * (rank + (count - 1) / 2)
    ties += count ** 3 - count
    rank += count
  }
  const dz = ranks - (n * (n + 1)) / 2 - (n * m) / 2
  const sigma = Math.sqrt(((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1))))
  if (sigma === 0) throw new Error('cannot compute confidence interval when all observations are tied')
  return (dz - Math.sign(dz) * 0.5) / sigma - quantile
}

const epsilon = 2.220446049250313e-16
const tolerance = 1e-4

const isZero = (f: number): boolean => Math.abs(f) <= Number.MIN_VALUE

function brent(ax: number, bx: number, fax: number, fbx: number, value: (at: number) => number): number {
  let [a, b, c, fa, fb, fc] = [ax, bx, ax, fax, fbx, fax]
  if (isZero(fa)) return a
  if (isZero(fb)) return b
  for (let iteration = 0; iteration <= 1_000; iteration++) {
    const before = b - a
    if (Math.abs(fc) < Math.abs(fb)) [a, b, c, fa, fb, fc] = [b, c, b, fb, fc, fb]
    const near = 2 * epsilon * Math.abs(b) + tolerance / 2
    let step = (c - b) / 2
    if (Math.abs(step) <= near || isZero(fb)) return b
    if (Math.abs(before) >= near && Math.abs(fa) > Math.abs(fb)) {
      const cb = c - b
      let [p, q] = [0, 0]
      if (a === c) {
        const t1 = fb / fa
        p = cb * t1
        q = 1 - t1
      } else {
        q = fa / fc
        const [t1, t2] = [fb / fc, fb / fa]
        p = t2 * (cb * q * (q - t1) - (b - a) * (t1 - 1))
        q = (q - 1) * (t1 - 1) * (t2 - 1)
      }
      if (p > 0) q = -q
      else p = -p
      if (p < 0.75 * cb * q - Math.abs(near * q) / 2 && p < Math.abs((before * q) / 2)) step = p / q
    }
    if (Math.abs(step) < near) step = step > 0 ? near : -near
    a = b
    fa = fb
    b += step
    fb = value(b)
    if ((fb > 0 && fc > 0) || (fb < 0 && fc < 0)) {
      c = a
      fc = fa
    }
  }
  return b
}
