import { CutoverError, formatInstant } from '@cutover/core'

import { type Series, type TimeWindow, wholePeriods } from '../count-buckets.ts'
import { dateOf } from '../date-of.ts'
import { asked, type SourceErrorCode } from '../service-error.ts'
import type {
  AzureAggregation,
  AzureMetricResult,
  AzureMetricsLike,
  AzurePoint,
  MetricsBatchLike,
  MetricsQueryLike,
} from './metrics-like.ts'

/** One number of a resource: `{ metric: 'Requests' }`. */
export interface AzureMetric {
  readonly metric: string
  /** @default 'Total' */
  readonly aggregation?: AzureAggregation | undefined
}

export interface AzureReading {
  readonly resourceId: string
  readonly window: TimeWindow
  /** `PT1M` */
  readonly interval: string
  readonly periodMs: number
}

/** Value by start of period, epoch milliseconds, in the order of the metrics; a point without a value is missing. */
export async function metricSeries(
  client: AzureMetricsLike,
  metrics: readonly AzureMetric[],
  reading: AzureReading,
  signal: AbortSignal | undefined,
): Promise<readonly Series[]> {
  const what = `read metrics of ${reading.resourceId.split('/').slice(-2).join('/')}`
  const window = wholePeriods(reading.window, reading.periodMs)
  if (window.to <= window.from) return metrics.map(() => new Map<number, number>())
  const names = [...new Set(metrics.map(({ metric }) => metric))]
  const aggregations = [...new Set(metrics.map(({ aggregation = 'Total' }) => aggregation))]
  const attempt = { what, action: 'Microsoft.Insights/metrics/read (role Monitoring Reader)' }
  const results = await asked(attempt, signal, () => ask(client, names, aggregations, { ...reading, window }, signal))
  return metrics.map(({ metric, aggregation = 'Total' }) => {
    const result = results.find(({ name }) => same(nameOf(name), metric))
    const { errorCode } = result ?? {}
    if (errorCode !== undefined && errorCode !== 'Success') {
      const code: SourceErrorCode = 'HEALTH_SOURCE_REJECTED'
      throw new CutoverError(code, `could not ${what}: ${metric}: ${errorCode}: ${result?.errorMessage ?? 'no reason'}`)
    }
    return seriesOf(result, aggregation)
  })
}

/** The one place that knows which client is which. */
async function ask(
  client: AzureMetricsLike,
  names: string[],
  aggregations: AzureAggregation[],
  { resourceId, window, interval }: AzureReading,
  signal: AbortSignal | undefined,
): Promise<readonly AzureMetricResult[]> {
  const [startTime, endTime] = [dateOf(window.from), dateOf(window.to)]
  const abort = signal === undefined ? {} : { abortSignal: signal }
  const aggregation = aggregations.join(',')
  if (isQuery(client)) {
    const options = { timespan: { startTime, endTime }, granularity: interval, aggregations, ...abort }
    const { metrics } = await client.queryResource(resourceId, names, options)
    return metrics
  }
  if (isBatch(client)) {
    const options = { startTime, endTime, interval, aggregation, ...abort }
    const [result] = await client.queryResources([resourceId], names, namespaceOf(resourceId), options)
    return result?.metrics ?? []
  }
  const timespan = `${formatInstant(window.from)}/${formatInstant(window.to)}`
  const options = { timespan, interval, metricnames: names.join(','), aggregation, ...abort }
  const { value } = await client.metrics.list(resourceId, options)
  return value
}

export const isQuery = (client: AzureMetricsLike): client is MetricsQueryLike => 'queryResource' in client
export const isBatch = (client: AzureMetricsLike): client is MetricsBatchLike => 'queryResources' in client

/** Several series, where a dimension splits the metric, are added up. */
function seriesOf(result: AzureMetricResult | undefined, aggregation: AzureAggregation): Series {
  const key = aggregation.toLowerCase() as keyof Omit<AzurePoint, 'timeStamp'>
  const series = new Map<number, number>()
  for (const { data = [] } of result?.timeseries ?? []) {
    for (const point of data) {
      const value = point[key]
      // The service has been seen to answer null for what it does not have.
      if (typeof value !== 'number' || !Number.isFinite(value)) continue
      const at = point.timeStamp.getTime()
      series.set(at, (series.get(at) ?? 0) + value)
    }
  }
  return series
}

/** `Microsoft.Web/sites` of `/subscriptions/…/providers/Microsoft.Web/sites/orders`. */
function namespaceOf(resourceId: string): string {
  const [namespace = '', ...rest] = (resourceId.split(/\/providers\//i).at(-1) ?? '').split('/')
  return [namespace, ...rest.filter((_, i) => i % 2 === 0)].join('/')
}

export const nameOf = (name: AzureMetricResult['name']): string => (typeof name === 'string' ? name : name.value)

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
