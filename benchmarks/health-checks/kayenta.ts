// Kayenta a69573b: NetflixACAJudge.scala (tolerance 0.25 and confidence 0.98 are written there, whatever is configured),
// MannWhitneyClassifier.scala, Transforms.scala.
import { mannWhitney } from './mann-whitney.ts'
import { type Minute, type Peer, share } from './peer.ts'

export type Label = 'Pass' | 'High' | 'Low' | 'Nodata' | 'NodataFailMetric' | 'Error'

export interface KayentaOptions {
  /** @default 'remove'; `replace` puts 0 where there is no value */
  readonly nanStrategy?: 'remove' | 'replace' | undefined
  /** `effectSize.allowedIncrease` with `meanRatio`. @default 1 */
  readonly allowedIncrease?: number | undefined
  readonly mustHaveData?: boolean | undefined
}

const tolerance = 0.25
/** The normal quantile at 1 %. */
const z98 = -2.3263478740408408

/** One metric, direction `increase`. */
export function kayentaLabel(
  control: readonly number[],
  experiment: readonly number[],
  { nanStrategy = 'remove', allowedIncrease = 1, mustHaveData = false }: KayentaOptions = {},
): Label {
  const clean = (values: readonly number[]): number[] =>
    nanStrategy === 'remove'
      ? values.filter((value) => !Number.isNaN(value))
      : values.map((value) => (Number.isNaN(value) ? 0 : value))
  const [before, after] = [clean(control), clean(experiment)]
  if (before.length === 0 || after.length === 0) {
    if (nanStrategy === 'replace') return 'Pass'
    return mustHaveData ? 'NodataFailMetric' : 'Nodata'
  }
  if (sameSorted(before, after)) return 'Pass'
  if (new Set([...before, ...after]).size === 1) return 'Pass'
  try {
    const { low, estimate } = mannWhitney(after, before, z98)
    const effect = meanRatio(before, after)
    const isHigh = low > tolerance * Math.abs(estimate) && (Number.isNaN(effect) || effect >= allowedIncrease)
    return isHigh ? 'High' : 'Pass'
  } catch {
    return 'Error'
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function meanRatio(control: readonly number[], experiment: readonly number[]): number {
  const [before, after] = [mean(control), mean(experiment)]
  return before === 0 || after === 0 ? Number.NaN : after / before
}

function sameSorted(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  const [left, right] = [a.toSorted((x, y) => x - y), b.toSorted((x, y) => x - y)]
  return left.every((value, i) => value === right[i])
}

/** An analysis every five minutes, over all that was seen or over the last `lookbackMinutes`; High is a score of 0. */
export const kayenta =
  ({ lookbackMinutes = Infinity }: { readonly lookbackMinutes?: number } = {}): Peer =>
  (minutes: readonly Minute[]) => {
    const [control, experiment] = [
      minutes.map(({ source }) => share(source)),
      minutes.map(({ target }) => share(target)),
    ]
    for (let end = 5; end <= minutes.length; end += 5) {
      const from = Math.max(0, end - lookbackMinutes)
      if (kayentaLabel(control.slice(from, end), experiment.slice(from, end)) === 'High') return end
    }
    return undefined
  }
