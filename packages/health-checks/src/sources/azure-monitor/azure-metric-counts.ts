import { type Clock, type Duration, durationMs, knownOptions, systemClock } from '@cutover/core'

import type { CountSource } from '../../count-source.ts'
import { refuseOption } from '../../health-error.ts'
import { countBuckets } from '../count-buckets.ts'
import { type AzureMetric, isBatch, isQuery, metricSeries } from './metric-series.ts'
import type { AzureMetricsLike } from './metrics-like.ts'

export interface AzureMetricCountsOptions {
  /**
   * `new MetricsQueryClient(credential)` of `@azure/monitor-query`, `new MonitorClient(credential, subscriptionId)` of
   * `@azure/arm-monitor`, or `new MetricsClient(endpoint, credential)` of `@azure/monitor-query-metrics`, whose endpoint is that
   * of the resource's own region.
   */
  readonly client: AzureMetricsLike
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.Web/sites/orders` */
  readonly resourceId: string
  /** What was asked for. */
  readonly total: AzureMetric
  /** What of it went wrong. */
  readonly bad: AzureMetric
  /** What a period without a value of `bad` means. @default 'unknown' */
  readonly badMissing?: 'none' | 'unknown' | undefined
  /** @default '1m' */
  readonly period?: '1m' | '5m' | '15m' | '30m' | '1h' | undefined
  /** How long after its end a period may still grow. @default '5m' */
  readonly settle?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const countsOptions: readonly (keyof AzureMetricCountsOptions)[] = [
  'client',
  'resourceId',
  'total',
  'bad',
  'badMissing',
  'period',
  'settle',
  'clock',
]

/**
 * Requests and errors as Azure Monitor's metrics count them.
 *
 * A period without a value is missing. Minutes that are not taken in yet come as 0 (github.com/grafana/grafana #28001), so a row of
 * zeros at the end of what was asked for is not complete, however old it is: no traffic, and no data, look the same. One behind
 * which there is traffic is complete `settle` after its end; five minutes are what vendors wait.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when made; `counts` rejects with a `SourceErrorCode`.
 */
export function azureMetricCounts(options: AzureMetricCountsOptions): CountSource {
  knownOptions(options, countsOptions, 'HEALTH_OPTIONS_INVALID', 'azureMetricCounts')
  const { client, resourceId, total, bad, badMissing = 'unknown', period = '1m', settle = '5m' } = options
  const { clock = systemClock } = options
  if (!isMetricsClient(client))
    refuseOption('client', client, 'a client of metrics: MetricsQueryClient, MetricsClient or MonitorClient')
  checkResourceId(resourceId)
  for (const [field, one] of [
    ['total', total],
    ['bad', bad],
  ] as const) {
    knownOptions(one, ['metric', 'aggregation'], 'HEALTH_OPTIONS_INVALID', field)
    if (typeof one.metric !== 'string' || one.metric === '') refuseOption(`${field}.metric`, one.metric, 'a text')
  }
  if (badMissing !== 'none' && badMissing !== 'unknown') refuseOption('badMissing', badMissing, 'none or unknown')
  if (!['1m', '5m', '15m', '30m', '1h'].includes(period)) refuseOption('period', period, '1m, 5m, 15m, 30m or 1h')
  const [periodMs, settleMs] = [durationMs(period, 'period'), durationMs(settle, 'settle')]
  const interval = `PT${period.toUpperCase()}`

  return {
    settleMs,
    async counts(window, { signal } = {}) {
      const now = clock.now()
      const reading = { resourceId, window, interval, periodMs }
      const [totals, bads] = await metricSeries(client, [total, bad], reading, signal)
      const readings = { total: totals ?? new Map<number, number>(), bad: bads ?? new Map<number, number>() }
      return countBuckets(readings, { window, periodMs, settleMs, now, badMissing, zeroMayBeLate: true })
    },
  }
}

export function checkResourceId(resourceId: string): void {
  if (!/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+/i.test(resourceId))
    refuseOption('resourceId', resourceId, '/subscriptions/…/resourceGroups/…/providers/…/…/…')
}

/** A client of logs has `queryResource` too, which takes a query. */
function isMetricsClient(client: unknown): client is AzureMetricsLike {
  if (typeof client !== 'object' || client === null || 'queryWorkspace' in client) return false
  const one = client as AzureMetricsLike
  return isQuery(one) || isBatch(one) || typeof (one as { metrics?: { list?: unknown } }).metrics?.list === 'function'
}
