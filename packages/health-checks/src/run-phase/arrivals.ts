/** From 0 to below 1, the same for the same seed (Mulberry32, 32 bits of state: good enough to plan load). */
export function seededUniform(seed: number): () => number {
  let state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * When requests begin, in milliseconds from the start, in order: a Poisson process, as clients that know nothing of each other are.
 *
 * Planned before the first is sent, so no answer can hold up the next request (open loop; Schroeder, Wierman & Harchol-Balter,
 * NSDI 2006).
 */
export function planArrivals(ratePerSecond: number, lengthMs: number, uniform: () => number): readonly number[] {
  const meanMs = 1_000 / ratePerSecond
  const arrivals: number[] = []
  for (let at = -Math.log(1 - uniform()) * meanMs; at < lengthMs; at -= Math.log(1 - uniform()) * meanMs)
    arrivals.push(at)
  return arrivals
}
