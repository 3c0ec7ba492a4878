import { type Clock, knownOptions, systemClock } from '@cutover/core'

import { checkedClient, checkedMs, checkedTexts, checkedWindow, invalid } from '../cost-options.ts'
import type { DecimalLike } from '../money/decimal.ts'
import { subscriptionOf } from '../usage/functions-rows.ts'
import type { MissingUsage, ReadOptions, Usage, UsageRow, UsageSource, Window } from '../usage/usage-row.ts'
import { asked } from './azure-error.ts'
import type { MetricsQueryLike } from './metrics-like.ts'

/** A resource that Azure Monitor measures, and what its metrics are billed as: `storageQueues(…)`, or one of your own. */
export interface AzureResource {
  readonly resourceId: string
  /** `eastus` */
  readonly region: string
  /** By the metric's name, how an hour of it is summed up. */
  readonly metrics: Readonly<Record<string, 'Total' | 'Average'>>
  /** Of one hour; a metric without a value is `undefined`, and should have no quantity. */
  quantities(
    values: Readonly<Record<string, number | undefined>>,
    hour: Window,
  ): readonly {
    readonly meter: string
    readonly quantity: DecimalLike
    readonly range?: { readonly low: DecimalLike; readonly high: DecimalLike } | undefined
  }[]
  readonly tags?: Readonly<Record<string, string>> | undefined
}

export interface AzureMonitorUsageOptions {
  readonly client: MetricsQueryLike
  readonly resources: readonly AzureResource[]
  /** Until when an hour may still grow after its end: the newest minutes come back as 0. @default 20 minutes */
  readonly settleMs?: number | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const hourMs = 3_600_000

/**
 * Usage by the hour out of Azure Monitor's metrics, some minutes after it happened.
 *
 * An hour that the service answers without a value is missing, and so is a metric that it does not answer: neither is zero. A
 * zero that it answers is zero, once the hour is settled.
 *
 * @throws CutoverError `COST_OPTION_INVALID` at once; reading `COST_NOT_FOUND`, `COST_NOT_AUTHORIZED`, `COST_THROTTLED`, `COST_UNAVAILABLE`.
 */
export function azureMonitorUsage(options: AzureMonitorUsageOptions): UsageSource {
  const where = 'azureMonitorUsage'
  knownOptions(options, ['client', 'resources', 'settleMs', 'clock'], 'COST_OPTION_INVALID', where)
  const { client, resources, settleMs = 20 * 60_000, clock = systemClock } = options
  checkedClient(client, ['queryResource'], where, 'new MetricsQueryClient(...)')
  checkedMs({ settleMs }, where)
  if (resources.length === 0) throw invalid(`${where}: there is no resource`)
  for (const { resourceId, region } of resources) {
    checkedTexts({ resourceId, region }, where)
    if (subscriptionOf(resourceId) === '')
      throw invalid(`${where}: resourceId is ${resourceId}; wanted /subscriptions/…`)
  }
  return {
    cloud: 'azure',
    settleMs,
    async usage(window: Window, { signal }: ReadOptions = {}): Promise<Usage> {
      checkedWindow(window, where)
      const hours = { from: Math.floor(window.from / hourMs) * hourMs, to: Math.ceil(window.to / hourMs) * hourMs }
      const [rows, missing]: [UsageRow[], MissingUsage[]] = [[], []]
      for (const resource of resources) {
        const { resourceId, region, tags } = resource
        const names = Object.keys(resource.metrics)
        const found = await readMetrics(client, resource, hours, signal)
        const settledUntil = clock.now() - settleMs
        for (let { from } = hours; from < hours.to; from += hourMs) {
          const hour = { from, to: from + hourMs }
          const values = Object.fromEntries(names.map((name) => [name, found.get(name)?.get(from)]))
          const of = { cloud: 'azure', account: subscriptionOf(resourceId), region, resourceId, ...hour, tags } as const
          const complete = hour.to <= settledUntil
          rows.push(...resource.quantities(values, hour).map((quantity) => ({ ...of, ...quantity, complete })))
        }
        missing.push(...gapsOf(resource, found, hours, settledUntil))
      }
      return { rows, missing }
    },
  }
}

async function readMetrics(
  client: MetricsQueryLike,
  { resourceId, metrics: wanted }: AzureResource,
  { from, to }: Window,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const attempt = { what: `read the metrics of ${resourceId}`, operation: 'Microsoft.Insights/metrics/read' }
  const { metrics } = await asked(attempt, signal, () =>
    client.queryResource(resourceId, Object.keys(wanted), {
      granularity: 'PT1H',
      // oxlint-disable-next-line no-restricted-globals -- the SDK wants Dates; reads no clock
      timespan: { startTime: new Date(from), endTime: new Date(to) },
      aggregations: [...new Set(Object.values(wanted))],
      ...(signal ? { abortSignal: signal } : {}),
    }),
  )
  const found = new Map<string, Map<number, number>>()
  for (const { name, errorCode, timeseries } of metrics ?? []) {
    // An invalid metric is no exception: it is an error code on its series.
    if (errorCode !== undefined && errorCode !== 'Success') continue
    const values = found.get(name) ?? new Map<number, number>()
    found.set(name, values)
    for (const { data = [] } of timeseries ?? []) {
      for (const { timeStamp, total, average } of data) {
        const value = wanted[name] === 'Average' ? average : total
        if (typeof value !== 'number' || !Number.isFinite(value)) continue
        const hour = Math.floor(timeStamp.getTime() / hourMs) * hourMs
        values.set(hour, (values.get(hour) ?? 0) + value)
      }
    }
  }
  return found
}

/** Hours that are settled and have no value, as spans. What is not settled yet is late, not missing. */
function gapsOf(
  { resourceId, metrics }: AzureResource,
  found: ReadonlyMap<string, ReadonlyMap<number, number>>,
  { from, to }: Window,
  settledUntil: number,
): readonly MissingUsage[] {
  return Object.keys(metrics).flatMap((name) => {
    const values = found.get(name)
    const why = values ? `Azure Monitor has no value of ${name}` : `Azure Monitor did not answer ${name}`
    const gaps: MissingUsage[] = []
    for (let hour = from; hour + hourMs <= Math.min(to, settledUntil); hour += hourMs) {
      if (values?.has(hour)) continue
      const last = gaps.at(-1)
      if (last?.to === hour) gaps[gaps.length - 1] = { ...last, to: hour + hourMs }
      else gaps.push({ cloud: 'azure', resourceId, meter: name, from: hour, to: hour + hourMs, why })
    }
    return gaps
  })
}
