import type { MetricLook } from './judge.ts'
import type { MetricJudge } from './metric-judge.ts'
import type { MetricEvidence, RatioRange } from './verdict.ts'

/** What is known of one metric. */
export function evidenceOf(
  judge: MetricJudge,
  alpha: number,
  look: MetricLook | undefined,
  seen: { readonly restated: number; readonly gaps: number },
): MetricEvidence {
  const { name, method, guarantee, critical, dryRun } = judge.rules
  return {
    metric: name,
    e: numberOf(judge.logWorse),
    eAsGood: numberOf(judge.logAsGood),
    ratio: judge.ratios(alpha),
    guarantee,
    intervals: judge.intervals,
    source: judge.source,
    target: judge.target,
    warmup: judge.warmup,
    ...(method.kind === 'betting' ? {} : { burstiness: method.burstiness }),
    ...seen,
    ...(look?.sourceAsOf === undefined ? {} : { sourceAsOf: look.sourceAsOf }),
    ...(look?.targetAsOf === undefined ? {} : { targetAsOf: look.targetAsOf }),
    critical,
    dryRun,
  }
}

/** JSON has no Infinity. */
export const numberOf = (log: number): number => Math.exp(Math.min(log, 700))

export const shown = (e: number): string => (e >= 1e6 ? e.toExponential(0) : String(Number(e.toPrecision(2))))

export const between = ({ low, high }: RatioRange): string =>
  high === undefined ? `ratio over ${low.toFixed(2)}` : `ratio ${low.toFixed(2)} to ${high.toFixed(2)}`
