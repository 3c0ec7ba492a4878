import { formatDuration } from '@cutover/core'

import { percent } from './absolute-guard.ts'
import type { MetricLook } from './judge.ts'
import type { MetricJudge, SharedRules } from './metric-judge.ts'
import type { UndecidedReason } from './verdict.ts'

/** How things stand after a look. */
export interface Standing {
  readonly at: number
  /** The most evidence that there ever was, over all metrics: ln e. */
  readonly peak: number
  readonly looks: readonly MetricLook[]
  readonly restated: readonly number[]
  readonly gaps: readonly ReadonlySet<number>[]
}

/** What makes any other answer than a rollback unsafe. */
export function hindrance(
  rules: SharedRules & { readonly staleAfterMs: number; readonly sourceLimit: number },
  judges: readonly MetricJudge[],
  critical: readonly MetricJudge[],
  { at, looks }: Standing,
): { readonly reason: UndecidedReason; readonly text: string } | undefined {
  const limitMs = rules.startedAt + rules.horizonMs
  for (const judge of critical) {
    const look = looks[judges.indexOf(judge)]
    const { name, sourceSettleMs, targetSettleMs } = judge.rules
    const sides = [
      ...(sourceSettleMs === undefined ? [] : [['source', look?.sourceAsOf, sourceSettleMs] as const]),
      ['target', look?.targetAsOf, targetSettleMs] as const,
    ]
    for (const [side, asOf, settleMs] of sides) {
      const lateMs = Math.min(at, limitMs) - settleMs - rules.staleAfterMs
      const due = lateMs - (judge.bucketMs ?? 0)
      if (asOf === undefined && lateMs > rules.startedAt)
        return { reason: 'no-data', text: `${name}: no data of the ${side} since the start` }
      if (asOf !== undefined && asOf < due)
        return { reason: 'stale', text: `${name}: data of the ${side} ends ${formatDuration(at - asOf)} ago` }
    }
    const { source, target } = judge.lately
    if (judge.intervals > 0 && target.total === 0)
      return { reason: 'low-traffic', text: `${name}: no request reached the target lately` }
    if (judge.intervals > 0 && sourceSettleMs !== undefined && source.total === 0)
      return { reason: 'low-traffic', text: `${name}: no request reached the source lately` }
    if (
      judge.rules.counts === 'bad' &&
      sourceSettleMs !== undefined &&
      source.total >= 20 &&
      source.bad > rules.sourceLimit * source.total
    )
      return {
        reason: 'source-unhealthy',
        text: `${name}: ${percent(source.bad / source.total)} at the source itself, which is no reference${sick(judge)}`,
      }
  }
  return undefined
}

function sick({ lately: { target } }: MetricJudge): string {
  return target.total === 0 ? '' : `; ${percent(target.bad / target.total)} at the target`
}

/** Traffic that does not carry the decision within the horizon. */
export function lowTraffic(
  critical: readonly MetricJudge[],
  needs: readonly ({ readonly errors: number; readonly ms: number } | undefined)[],
  leftMs: number,
): string | undefined {
  for (const [i, judge] of critical.entries()) {
    const { name } = judge.rules
    if (judge.intervals < 10) continue
    const need = needs[i]
    if (!need)
      return `${name}: no error at either side in ${judge.source.total + judge.target.total} requests: nothing to compare`
    if (need.ms > leftMs)
      return `${name}: needs ${need.errors} more errors ≈ ${formatDuration(need.ms)}, ${formatDuration(leftMs)} are left`
  }
  return undefined
}
