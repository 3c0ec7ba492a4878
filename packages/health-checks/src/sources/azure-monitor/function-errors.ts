import { type Clock, type Duration, knownOptions } from '@cutover/core'

import type { CountSource } from '../../count-source.ts'
import { azureMetricCounts } from './azure-metric-counts.ts'
import type { AzureMetricsLike } from './metrics-like.ts'

export interface FunctionErrorsOptions {
  /** See `azureMetricCounts`. */
  readonly client: AzureMetricsLike
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.Web/sites/orders` */
  readonly resourceId: string
  /** @default '5m' */
  readonly settle?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/**
 * HTTP requests of a function app and its answers from 500 on, minute by minute.
 *
 * Only what came over HTTP: executions that a queue or a timer started, and latency, are in the logs, see `appRequests`.
 *
 * @throws CutoverError as `azureMetricCounts` does.
 */
export function functionErrors(options: FunctionErrorsOptions): CountSource {
  knownOptions(options, ['client', 'resourceId', 'settle', 'clock'], 'HEALTH_OPTIONS_INVALID', 'functionErrors')
  return azureMetricCounts({ ...options, total: { metric: 'Requests' }, bad: { metric: 'Http5xx' } })
}
