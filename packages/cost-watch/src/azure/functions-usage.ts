import type { Clock } from '@cutover/core'
import { knownOptions } from '@cutover/core'

import { checkedTexts, invalid } from '../cost-options.ts'
import { type AppShape, functionsRows, planMetrics, subscriptionOf } from '../usage/functions-rows.ts'
import type { UsageSource } from '../usage/usage-row.ts'
import type { MetricsQueryLike } from './metrics-like.ts'
import { type AzureResource, azureMonitorUsage } from './monitor-usage.ts'

export interface FunctionsUsageOptions {
  readonly client: MetricsQueryLike
  readonly apps: readonly AppShape[]
  /** Until when an hour may still grow after its end: the newest minutes come back as 0. @default 20 minutes */
  readonly settleMs?: number | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/**
 * What function apps use, as `azureMonitorUsage` reads it: executions and GB-seconds of Flex Consumption and Consumption, instances
 * of Premium.
 *
 * @throws CutoverError `COST_OPTION_INVALID` at once; reading `COST_NOT_FOUND`, `COST_NOT_AUTHORIZED`, `COST_THROTTLED`, `COST_UNAVAILABLE`.
 */
export function functionsUsage(options: FunctionsUsageOptions): UsageSource {
  knownOptions(options, ['client', 'apps', 'settleMs', 'clock'], 'COST_OPTION_INVALID', 'functionsUsage')
  const { apps, ...others } = options
  if (apps.length === 0) throw invalid('functionsUsage: apps is empty')
  apps.forEach(checkedApp)
  return azureMonitorUsage({ ...others, resources: apps.map(measured) })
}

function measured(app: AppShape): AzureResource {
  const { resourceId, region, plan, tags } = app
  const names = plan === 'premium' ? ['InstanceCount'] : planMetrics[plan].map(({ metric }) => metric)
  return {
    resourceId,
    region,
    tags,
    metrics: Object.fromEntries(names.map((name) => [name, plan === 'premium' ? 'Average' : 'Total'])),
    quantities: (metrics, hour) =>
      functionsRows(app, { ...hour, metrics, complete: true }).map(({ meter, quantity }) => ({ meter, quantity })),
  }
}

function checkedApp({ resourceId, region, plan, instance }: AppShape): void {
  checkedTexts({ resourceId, region }, 'functionsUsage')
  if (subscriptionOf(resourceId) === '') {
    throw invalid(
      `functionsUsage: resourceId is ${resourceId}; wanted /subscriptions/…/providers/Microsoft.Web/sites/…`,
    )
  }
  if (plan !== 'flex' && plan !== 'consumption' && plan !== 'premium') {
    throw invalid(`functionsUsage: plan is ${JSON.stringify(plan)}; wanted 'flex', 'consumption' or 'premium'`)
  }
  if (plan === 'premium' && instance === undefined) {
    throw invalid('functionsUsage: a premium plan needs its instance: { vcpus: 1, gib: 3.5 } for EP1')
  }
}
