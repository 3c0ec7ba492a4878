import { type Clock, knownOptions, systemClock } from '@cutover/core'

import { refuseOption } from '../../health-error.ts'
import type { CloudWatchLike } from '../../sources/cloudwatch/cloudwatch-like.ts'
import { metricData } from '../../sources/cloudwatch/metric-data.ts'
import type { PeakMemory } from '../memory-headroom.ts'

export interface InsightsMemoryOptions {
  /** `new CloudWatch({ region })` */
  readonly client: CloudWatchLike
  readonly functionName: string
  /** How far back. @default 14 */
  readonly days?: number | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const hourMs = 3_600_000

/**
 * Memory of the executions of a function that has Lambda Insights: the highest of the hourly 99.9th percentiles of
 * `used_memory_max`, which is that of all or more.
 *
 * Without Insights there is no such metric, and nothing is known: take `reportedMemory` over the function's log.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `peak` rejects with a `SourceErrorCode`.
 */
export function insightsMemory(options: InsightsMemoryOptions): PeakMemory {
  knownOptions(options, ['client', 'functionName', 'days', 'clock'], 'HEALTH_OPTIONS_INVALID', 'insightsMemory')
  const { client, functionName, days = 14, clock = systemClock } = options
  if (typeof (client as Partial<CloudWatchLike> | undefined)?.getMetricData !== 'function')
    refuseOption('client', client, 'new CloudWatch(…)')
  if (typeof functionName !== 'string' || functionName === '') refuseOption('functionName', functionName, 'a text')
  if (!Number.isInteger(days) || days < 1 || days > 63) refuseOption('days', days, 'a whole number from 1 to 63')
  const metric = {
    namespace: 'LambdaInsights',
    metric: 'used_memory_max',
    dimensions: { function_name: functionName },
  }
  return {
    name: `lambda:${functionName}`,
    async peak({ signal } = {}) {
      const to = Math.floor(clock.now() / hourMs) * hourMs
      const window = { from: to - days * 24 * hourMs, to }
      const both = [
        { ...metric, stat: 'p99.9' },
        { ...metric, stat: 'SampleCount' },
      ]
      const what = `read the memory of function ${functionName}`
      const { series } = await metricData(client, both, { window, periodSeconds: 3_600, what }, signal)
      const [peaks = [], counts = []] = series.map((one) => [...one.values()])
      if (peaks.length === 0) return undefined
      return { megabytes: Math.ceil(Math.max(...peaks)), executions: counts.reduce((sum, count) => sum + count, 0) }
    },
  }
}
