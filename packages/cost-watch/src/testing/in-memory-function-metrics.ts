import type { FakeWorld } from '@cutover/core/testing'

import type { MetricsQueryLike } from '../azure/metrics-like.ts'

export interface InMemoryFunctionMetricsOptions {
  readonly resourceId: string
  /** By metric: a value at a time, which counts for its hour. */
  readonly metrics: Readonly<Record<string, readonly { readonly at: number; readonly value: number }[]>>
  /** Since when the app is there: hours before it have no value. */
  readonly since: number
  /** The newest so long are answered as zero, and corrected afterwards. @default 180_000 */
  readonly lagMs?: number | undefined
}

const hourMs = 3_600_000

/** Azure Monitor at the level of `MetricsQueryClient`: what is not there yet is 0, what never was is no value, and says so nowhere. */
export function inMemoryFunctionMetrics(world: FakeWorld, options: InMemoryFunctionMetricsOptions): MetricsQueryLike {
  const { resourceId, metrics, since, lagMs = 180_000 } = options
  return {
    queryResource: (asked, names, { timespan, aggregations = ['Average'], abortSignal: signal } = {}) =>
      world.call(`monitor.queryResource ${asked}`, { signal }, () => {
        if (asked !== resourceId) {
          throw Object.assign(new Error('The resource was not found.'), { statusCode: 404, code: 'ResourceNotFound' })
        }
        const now = world.clock.now()
        const from = timespan?.startTime.getTime() ?? now - 24 * hourMs
        const to = Math.min(timespan?.endTime.getTime() ?? now, now)
        return {
          metrics: names.map((name) => {
            const points = metrics[name]
            // An unknown metric is an error code on an empty series, not an exception.
            if (!points) return { name, errorCode: 'InvalidMetric', timeseries: [] }
            const data = []
            for (let hour = Math.floor(from / hourMs) * hourMs; hour < to; hour += hourMs) {
              // oxlint-disable-next-line no-restricted-globals -- the SDK answers Dates; reads no clock
              const timeStamp = new Date(hour)
              if (hour + hourMs <= since) {
                data.push({ timeStamp })
                continue
              }
              const seen = points.filter(({ at }) => at >= hour && at < hour + hourMs && at + lagMs <= now)
              const sum = seen.reduce((total, { value }) => total + value, 0)
              const mean = seen.length === 0 ? 0 : sum / seen.length
              data.push({
                timeStamp,
                ...(aggregations.includes('Total') ? { total: sum } : {}),
                ...(aggregations.includes('Average') ? { average: mean } : {}),
              })
            }
            return { name, errorCode: 'Success', timeseries: [{ data }] }
          }),
        }
      }),
  }
}
