import type { Window } from '../usage/usage-row.ts'
import { asked } from './aws-error.ts'
import { abortable, type CloudWatchLike, type MetricQuery } from './cloudwatch-like.ts'

/** One metric of one resource. */
export interface WantedSeries {
  /** `AWS/Lambda` */
  readonly namespace: string
  readonly metric: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly stat: 'Sum' | 'Average'
  /** @default 3_600, which is kept for 455 days */
  readonly periodSeconds?: number | undefined
}

/** What came of it: periods with a value, and whether the service said that this is all. */
export interface Series {
  /** By the period's start, epoch milliseconds. */
  readonly values: ReadonlyMap<number, number>
  readonly isWhole: boolean
}

/** GetMetricData takes at most so many queries. */
const mostQueries = 500
/** All series, however many calls and pages it takes. A query that the service does not answer is a series that is not whole. */
export async function metricSeries(
  client: CloudWatchLike,
  wanted: readonly WantedSeries[],
  { from, to }: Window,
  signal: AbortSignal | undefined,
): Promise<readonly Series[]> {
  const all: Series[] = []
  for (let start = 0; start < wanted.length; start += mostQueries) {
    all.push(...(await callOf(client, wanted.slice(start, start + mostQueries), { from, to }, signal)))
  }
  return all
}

async function callOf(
  client: CloudWatchLike,
  wanted: readonly WantedSeries[],
  { from, to }: Window,
  signal: AbortSignal | undefined,
): Promise<readonly Series[]> {
  const queries: MetricQuery[] = wanted.map(
    ({ namespace, metric, dimensions, stat, periodSeconds = 3_600 }, at): MetricQuery => ({
      Id: `q${at}`,
      MetricStat: {
        Metric: {
          Namespace: namespace,
          MetricName: metric,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
        Period: periodSeconds,
        Stat: stat,
      },
      ReturnData: true,
    }),
  )
  const values = wanted.map(() => new Map<number, number>())
  const status = wanted.map((): string | undefined => undefined)
  const attempt = { what: `read the metrics of ${wanted.length} series`, action: 'cloudwatch:GetMetricData' }
  for (let token: string | undefined, page = 0; page === 0 || token !== undefined; page++) {
    signal?.throwIfAborted()
    // oxlint-disable-next-line no-restricted-globals -- the SDK wants Dates; reads no clock
    const window = { StartTime: new Date(from), EndTime: new Date(to) }
    const input = { MetricDataQueries: queries, ...window, ScanBy: 'TimestampAscending' as const }
    const more = token === undefined ? input : { ...input, NextToken: token }
    const answer = await asked(attempt, signal, () => client.getMetricData(more, abortable(signal)))
    for (const {
      Id: id = '',
      Timestamps: times = [],
      Values: found = [],
      StatusCode: code,
    } of answer.MetricDataResults ?? []) {
      const at = Number(id.slice(1))
      times.forEach((time, i) => {
        const value = found[i]
        // Dates of another realm are no instances of ours: ask them.
        if (value !== undefined) values[at]?.set(time.getTime(), value)
      })
      status[at] = code ?? 'Complete'
    }
    token = answer.NextToken === '' ? undefined : answer.NextToken
  }
  return wanted.map((_, at) => ({
    values: values[at] ?? new Map<number, number>(),
    isWhole: status[at] === 'Complete',
  }))
}
