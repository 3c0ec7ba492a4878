import { knownOptions } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import type { CountBucket } from '../count-source.ts'
import { refuseOption } from '../health-error.ts'
import type { CloudWatchLike, MetricQuery } from '../sources/cloudwatch/cloudwatch-like.ts'
import { dateOf } from '../sources/date-of.ts'
import { cloudWatchStatistic } from './cloudwatch-statistic.ts'
import { LateData, type LateDataOptions } from './late-data.ts'
import { aborted, asAwsError, awsError } from './metric-service-errors.ts'

export interface InMemoryCloudWatchOptions extends LateDataOptions {
  /** Datapoints in one page. The service's is 100,800. @default 100_800 */
  readonly pageSize?: number | undefined
}

/** `{ namespace: 'AWS/Lambda', metric: 'Errors', dimensions: { FunctionName: 'orders' } }` */
export interface RecordedMetric {
  readonly namespace: string
  readonly metric: string
  readonly dimensions?: Readonly<Record<string, string>> | undefined
}

export interface InMemoryCloudWatch {
  readonly client: CloudWatchLike
  /** What was measured, `times` times, at `at`; it can be seen after the service's lag, or from `seenAt` on. */
  record(metric: RecordedMetric, datum: { at: number; value: number; times?: number; seenAt?: number }): void
  /** The invocations of a Lambda function, as it reports them; slow ones took 1,000 ms, the others 20 ms. */
  recordLambda(
    functionName: string,
    buckets: readonly Pick<CountBucket, 'from' | 'to' | 'total' | 'bad' | 'slow'>[],
  ): void
  /** What happened from `from` to before `to` never arrives. */
  lose(from: number, to: number): void
  /** The next call is refused. */
  failNext(method: 'getMetricData', error: unknown): void
  /** The next call ends with this status for every query, whatever it has. */
  sayNext(status: 'PartialData' | 'InternalError' | 'Forbidden'): void
}

const optionNames: readonly (keyof InMemoryCloudWatchOptions)[] = ['lagMs', 'pageSize']
const minuteMs = 60_000
const keptMs: readonly (readonly [periodSeconds: number, ms: number])[] = [
  [3_600, 455 * 86_400_000],
  [300, 63 * 86_400_000],
  [60, 15 * 86_400_000],
]

/**
 * Amazon CloudWatch at the level of the SDK's client: data with a lag, so that the newest minutes grow; pages whose tokens are worth
 * nothing in another call; at most 500 queries; no data instead of zeros; data of a minute kept for 15 days.
 *
 * Operations: `cloudwatch.getMetricData`.
 */
export function inMemoryCloudWatch(world: FakeWorld, options: InMemoryCloudWatchOptions = {}): InMemoryCloudWatch {
  knownOptions(options, optionNames, 'HEALTH_OPTIONS_INVALID', 'inMemoryCloudWatch')
  const { pageSize = 100_800, lagMs } = options
  if (!Number.isInteger(pageSize) || pageSize < 1) refuseOption('pageSize', pageSize, 'a whole number of at least 1')
  const data = new LateData(world, { lagMs })
  const failures: unknown[] = []
  const said: string[] = []

  const fake: InMemoryCloudWatch = {
    client: {
      async getMetricData(input, { abortSignal: signal } = {}) {
        if (failures.length > 0) throw failures.shift()
        if (signal?.aborted) throw aborted()
        try {
          return await world.call('cloudwatch.getMetricData', { signal }, () => answer(input))
        } catch (error) {
          throw signal?.aborted ? aborted() : asAwsError(error)
        }
      },
    },
    record(metric, { at, value, times = 1, seenAt }) {
      data.record(keyOf(metric.namespace, metric.metric, metric.dimensions ?? {}), { at, value, times }, seenAt)
    },
    recordLambda(functionName, buckets) {
      const of = (metric: string) => ({ namespace: 'AWS/Lambda', metric, dimensions: { FunctionName: functionName } })
      for (const { from, to, total, bad, slow = 0 } of buckets) {
        // Five containers report what they did at five moments; a minute grows until the last has.
        parts(total, 5).forEach((invocations, i) => {
          if (invocations === 0) return
          const at = from + Math.floor(((to - from) * i) / 5)
          const [errors, late] = [parts(bad, 5)[i] ?? 0, parts(slow, 5)[i] ?? 0]
          fake.record(of('Invocations'), { at, value: 1, times: invocations })
          if (errors > 0) fake.record(of('Errors'), { at, value: 1, times: errors })
          if (invocations > errors) fake.record(of('Errors'), { at, value: 0, times: invocations - errors })
          if (late > 0) fake.record(of('Duration'), { at, value: 1_000, times: late })
          if (invocations > late) fake.record(of('Duration'), { at, value: 20, times: invocations - late })
        })
      }
    },
    lose: (from, to) => data.lose(from, to),
    failNext: (_, error) => void failures.push(error),
    sayNext: (status) => void said.push(status),
  }

  type Input = Parameters<CloudWatchLike['getMetricData']>[0]
  function answer({ MetricDataQueries: queries, StartTime, EndTime, NextToken }: Input) {
    const [from, to] = [Math.floor(StartTime.getTime() / minuteMs) * minuteMs, EndTime.getTime()]
    check(queries, from, to)
    const about = JSON.stringify([queries, from, to])
    const first = NextToken === undefined ? 0 : tokenPosition(NextToken, about)
    const points = queries.flatMap((query) => pointsOf(query, from, to))
    const page = points.slice(first, first + pageSize)
    const isLast = first + pageSize >= points.length
    const status = said.shift()
    const MetricDataResults = queries
      .filter(({ Id }) => isLast || page.some((point) => point.id === Id))
      .map(({ Id }) => {
        const own = page.filter((point) => point.id === Id)
        const goesOn = points.slice(first + pageSize).some((point) => point.id === Id)
        return {
          Id,
          Label: Id,
          Timestamps: own.map(({ at }) => dateOf(at)),
          Values: own.map(({ value }) => value),
          StatusCode: status ?? (goesOn ? 'PartialData' : 'Complete'),
        }
      })
    return { MetricDataResults, Messages: [], ...(isLast ? {} : { NextToken: token(first + pageSize, about) }) }
  }

  function pointsOf({ Id: id, MetricStat: { Metric, Period, Stat } }: MetricQuery, from: number, to: number) {
    const key = keyOf(
      Metric.Namespace,
      Metric.MetricName,
      Object.fromEntries(Metric.Dimensions.map(({ Name, Value }) => [Name, Value])),
    )
    const keep = keptMs.find(([seconds]) => Period % seconds === 0)?.[1] ?? 0
    const oldest = world.clock.now() - keep
    const points: { readonly id: string; readonly at: number; readonly value: number }[] = []
    if (!data.has(key)) return points
    for (let at = from; at < to; at += Period * 1_000) {
      if (at < oldest) continue
      const seen = data.seen(key, at, Math.min(at + Period * 1_000, to))
      if (seen.length === 0) continue
      const value = cloudWatchStatistic(Stat, seen)
      if (value === undefined)
        throw awsError('InvalidParameterValueException', `The value ${Stat} for parameter Stat is not supported.`)
      points.push({ id, at, value })
    }
    return points
  }
  return fake
}

const refuse = (message: string): never => {
  throw awsError('ValidationError', message)
}

function check(queries: readonly MetricQuery[], from: number, to: number): void {
  if (queries.length > 500) refuse('The collection MetricDataQueries must not have a size greater than 500.')
  if (queries.length === 0) refuse('The parameter MetricDataQueries is required.')
  if (from >= to) refuse('The parameter StartTime must be less than the parameter EndTime.')
  const ids = new Set(queries.map(({ Id }) => Id))
  if (ids.size < queries.length) refuse('The values for parameter id in MetricDataQueries are not unique.')
  for (const { Id, MetricStat } of queries) {
    if (!/^[a-z]\w{0,254}$/.test(Id)) refuse(`The value ${Id} for parameter Id is not matching the expected pattern.`)
    const { Period } = MetricStat
    if (!(Period % 60 === 0 && Period > 0)) refuse('Period must be 1, 5, 10, 30 or a multiple of 60.')
  }
}

/** A token knows its call. */
const token = (position: number, about: string): string =>
  Buffer.from(JSON.stringify({ position, about })).toString('base64url')

function tokenPosition(text: string, about: string): number {
  const wrong = awsError('InvalidNextToken', 'The next token specified is invalid.')
  try {
    const { position, about: meant } = JSON.parse(Buffer.from(text, 'base64url').toString()) as {
      position: number
      about: string
    }
    if (meant !== about) throw wrong
    return position
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong
    throw error
  }
}

const keyOf = (namespace: string, metric: string, dimensions: Readonly<Record<string, string>>): string =>
  JSON.stringify([namespace, metric, Object.entries(dimensions).sort(([a], [b]) => a.localeCompare(b))])

/** `count` in so many whole parts: 12 in 5 are 3, 3, 2, 2, 2. */
export const parts = (count: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.floor(count / size) + (i < count % size ? 1 : 0))
