import type { Labelled } from './labelled.ts'

export interface EventScore {
  /** Part of the anomalies in which an alarm fell. */
  readonly found: number
  /** Alarms outside of them, per series; alarms within 5 % of a series are one. */
  readonly falsePerSeries: number
  readonly precision: number
  readonly f1: number
}

/** What a threshold finds; the first fifth of a series is for learning and is not judged. */
export function eventScore(
  series: readonly { readonly labelled: Labelled; readonly scores: readonly number[] }[],
  threshold: number,
): EventScore {
  let [found, wanted, wrong] = [0, 0, 0]
  for (const { labelled, scores } of series) {
    const { points, anomalies } = labelled
    const hit = new Set<number>()
    const apart = Math.floor(points.length * 0.05)
    let lastWrong = -Infinity
    for (const [i, score] of scores.entries()) {
      const at = points[i]?.at ?? 0
      if (i < points.length * 0.15 || score < threshold) continue
      const which = anomalies.findIndex(({ from, to }) => at >= from && at <= to)
      if (which >= 0) hit.add(which)
      else if (i - lastWrong > apart) {
        wrong += 1
        lastWrong = i
      }
    }
    found += hit.size
    wanted += anomalies.length
  }
  const precision = found + wrong === 0 ? 1 : found / (found + wrong)
  const recall = found / wanted
  return {
    found: recall,
    falsePerSeries: wrong / series.length,
    precision,
    f1: (2 * precision * recall) / (precision + recall || 1),
  }
}
