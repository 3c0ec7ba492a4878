import { Forecaster } from './forecaster.ts'
import { median } from './median.ts'
import { periods, type SlotRing, slotRing } from './slot-ring.ts'

/** How long between points a series usually is, is known after so many of them. */
const toLearnStep = 13
/** How many former periods a point is compared with. */
const cycles = 5

/**
 * How improbable each point of a series is, given the points before it: −log10 of the probability, 0 for what is ordinary.
 *
 * Several forecasters compete: the point before, a fast and a slow mean, and for each period that the past shows (found by its
 * autocorrelation; a day and a week are tried, too) the median of the last five, give or take one slot, plus a level. The one that was
 * least far off so far judges; its distances so far say how improbable the present one is.
 */
export function surprise(): (at: number, value: number) => number {
  const ring = slotRing()
  const early: number[] = []
  const former = new Forecaster(0)
  const means = [new Forecaster(0.15), new Forecaster(0.01)]
  const seasonal = new Map<number, Forecaster>()
  let [origin, stepMs, previous, lookAgainAt] = [0, 0, Number.NaN, 40]
  let [count, mean, spread, quantum] = [0, 0, 0, Infinity]

  const tiny = (): number =>
    Math.max(Number.isFinite(quantum) ? quantum / 2 : 0, 1e-3 * spread, 1e-9 * Math.abs(mean), 1e-12)

  function findPeriods(): void {
    const found = periods(ring, stepMs)
    for (const known of seasonal.keys()) if (![...found].some((one) => alike(one, known))) seasonal.delete(known)
    for (const period of found) {
      if ([...seasonal.keys()].some((known) => alike(known, period))) continue
      const forecaster = new Forecaster(0.15)
      // It starts with what it would have learned meanwhile.
      const rehearsed = Math.max(600, Math.min(3 * period, 1_500))
      for (let slot = Math.max(period, ring.newest - rehearsed + 1); slot <= ring.newest; slot++) {
        const value = ring.at(slot)
        if (Number.isNaN(value)) continue
        expectSeason(forecaster, ring, period, slot)
        forecaster.learn(value, tiny())
      }
      seasonal.set(period, forecaster)
    }
  }

  return (at, value) => {
    if (stepMs === 0) {
      early.push(at)
      if (early.length < toLearnStep) {
        former.expect(previous)
        former.learn(value, tiny())
        previous = value
        return 0
      }
      stepMs = median(early.slice(1).map((one, i) => one - (early[i] ?? one)))
      origin = at
    }
    // Points that come early share a slot: nothing is before the newest.
    const slot = Math.max(ring.newest, Math.round((at - origin) / stepMs))
    former.expect(slot - ring.newest <= 4 || ring.newest < 0 ? previous : Number.NaN)
    for (const forecaster of means) forecaster.expect(0)
    for (const [period, forecaster] of seasonal) expectSeason(forecaster, ring, period, slot)
    const all = [former, ...means, ...seasonal.values()]
    const ready = all.filter((one) => one.ready)
    const best = Math.min(...ready.map(({ usual }) => usual))
    const nothing = tiny()
    let probability = ready.length === 0 ? 1 : 0
    for (const one of ready)
      if (one.usual <= best * 1.01 + nothing) probability = Math.max(probability, one.probability(value, nothing))

    for (const one of all) one.learn(value, nothing)
    ring.put(slot, value)
    count += 1
    const step = Math.abs(value - previous)
    if (step > 0 && step < quantum) quantum = step
    previous = value
    mean += (value - mean) / Math.min(count, 1_000)
    spread += (Math.abs(value - mean) - spread) / Math.min(count, 1_000)
    if (slot >= lookAgainAt) {
      lookAgainAt = Math.min(Math.floor(slot * 1.2) + 50, slot + 1_000)
      findPeriods()
    }
    return -Math.log10(Math.max(probability, 1e-300))
  }
}

/** Periods that are one, give or take a slot. */
const alike = (one: number, other: number): boolean => Math.abs(one - other) <= 1

/** What was there a period ago, give or take a slot: jobs do not start to the second. */
function expectSeason(forecaster: Forecaster, ring: SlotRing, period: number, slot: number): void {
  const base = formerly(ring, period, slot)
  const around = [formerly(ring, period, slot - 1), base, formerly(ring, period, slot + 1)].filter(
    (one) => !Number.isNaN(one),
  )
  if (Number.isNaN(base)) forecaster.expect(Number.NaN)
  else forecaster.expect(base, Math.min(...around), Math.max(...around))
}

function formerly(ring: SlotRing, period: number, slot: number): number {
  const values: number[] = []
  for (let cycle = 1; cycle <= cycles; cycle++) {
    const value = ring.at(slot - cycle * period)
    if (!Number.isNaN(value)) values.push(value)
  }
  return median(values)
}
