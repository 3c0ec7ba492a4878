import type { FakeWorld } from '@cutover/core/testing'

import type { CloudWatchLike, CloudWatchLogsLike } from '../aws/cloudwatch-like.ts'
import { aborted, awsError } from './service-errors.ts'

/** An invocation as it happened. */
export interface HappenedInvocation {
  readonly functionName: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly durationMs: number
  /** Of a cold start. */
  readonly initMs?: number | undefined
  readonly memoryMb: number
}

export interface InMemoryLambdaMetricsOptions {
  readonly invocations: readonly HappenedInvocation[]
  /** How long after its end an invocation gets into the metrics and logs. @default 120_000 */
  readonly lagMs?: number | undefined
  /** Datapoints, and log events, in one page. @default 1_000 */
  readonly pageSize?: number | undefined
}

/** CloudWatch and CloudWatch Logs at the level of the SDK's clients: both tell of the same invocations, late. */
export interface InMemoryLambdaMetrics {
  readonly cloudWatch: CloudWatchLike
  readonly logs: CloudWatchLogsLike
  /** The next answer has only a part of a series, and says so. */
  answerPartially(): void
}

const hourMs = 3_600_000

export function inMemoryLambdaMetrics(world: FakeWorld, options: InMemoryLambdaMetricsOptions): InMemoryLambdaMetrics {
  const { invocations, lagMs = 120_000, pageSize = 1_000 } = options
  let isPartial = false
  const seen = (): readonly HappenedInvocation[] =>
    invocations.filter(({ startedAt, durationMs }) => startedAt + durationMs + lagMs <= world.clock.now())

  return {
    answerPartially: () => void (isPartial = true),
    cloudWatch: {
      async getMetricData(input, { abortSignal: signal } = {}) {
        if (signal?.aborted) throw aborted()
        return world.call('cloudwatch.getMetricData', { signal }, () => {
          const { MetricDataQueries: queries, NextToken: token } = input
          if (queries.length > 500) {
            throw awsError('ValidationError', 'The collection MetricDataQueries must not have a size greater than 500.')
          }
          const [from, to] = [input.StartTime.getTime(), input.EndTime.getTime()]
          const points = queries.flatMap(({ Id: id, MetricStat: stat }) => {
            const name = stat.Metric.Dimensions[0]?.Value
            const sums = new Map<number, number>()
            for (const one of seen()) {
              const hour = Math.floor(one.startedAt / hourMs) * hourMs
              if (one.functionName !== name || hour < from || hour >= to) continue
              const value = valueOf(stat.Metric.MetricName, one)
              if (value !== undefined) sums.set(hour, (sums.get(hour) ?? 0) + value)
            }
            return [...sums].toSorted(([one], [other]) => one - other).map(([at, value]) => ({ id, at, value }))
          })
          const start = Number(token ?? '0')
          const page = points.slice(start, start + pageSize)
          const code = isPartial ? 'PartialData' : 'Complete'
          isPartial = false
          return {
            MetricDataResults: queries.map(({ Id: id }) => {
              const own = page.filter((point) => point.id === id)
              // oxlint-disable-next-line no-restricted-globals -- the SDK answers Dates; reads no clock
              const Timestamps = own.map(({ at }) => new Date(at))
              return { Id: id, Timestamps, Values: own.map(({ value }) => value), StatusCode: code }
            }),
            ...(start + pageSize < points.length ? { NextToken: String(start + pageSize) } : {}),
          }
        })
      },
    },
    logs: {
      async filterLogEvents({ logGroupName, startTime, endTime, nextToken }, { abortSignal: signal } = {}) {
        if (signal?.aborted) throw aborted()
        return world.call(`logs.filterLogEvents ${logGroupName}`, { signal }, () => {
          const name = logGroupName.split('/').at(-1)
          if (!invocations.some(({ functionName }) => functionName === name)) {
            throw awsError('ResourceNotFoundException', 'The specified log group does not exist.')
          }
          const lines = seen()
            .filter(({ functionName }) => functionName === name)
            .map((one, at) => ({
              timestamp: Math.round(one.startedAt + one.durationMs),
              message: line(one, at),
              eventId: String(at),
            }))
            .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime)
          const start = Number(nextToken ?? '0')
          return {
            events: lines.slice(start, start + pageSize),
            ...(start + pageSize < lines.length ? { nextToken: String(start + pageSize) } : {}),
          }
        })
      },
    },
  }
}

function valueOf(metric: string, { durationMs }: HappenedInvocation): number | undefined {
  if (metric === 'Invocations') return 1
  return metric === 'Duration' ? durationMs : undefined
}

/** As Lambda writes it: INIT is billed, and rounded up together with the duration. */
function line({ durationMs, initMs, memoryMb }: HappenedInvocation, at: number): string {
  const billed = Math.ceil(durationMs + (initMs ?? 0))
  const init = initMs === undefined ? '' : `Init Duration: ${initMs.toFixed(2)} ms\t`
  return `REPORT RequestId: 00000000-0000-4000-8000-${String(at).padStart(12, '0')}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${billed} ms\tMemory Size: ${memoryMb} MB\tMax Memory Used: 71 MB\t${init}\n`
}
