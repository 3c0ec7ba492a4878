// At which threshold the runaway detector gives so many false alarms: the table of src/watch/threshold.ts is made of it.
// node packages/cost-watch/test/watch/climbs.ts [SLOT_MS] prints it anew (some minutes).
import { dailyTotals, demand, type SpendPoint } from '@cutover/cost-watch/testing'

import { cusum } from '../../src/watch/cusum.ts'

const day = 86_400_000
const hour = day / 24
const historyDays = 28
const judgedDays = 60

type Series = readonly SpendPoint[]

/** Demand without any runaway, of seeds `first` to `first + count - 1`: 28 days of history and 60 days to judge. */
export function calm(slotMs: number, first: number, count: number): Series[] {
  return Array.from({ length: count }, (_, i) => {
    const days = historyDays + judgedDays
    const raw = demand({ seed: first + i, days, slotMs: Math.min(slotMs, hour) })
    return slotMs === day ? dailyTotals(raw, hour) : raw
  })
}

/** False alarms in 30 days with a threshold. */
export function falseAlarms(all: readonly Series[], slotMs: number, limit: number): number {
  let alarms = 0
  for (const points of all) {
    const judgedFrom = (points[0]?.at ?? 0) + historyDays * day
    const detector = cusum({ slotMs, profile: undefined, minimumExcess: 0, limit })
    for (const point of points) if (detector.judge(point).alarm && point.at >= judgedFrom) alarms += 1
  }
  return (alarms * 30) / (all.length * judgedDays)
}

/** The least threshold with at most so many. */
function limitFor(all: readonly Series[], slotMs: number, rate: number): number {
  let [low, high] = [0.1, 400]
  while (high / low > 1.005) {
    const middle = Math.sqrt(low * high)
    if (falseAlarms(all, slotMs, middle) > rate) low = middle
    else high = middle
  }
  return high
}

if (import.meta.main) {
  const slots = process.argv[2] === undefined ? [300_000, 900_000, 1_800_000, hour, day] : [Number(process.argv[2])]
  for (const slotMs of slots) {
    const all = calm(slotMs, 1, slotMs === 300_000 ? 300 : slotMs === day ? 2_000 : 1_000)
    const limits = [0.05, 0.1, 0.15, 0.25, 0.5].map((rate) => limitFor(all, slotMs, rate))
    console.log(slotMs, limits.map((limit) => limit.toFixed(2)).join(', '))
  }
}
