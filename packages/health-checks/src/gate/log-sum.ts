/** ln(eᵃ + eᵇ), also where either is −∞ or too large for `exp`. */
export function logAdd(a: number, b: number): number {
  const [high, low] = a > b ? [a, b] : [b, a]
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high))
}

/** ln Σ eˣ. */
export function logSum(values: ArrayLike<number>): number {
  let high = -Infinity
  for (let i = 0; i < values.length; i++) high = Math.max(high, values[i] as number)
  if (high === -Infinity) return high
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += Math.exp((values[i] as number) - high)
  return high + Math.log(sum)
}

/** `count` numbers from `low` to `high`, each the same factor above the one before. */
export function logSpaced(low: number, high: number, count: number): number[] {
  const step = Math.log(high / low) / (count - 1)
  return Array.from({ length: count }, (_, i) => low * Math.exp(i * step))
}
