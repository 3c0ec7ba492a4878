// Argo Rollouts 9f8d111: analysis/analysis.go:579-687, utils/evaluate/evaluate.go:18-52.
import { type Peer, share } from './peer.ts'

export type Phase = 'Successful' | 'Failed' | 'Error' | 'Inconclusive'

export interface ArgoOptions {
  /** How a measurement's value is judged; `undefined` for a condition that is not set. */
  readonly successCondition?: ((value: unknown) => boolean) | undefined
  readonly failureCondition?: ((value: unknown) => boolean) | undefined
  /** @default 0; −1 switches it off */
  readonly failureLimit?: number | undefined
  /** @default 4 */
  readonly consecutiveErrorLimit?: number | undefined
  /** @default 0 */
  readonly inconclusiveLimit?: number | undefined
}

/** EvaluateResult: a condition that is not set is the other one turned round. */
function argoMeasurement(value: unknown, { successCondition, failureCondition }: ArgoOptions): Phase {
  if (!successCondition && !failureCondition) return 'Successful'
  let [succeeds, fails] = [false, false]
  try {
    succeeds = successCondition?.(value) ?? false
    fails = failureCondition?.(value) ?? false
  } catch {
    return 'Error'
  }
  if (successCondition && !failureCondition) fails = !succeeds
  if (failureCondition && !successCondition) succeeds = !fails
  if (fails) return 'Failed'
  return succeeds ? 'Successful' : 'Inconclusive'
}

/** assessMetricStatus: what a run is after these measurements; `Successful` at the end of `count`. */
export function argoRun(
  values: readonly unknown[],
  options: ArgoOptions,
): { readonly phase: Phase; readonly at: number } {
  const { failureLimit = 0, consecutiveErrorLimit = 4, inconclusiveLimit = 0 } = options
  let [failed, inconclusive, errors] = [0, 0, 0]
  for (const [i, value] of values.entries()) {
    const phase = argoMeasurement(value, options)
    if (phase === 'Failed') failed += 1
    if (phase === 'Inconclusive') inconclusive += 1
    errors = phase === 'Error' ? errors + 1 : 0
    if (errors > consecutiveErrorLimit) return { phase: 'Error', at: i + 1 }
    if (inconclusive > inconclusiveLimit) return { phase: 'Inconclusive', at: i + 1 }
    if (failureLimit >= 0 && failed > failureLimit) return { phase: 'Failed', at: i + 1 }
  }
  return { phase: 'Successful', at: values.length }
}

/** `successCondition: result <= max`, one measurement a minute. A run that ends Failed or Error aborts the rollout. */
export const argo =
  ({ max, failureLimit }: { readonly max: number; readonly failureLimit: number }): Peer =>
  (minutes) => {
    const values = minutes.map(({ target }) => share(target))
    const { phase, at } = argoRun(values, { successCondition: (value) => (value as number) <= max, failureLimit })
    return phase === 'Failed' || phase === 'Error' ? at : undefined
  }
