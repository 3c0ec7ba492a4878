import { type HealthGate, healthGate } from '../gate/health-gate.ts'
import type { LoadCounts } from './load-counts.ts'
import type { LoadTestOptions } from './load-options.ts'

/** The gate over what a load test counts; one that watches only ends a run early, and sees what the one at the end will see. */
export function loadGate(
  { maxRatio = 2, alpha, beta, dispersion = 'betting' }: LoadTestOptions,
  source: LoadCounts,
  target: LoadCounts,
  { since, lengthMs, mode }: { readonly since: number; readonly lengthMs: number; readonly mode?: 'watch' },
): HealthGate {
  return healthGate({
    metrics: {
      // Two sides without an error say nothing of each other: a promotion does not wait for them.
      errors: { source, target, critical: false },
      'slow answers': { source, target, counts: 'slow' },
    },
    since,
    horizon: `${Math.ceil(lengthMs)}ms`,
    maxRatio,
    alpha,
    beta,
    dispersion,
    mode,
  })
}
