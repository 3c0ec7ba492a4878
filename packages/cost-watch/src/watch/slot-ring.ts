/** The last values of a series on a regular grid, of which some may be missing. Bounded, however long the series is. */
export interface SlotRing {
  /** The newest slot; −1 at first. */
  readonly newest: number
  /** `NaN` for what is missing, too old, or not there yet. */
  at(slot: number): number
  put(slot: number, value: number): void
}

const capacity = 16_384

export function slotRing(): SlotRing {
  const values = new Float64Array(capacity).fill(Number.NaN)
  let newest = -1
  return {
    get newest() {
      return newest
    },
    at: (slot) =>
      slot < 0 || slot > newest || slot <= newest - capacity ? Number.NaN : (values[slot % capacity] ?? Number.NaN),
    put(slot, value) {
      for (let missing = Math.max(newest + 1, slot - capacity); missing < slot; missing++)
        values[missing % capacity] = Number.NaN
      values[slot % capacity] = value
      newest = Math.max(newest, slot)
    },
  }
}

/** How many slots are looked at for a period. */
const looked = 3_000

/**
 * After how many slots a series repeats itself: its first clear peak of autocorrelation, if there is one, and a day and a week where
 * two of them have passed. Judges only what is in the ring.
 */
export function periods(ring: SlotRing, stepMs: number): Set<number> {
  const found = new Set<number>()
  const known = ring.newest + 1
  for (const naturalMs of [86_400_000, 7 * 86_400_000]) {
    const slots = Math.round(naturalMs / stepMs)
    const fits = Math.abs(slots - naturalMs / stepMs) < 0.003 * slots
    if (fits && slots >= 4 && known >= 2.2 * slots) found.add(slots)
  }
  const own = autocorrelated(recent(ring, Math.min(known, looked)))
  if (own !== undefined) found.add(own)
  return found
}

/** The last slots, around 0; what is missing is as the one before, and the outermost 2 % on either side are drawn in. */
function recent(ring: SlotRing, count: number): Float64Array {
  const values = new Float64Array(count)
  let former = Number.NaN
  for (let i = 0; i < count; i++) {
    const value = ring.at(ring.newest - count + 1 + i)
    if (!Number.isNaN(value)) former = value
    values[i] = former
  }
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  const low = sorted[Math.floor(sorted.length * 0.02)] ?? 0
  const high = sorted[Math.floor(sorted.length * 0.98)] ?? 0
  let mean = 0
  for (const [i, value] of values.entries()) {
    values[i] = Number.isNaN(value) ? low : Math.max(low, Math.min(high, value))
    mean += (values[i] ?? 0) / count
  }
  return values.map((value) => value - mean)
}

function autocorrelated(values: Float64Array): number | undefined {
  const count = values.length
  const longest = Math.floor(count / 2.5)
  const total = values.reduce((sum, value) => sum + value * value, 0)
  if (!(total > 0)) return undefined
  const correlation = new Float64Array(longest + 1)
  for (let lag = 1; lag <= longest; lag++) {
    let sum = 0
    for (let i = lag; i < count; i++) sum += (values[i] ?? 0) * (values[i - lag] ?? 0)
    correlation[lag] = ((sum / total) * count) / (count - lag)
  }
  let best: number | undefined
  let most = 0.3
  let fell = false
  for (let lag = 4; lag < longest; lag++) {
    const [left = 0, here = 0, right = 0] = [correlation[lag - 1], correlation[lag], correlation[lag + 1]]
    // Neighbours are alike without any period: first they must have stopped being so.
    fell ||= here < 0.1 || here < (correlation[1] ?? 0) - 0.3
    if (!fell || here <= left || here < right || here <= most) continue
    best = lag
    most = here + 0.05
  }
  return best
}
