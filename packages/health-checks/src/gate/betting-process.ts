import type { Pair, Process, ProcessOptions } from './count-process.ts'
import { logSpaced, logSum } from './log-sum.ts'
import { RestartMixture } from './restart-mixture.ts'
import { thinner } from './thin.ts'

/** How much of the stake goes on each interval; below 2, where an interval could lose all. */
const stakes = [0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.3, 1.6]
const grid = logSpaced(1 / 20, 20, 31)

/**
 * Bets on whose errors an interval's are, and needs no model of how they come within it: only that, if the target were ψ₀ times
 * as bad, dropping 1 − 1/ψ₀ of its errors would make the sides exchangeable.
 *
 * Both sides are thinned to the same exposure (seeded by the interval, so a replay is the same); then X = bad_t / E has a mean
 * of at most ½, whatever bursts there are, and Π (1 + λ (X − ½)) is a test martingale. An interval with one error counts as much
 * as one with a hundred, so it is slower than counts.
 *
 * @see Waudby-Smith & Ramdas 2024.
 */
export function bettingProcess({ tolerate, maxRatio, restarts }: ProcessOptions): Process {
  const worse = new RestartMixture(stakes.length, restarts)
  const increments = new Float64Array(stakes.length)
  const asGood = new Float64Array(stakes.length)
  const tooHigh = grid.map(() => new Float64Array(stakes.length))
  const tooLow = grid.map(() => new Float64Array(stakes.length))

  return {
    add(pair) {
      const worseBy = lean(pair, tolerate)
      for (let i = 0; i < stakes.length; i++) increments[i] = Math.log1p((stakes[i] as number) * worseBy)
      worse.add(pair.interval, increments)
      bet(asGood, -lean(pair, maxRatio))
      for (let g = 0; g < grid.length; g++) {
        const leans = lean(pair, grid[g] as number)
        bet(tooLow[g] as Float64Array, leans)
        bet(tooHigh[g] as Float64Array, -leans)
      }
    },
    get logWorse() {
      return worse.logE
    },
    get logAsGood() {
      return average(asGood)
    },
    ratios(alpha) {
      const limit = Math.log(2 / alpha)
      const low = tooLow.findIndex((logs) => average(logs) < limit)
      const high = tooHigh.findLastIndex((logs) => average(logs) < limit)
      const from = low <= 0 ? 0 : (grid[low - 1] as number)
      return high === grid.length - 1 || high < low ? { low: from } : { low: from, high: grid[high + 1] as number }
    },
  }
}

/** X − ½ after thinning, 0 where an interval says nothing. */
function lean({ interval, source, target }: Pair, ratio: number): number {
  const exposure = Math.min(source.total, target.total)
  if (exposure <= 0) return 0
  const thin = thinner(interval, ratio)
  const bad = thin(target.bad, (exposure / target.total) * Math.min(1, 1 / ratio))
  const other = thin(source.bad, (exposure / source.total) * Math.min(1, ratio))
  return bad + other === 0 ? 0 : bad / (bad + other) - 0.5
}

function bet(logs: Float64Array, leans: number): void {
  if (leans === 0) return
  for (let i = 0; i < logs.length; i++) logs[i] = (logs[i] as number) + Math.log1p((stakes[i] as number) * leans)
}

const average = (logs: Float64Array): number => logSum(logs) - Math.log(logs.length)
