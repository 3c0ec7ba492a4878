import { logSpaced, logSum } from './log-sum.ts'
import { RestartMixture } from './restart-mixture.ts'

/** Items at both sides in one interval: those that count against a side, and all. */
export interface Pair {
  /** The interval's number since the start. */
  readonly interval: number
  readonly source: { readonly bad: number; readonly total: number }
  readonly target: { readonly bad: number; readonly total: number }
}

/** A side's errors against the other's, as evidence that grows; `logE` of two hypotheses, and the ratios still possible. */
export interface Process {
  add(pair: Pair): void
  /** ln e against "the target is at most `tolerate` times as bad". */
  readonly logWorse: number
  /** ln e against "the target is at least `maxRatio` times as bad". */
  readonly logAsGood: number
  /** The ratios that are not refuted at `alpha`, for a ratio that stays; without `high` where none is. */
  ratios(alpha: number): { readonly low: number; readonly high?: number }
}

export interface ProcessOptions {
  readonly tolerate: number
  readonly maxRatio: number
  readonly restarts: readonly number[]
}

const reach = 50
const gridSize = 121
const unit = logSpaced(1 / reach, reach, gridSize)

/**
 * The conditional count e-process: given how many errors both sides had in an interval, whose they are is a toss weighted by
 * exposure and by the ratio ψ. So traffic, and what shakes both sides alike, cancels.
 *
 * Increment for ψ against ψ₀: `bad_t · ln(ψ/ψ₀) + E · ln((n_t ψ₀ + n_s) / (n_t ψ + n_s))`, E = bad_t + bad_s. Exact for Poisson
 * counts; at ψ₀ = 1 also for independent requests, as the hypergeometric is below the binomial in the convex order (Hoeffding
 * 1963) and the likelihood ratio is convex.
 *
 * `burstiness` v, the variance of a side's error rate from interval to interval beyond chance, relative to its square:
 * an interval's increments are divided by 1 + 2 v w (1−w) Ē, the factor by which bursts widen the toss at the target's share
 * of exposure w. Ē is what the intervals before lead to expect: weights by the interval's own E would lean towards the side
 * that bursts less. Only an interval with over four times as many is divided by more, so no burst says more than v allows.
 *
 * @see Lindon & Malek 2022 (conditional counts); Williams 1982 (the factor); Ville 1939.
 */
export function countProcess(options: ProcessOptions & { readonly burstiness: number }): Process {
  const { tolerate, maxRatio, restarts, burstiness } = options
  const worse = logSpaced(1.15 * tolerate, 12 * tolerate, 20)
  const worseLogs = worse.map((ratio) => Math.log(ratio / tolerate))
  const mixture = new RestartMixture(worse.length, restarts)
  const increments = new Float64Array(worse.length)

  const grid = unit
  const gridLogs = grid.map(Math.log)
  const logs = new Float64Array(gridSize)
  const scratch = new Float64Array(gridSize)
  let atMax = 0
  const past = { bad: 0, exposed: 0 }
  const [firstGood, lastGood] = [
    grid.findIndex((ratio) => ratio >= maxRatio / 10),
    grid.findLastIndex((ratio) => ratio <= maxRatio / 1.1),
  ]

  return {
    add({ interval, source, target }) {
      const [bad, all] = [target.bad, source.bad + target.bad]
      const [nt, ns] = [target.total, source.total]
      const exposed = nt + ns
      const share = exposed === 0 ? 0 : nt / exposed
      const expected = past.exposed === 0 ? all : exposed * (past.bad / past.exposed)
      past.bad += all
      past.exposed += exposed
      const temper = 1 / (1 + 2 * burstiness * share * (1 - share) * Math.max(expected, all / 4))
      const isEvidence = all > 0 && nt > 0 && ns > 0
      const null0 = Math.log(nt * tolerate + ns)
      for (let i = 0; i < worse.length; i++)
        increments[i] = isEvidence
          ? temper * (bad * (worseLogs[i] as number) + all * (null0 - Math.log(nt * (worse[i] as number) + ns)))
          : 0
      mixture.add(interval, increments)
      if (!isEvidence) return
      for (let i = 0; i < gridSize; i++)
        logs[i] =
          (logs[i] as number) +
          temper * (bad * (gridLogs[i] as number) - all * Math.log((nt * (grid[i] as number) + ns) / exposed))
      atMax += temper * (bad * Math.log(maxRatio) - all * Math.log((nt * maxRatio + ns) / exposed))
    },
    get logWorse() {
      return mixture.logE
    },
    get logAsGood() {
      for (let i = firstGood; i <= lastGood; i++) scratch[i - firstGood] = (logs[i] as number) - atMax
      const count = lastGood - firstGood + 1
      return logSum(scratch.subarray(0, count)) - Math.log(count)
    },
    ratios(alpha) {
      const limit = logSum(logs) - Math.log(gridSize) + Math.log(alpha)
      const first = logs.findIndex((log) => log > limit)
      const last = logs.findLastIndex((log) => log > limit)
      // Outwards to the next point: nothing between two points is left out.
      const low = first <= 0 ? 0 : (grid[first - 1] as number)
      return last === gridSize - 1 ? { low } : { low, high: grid[last + 1] as number }
    },
  }
}
