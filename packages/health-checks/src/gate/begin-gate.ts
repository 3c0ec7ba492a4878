import type { Clock } from '@cutover/core'

import type { GateSettings } from './gate-options.ts'
import type { GateRules } from './judge.ts'
import { measureSource } from './measure-source.ts'
import type { MetricRules } from './metric-judge.ts'

/** The rules that the options alone decide. */
export const sharedRules = (settings: GateSettings): Omit<GateRules, 'startedAt' | 'metrics'> => {
  const { alpha, beta, maxRatio, tolerate, horizonMs, warmupMs, staleAfterMs, sourceLimit, watch, guards } = settings
  return { alpha, beta, maxRatio, tolerate, horizonMs, warmupMs, staleAfterMs, sourceLimit, watch, guards }
}

/** All that a gate judges by, with the source measured up to the start. */
export async function beginGate(
  settings: GateSettings,
  startedAt: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<GateRules> {
  const metrics: MetricRules[] = []
  for (const metric of settings.metrics) {
    const { name, counts, weight, critical, dryRun, source, target } = metric
    const measured =
      settings.dispersion === 'measure' && source
        ? ((await measureSource(source, { counts, clock: stoppedAt(clock, startedAt), signal })) ?? 'betting')
        : settings.dispersion
    metrics.push({
      name,
      counts,
      weight,
      critical,
      dryRun,
      ...methodOf(settings, measured),
      ...(source ? { sourceSettleMs: source.settleMs } : {}),
      targetSettleMs: target.settleMs,
    })
  }
  return { startedAt, ...sharedRules(settings), metrics }
}

/** The measure ends where the judgement begins. */
const stoppedAt = (clock: Clock, at: number): Clock => ({ ...clock, now: () => at })

function methodOf(
  { reference, allowed }: GateSettings,
  dispersion: GateSettings['dispersion'],
): Pick<MetricRules, 'method' | 'guarantee'> {
  const calibrated = typeof dispersion === 'object' && dispersion.burstiness > 0
  const claimed = dispersion === 'exact' ? 'exact' : calibrated ? 'dispersion-calibrated' : 'none'
  const burstiness = typeof dispersion === 'object' ? dispersion.burstiness : 0
  if (reference === 'slo') return { method: { kind: 'rate', rate: allowed ?? 0, burstiness }, guarantee: claimed }
  const method = dispersion === 'betting' ? ({ kind: 'betting' } as const) : ({ kind: 'counts', burstiness } as const)
  if (reference === 'historical') return { method, guarantee: 'none' }
  if (method.kind === 'betting') return { method, guarantee: 'exchangeable-intervals' }
  return { method, guarantee: dispersion === 'exact' ? 'exact' : 'dispersion-calibrated' }
}
