import { type Clock, knownOptions, systemClock } from '@cutover/core'

import { checkedClient, checkedMs, checkedTexts, checkedWindow, invalid } from '../cost-options.ts'
import type { DecimalLike } from '../money/decimal.ts'
import type { MissingUsage, ReadOptions, Usage, UsageRow, UsageSource, Window } from '../usage/usage-row.ts'
import type { CloudWatchLike } from './cloudwatch-like.ts'
import { metricSeries, type Series, type WantedSeries } from './metric-series.ts'

/** How much of a meter there was in one period. */
export interface MeteredQuantity {
  readonly meter: string
  readonly quantity: DecimalLike
  readonly range?: { readonly low: DecimalLike; readonly high: DecimalLike } | undefined
}

/** A resource that CloudWatch measures, and what its metrics are billed as: `sqsQueue('orders')`, or one of your own. */
export interface CloudWatchResource {
  readonly resourceId: string
  /** By a name of yours. All have one period. */
  readonly series: Readonly<Record<string, WantedSeries>>
  /** Does the service write no point when nothing happens? Then a period without one is zero, if others have some. */
  readonly idleIsZero: boolean
  quantities(values: Readonly<Record<string, number>>, period: Window): readonly MeteredQuantity[]
}

export interface CloudWatchUsageOptions {
  readonly client: CloudWatchLike
  readonly account: string
  readonly region: string
  readonly resources: readonly CloudWatchResource[]
  /** Until when a period may still grow after its end. @default 20 minutes */
  readonly settleMs?: number | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/**
 * Usage of what stands beside the functions, out of CloudWatch's metrics. A resource without any point is missing, and so is a
 * period without one, unless the service writes none when nothing happens.
 *
 * @throws CutoverError `COST_OPTION_INVALID` at once; reading `COST_NOT_AUTHORIZED`, `COST_THROTTLED`, `COST_UNAVAILABLE`.
 */
export function cloudWatchUsage(options: CloudWatchUsageOptions): UsageSource {
  const known = ['client', 'account', 'region', 'resources', 'settleMs', 'clock']
  knownOptions(options, known, 'COST_OPTION_INVALID', 'cloudWatchUsage')
  const { client, account, region, resources, settleMs = 20 * 60_000, clock = systemClock } = options
  checkedClient(client, ['getMetricData'], 'cloudWatchUsage', 'new CloudWatch(...)')
  checkedTexts({ account, region }, 'cloudWatchUsage')
  checkedMs({ settleMs }, 'cloudWatchUsage')
  if (resources.length === 0) throw invalid('cloudWatchUsage: resources is empty')
  return {
    cloud: 'aws',
    settleMs,
    async usage(window: Window, { signal }: ReadOptions = {}): Promise<Usage> {
      checkedWindow(window, 'cloudWatchUsage')
      const [rows, missing]: [UsageRow[], MissingUsage[]] = [[], []]
      for (const resource of resources) {
        const names = Object.keys(resource.series)
        const wanted = Object.values(resource.series)
        const periodMs = (wanted[0]?.periodSeconds ?? 3_600) * 1_000
        const span = {
          from: Math.floor(window.from / periodMs) * periodMs,
          to: Math.ceil(window.to / periodMs) * periodMs,
        }
        const series = await metricSeries(client, wanted, span, signal)
        const read = { resource, names, series, span, periodMs, settledUntil: clock.now() - settleMs }
        const found = usageOf(read, { cloud: 'aws', account, region, resourceId: resource.resourceId })
        rows.push(...found.rows)
        missing.push(...found.missing)
      }
      return { rows, missing }
    },
  }
}

interface ReadResource {
  readonly resource: CloudWatchResource
  readonly names: readonly string[]
  readonly series: readonly Series[]
  readonly span: Window
  readonly periodMs: number
  readonly settledUntil: number
}

function usageOf(
  { resource, names, series, span, periodMs, settledUntil }: ReadResource,
  of: Pick<UsageRow, 'cloud' | 'account' | 'region' | 'resourceId'>,
): Usage {
  const { cloud, resourceId } = of
  const lacks = (meter: string, why: string, { from, to }: Window = span): MissingUsage => ({
    cloud,
    resourceId,
    meter,
    from,
    to,
    why,
  })
  const nowhere = names.filter((_, at) => series[at]?.values.size === 0 || !series[at]?.isWhole)
  const isSilent = nowhere.length === names.length || (nowhere.length > 0 && !resource.idleIsZero)
  if (isSilent || series.some(({ isWhole }) => !isWhole)) {
    const what = nowhere.length === names.length ? 'any datapoint' : nowhere.join(', ')
    return { rows: [], missing: [lacks(names.join(', '), `CloudWatch has not ${what} of ${resourceId}`)] }
  }
  const [rows, missing]: [UsageRow[], MissingUsage[]] = [[], []]
  for (let { from } = span; from < span.to; from += periodMs) {
    const period = { from, to: from + periodMs }
    const complete = period.to <= settledUntil
    const absent = names.filter((_, at) => !series[at]?.values.has(from))
    if (absent.length > 0 && !complete) continue
    if (absent.length > 0 && !resource.idleIsZero) {
      missing.push(lacks(absent.join(', '), `CloudWatch has no ${absent.join(', ')} of ${resourceId}`, period))
      continue
    }
    const values = Object.fromEntries(names.map((name, at) => [name, series[at]?.values.get(from) ?? 0]))
    for (const quantity of resource.quantities(values, period)) rows.push({ ...of, ...period, ...quantity, complete })
  }
  return { rows, missing }
}
