/** A seeded source of randomness, the same for the same seed on every machine. */
export interface Random {
  /** From 0 up to 1. */
  next(): number
  /** Normal, mean 0, deviation 1. */
  normal(): number
  /** Evenly from `low` up to `high`. */
  between(low: number, high: number): number
}

/** @see mulberry32, a 32-bit generator by Tommy Ettinger, in the public domain; normals after Box and Muller. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d_2b_79_f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    between: (low, high) => low + (high - low) * next(),
  }
}
