import type { Process, ProcessOptions } from './count-process.ts'
import { logSpaced, logSum } from './log-sum.ts'
import { RestartMixture } from './restart-mixture.ts'

const gridSize = 121
const reach = 50

/**
 * The target alone against a rate that is promised: ratios are to `rate`, the share of bad requests that the SLO allows.
 *
 * Bernoulli likelihood ratios, divided by 1 + v μ for bursts, μ the errors that the SLO allows in the interval. Nothing cancels
 * here: what shakes both sides, a dependency or a wave of bad requests, counts against the target.
 */
export function rateProcess(options: ProcessOptions & { readonly rate: number; readonly burstiness: number }): Process {
  const { tolerate, maxRatio, restarts, rate, burstiness } = options
  // A share cannot pass 1.
  const top = Math.min(reach, 0.999 / rate)
  const worse = logSpaced(Math.min(1.15 * tolerate, top / 1.01), Math.min(12 * tolerate, top), 20)
  const mixture = new RestartMixture(worse.length, restarts)
  const increments = new Float64Array(worse.length)
  const grid = logSpaced(1 / reach, top, gridSize)
  const logs = new Float64Array(gridSize)
  const scratch = new Float64Array(gridSize)
  let atMax = 0
  const firstGood = grid.findIndex((ratio) => ratio >= maxRatio / 10)
  const lastGood = grid.findLastIndex((ratio) => ratio <= maxRatio / 1.1)
  const logOf = (ratio: number, bad: number, good: number): number =>
    bad * Math.log(ratio) + good * Math.log1p(-ratio * rate)

  return {
    add({ interval, target: { bad, total } }) {
      const temper = 1 / (1 + burstiness * total * rate)
      const good = total - bad
      const null0 = logOf(tolerate, bad, good)
      for (let i = 0; i < worse.length; i++)
        increments[i] = total > 0 ? temper * (logOf(worse[i] as number, bad, good) - null0) : 0
      mixture.add(interval, increments)
      if (total === 0) return
      for (let i = 0; i < gridSize; i++) logs[i] = (logs[i] as number) + temper * logOf(grid[i] as number, bad, good)
      atMax += temper * logOf(Math.min(maxRatio, top), bad, good)
    },
    get logWorse() {
      return mixture.logE
    },
    get logAsGood() {
      const count = lastGood - firstGood + 1
      for (let i = 0; i < count; i++) scratch[i] = (logs[firstGood + i] as number) - atMax
      return logSum(scratch.subarray(0, count)) - Math.log(count)
    },
    ratios(alpha) {
      const limit = logSum(logs) - Math.log(gridSize) + Math.log(alpha)
      const first = logs.findIndex((log) => log > limit)
      const last = logs.findLastIndex((log) => log > limit)
      const low = first <= 0 ? 0 : (grid[first - 1] as number)
      return last === gridSize - 1 ? { low } : { low, high: grid[last + 1] as number }
    },
  }
}
