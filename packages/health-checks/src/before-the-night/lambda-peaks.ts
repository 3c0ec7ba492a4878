import { type Clock, knownOptions, systemClock } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import type { CloudWatchLike } from '../sources/cloudwatch/cloudwatch-like.ts'
import { metricData } from '../sources/cloudwatch/metric-data.ts'
import type { PeaksSource } from './workload-peaks.ts'

export interface LambdaPeaksOptions {
  /** `new CloudWatch({ region })` */
  readonly client: CloudWatchLike
  readonly functionName: string
  /** The SQS queue that feeds it: its largest message is the payload. @default the payload is not known */
  readonly queueName?: string | undefined
  /** How far back; minutes are kept for 15 days. @default 14 */
  readonly days?: number | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const [minuteMs, dayMs] = [60_000, 86_400_000]

/**
 * The peaks of a Lambda function, minute by minute: `ConcurrentExecutions`, `Invocations`, `Duration`, and of its queue
 * `SentMessageSize`.
 *
 * `averageMs` is that of the busiest minute. A function that the service throttled would have needed more than its peaks say.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `peaks` rejects with a `SourceErrorCode`.
 */
export function lambdaPeaks(options: LambdaPeaksOptions): PeaksSource {
  const known = ['client', 'functionName', 'queueName', 'days', 'clock']
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'lambdaPeaks')
  const { client, functionName, queueName, days = 14, clock = systemClock } = options
  if (typeof (client as Partial<CloudWatchLike> | undefined)?.getMetricData !== 'function')
    refuseOption('client', client, 'new CloudWatch(…)')
  if (typeof functionName !== 'string' || functionName === '') refuseOption('functionName', functionName, 'a text')
  if (!Number.isInteger(days) || days < 1 || days > 15) refuseOption('days', days, 'a whole number from 1 to 15')
  const of = (metric: string, stat: string) => ({
    namespace: 'AWS/Lambda',
    metric,
    dimensions: { FunctionName: functionName },
    stat,
  })
  const size = {
    namespace: 'AWS/SQS',
    metric: 'SentMessageSize',
    dimensions: { QueueName: queueName ?? '' },
    stat: 'Maximum',
  }
  const metrics = [
    of('ConcurrentExecutions', 'Maximum'),
    of('Invocations', 'Sum'),
    of('Duration', 'Average'),
    of('Duration', 'Maximum'),
    ...(queueName === undefined ? [] : [size]),
  ]

  return {
    name: `lambda:${functionName}`,
    async peaks({ signal } = {}) {
      const to = Math.floor(clock.now() / minuteMs) * minuteMs
      const window = { from: to - days * dayMs + minuteMs, to }
      const query = { window, periodSeconds: 60, what: `read the peaks of function ${functionName}` }
      const { series } = await metricData(client, metrics, query, signal)
      const [concurrent = none, invocations = none, average = none, longest = none, sizes = none] = series
      const busiest = [...invocations].reduce<readonly [number, number] | undefined>(
        (top, one) => (top === undefined || one[1] > top[1] ? one : top),
        undefined,
      )
      const withData = new Set([...invocations.keys()].map((at) => Math.floor((at - window.from) / dayMs)))
      return {
        concurrency: most(concurrent),
        perMinute: busiest?.[1],
        averageMs: busiest === undefined ? undefined : average.get(busiest[0]),
        durationMs: most(longest),
        payloadBytes: most(sizes),
        days,
        daysWithData: withData.size,
      }
    },
  }
}

const none: ReadonlyMap<number, number> = new Map()

/** Not by spreading: fourteen days have 20,160 minutes. */
function most(series: ReadonlyMap<number, number>): number | undefined {
  let found: number | undefined
  for (const value of series.values()) if (found === undefined || value > found) found = value
  return found
}
