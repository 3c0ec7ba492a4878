/**
 * Keeps each of `count` items with probability `share`, the same ones for the same interval and ratio: a verdict that is
 * replayed must come out the same.
 */
export function thinner(interval: number, ratio: number): (count: number, share: number) => number {
  let state = (Math.imul(interval + 1, 0x9e3779b1) ^ Math.imul(Math.round(ratio * 1_000), 0x85ebca6b)) | 0
  /** Mulberry32. */
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return (count, share) => {
    const whole = Math.round(count)
    if (share >= 1) return whole
    // Beyond this the share itself is as random as a draw would be.
    if (whole > 10_000) return Math.round(whole * share)
    let kept = 0
    for (let i = 0; i < whole; i++) if (uniform() < share) kept += 1
    return kept
  }
}
