import { CutoverError } from '@cutover/core'

import { wholePeriods, type TimeWindow } from '../count-buckets.ts'
import { dateOf } from '../date-of.ts'
import { asked, type SourceErrorCode } from '../service-error.ts'
import { abortable, type CloudWatchLike, type MetricQuery, type MetricResult } from './cloudwatch-like.ts'

/** Where a number is: `{ namespace: 'AWS/Lambda', metric: 'Errors', dimensions: { FunctionName: 'orders' } }`. */
export interface CloudWatchMetric {
  readonly namespace: string
  readonly metric: string
  readonly dimensions?: Readonly<Record<string, string>> | undefined
  /** `Sum`, `Maximum`, `p99`, `TC(300:)`. @default 'Sum' */
  readonly stat?: string | undefined
}

export interface MetricData {
  /** In the order of the metrics: value by start of period, epoch milliseconds. */
  readonly series: readonly ReadonlyMap<number, number>[]
  /** Until the end some query did not say `Complete`. */
  readonly partial: boolean
}

/** GetMetricData refuses more in one call. */
const queriesPerCall = 500
/** A service that goes on answering tokens is broken. */
const mostPages = 1_000

/** All of a window, whatever the number of metrics and pages. A metric without data is an empty series. */
export async function metricData(
  client: CloudWatchLike,
  metrics: readonly CloudWatchMetric[],
  {
    window,
    periodSeconds,
    what,
  }: { readonly window: TimeWindow; readonly periodSeconds: number; readonly what: string },
  signal: AbortSignal | undefined,
): Promise<MetricData> {
  const series = metrics.map(() => new Map<number, number>())
  const { from, to } = wholePeriods(window, periodSeconds * 1_000)
  if (to <= from) return { series, partial: false }
  let partial = false
  for (let first = 0; first < metrics.length; first += queriesPerCall) {
    const queries = metrics
      .slice(first, first + queriesPerCall)
      .map((metric, i) => query(metric, first + i, periodSeconds))
    const statuses = await pages(client, queries, { from, to }, series, what, signal)
    partial ||= queries.some(({ Id }) => statuses.get(Id) !== 'Complete')
  }
  return { series, partial }
}

function query(
  { namespace, metric, dimensions = {}, stat = 'Sum' }: CloudWatchMetric,
  index: number,
  periodSeconds: number,
): MetricQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
  const Metric = { Namespace: namespace, MetricName: metric, Dimensions }
  return { Id: `m${index}`, MetricStat: { Metric, Period: periodSeconds, Stat: stat } }
}

/** Follows the tokens of one call, which are worth nothing in another; a series goes on from page to page under its id. */
async function pages(
  client: CloudWatchLike,
  queries: MetricQuery[],
  { from, to }: TimeWindow,
  series: readonly Map<number, number>[],
  what: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const attempt = { what, action: 'cloudwatch:GetMetricData' }
  const statuses = new Map<string, string>()
  const seen = new Set<string>()
  let token: string | undefined
  for (;;) {
    const input = {
      MetricDataQueries: queries,
      StartTime: dateOf(from),
      EndTime: dateOf(to),
      ScanBy: 'TimestampAscending' as const,
      ...(token === undefined ? {} : { NextToken: token }),
    }
    const answer = await asked(attempt, signal, () => client.getMetricData(input, abortable(signal)))
    for (const result of answer.MetricDataResults ?? []) {
      take(result, series)
      // Pages before the last say PartialData of what goes on: the last word counts.
      if (result.Id !== undefined && result.StatusCode !== undefined) statuses.set(result.Id, result.StatusCode)
    }
    token = answer.NextToken
    if (token === undefined || token === '') break
    if (seen.has(token) || seen.size >= mostPages) throw endless(what, seen.size)
    seen.add(token)
  }
  if ([...statuses.values()].includes('Forbidden')) {
    const code: SourceErrorCode = 'HEALTH_NOT_AUTHORIZED'
    throw new CutoverError(code, `could not ${what}: CloudWatch says Forbidden`, { next: `Allow ${attempt.action}` })
  }
  return statuses
}

function take({ Id, Timestamps = [], Values = [] }: MetricResult, series: readonly Map<number, number>[]): void {
  const into = series[Number(Id?.slice(1))]
  Timestamps.forEach((at, i) => {
    const value = Values[i]
    if (value !== undefined && Number.isFinite(value)) into?.set(at.getTime(), value)
  })
}

function endless(what: string, count: number): CutoverError<SourceErrorCode> {
  return new CutoverError(
    'HEALTH_SOURCE_UNAVAILABLE',
    `could not ${what}: after ${count} pages CloudWatch still names a next one, or one that it had named`,
    { retryable: true },
  )
}
