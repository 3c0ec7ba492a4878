import { type Clock, type Duration, durationMs, knownOptions, systemClock } from '@cutover/core'

import type { CountSource } from '../../count-source.ts'
import { refuseOption } from '../../health-error.ts'
import { countBuckets, type Series } from '../count-buckets.ts'
import type { AggregatedCloudWatch, CloudWatchLike } from './cloudwatch-like.ts'
import { type CloudWatchMetric, metricData } from './metric-data.ts'

export interface CloudWatchCountsOptions<Client = CloudWatchLike> {
  /** `new CloudWatch({ region })` */
  readonly client: AggregatedCloudWatch<Client>
  /** What was asked for; several are added up. */
  readonly total: CloudWatchMetric | readonly CloudWatchMetric[]
  /** What of it went wrong; several are added up. */
  readonly bad: CloudWatchMetric | readonly CloudWatchMetric[]
  /** What of it was slow: a count above a bound, `stat: 'TC(300:)'` of the latency. @default not counted */
  readonly slow?: CloudWatchMetric | undefined
  /**
   * What a period without a value of `bad` means: `none` for metrics that are reported only above zero, as `HTTPCode_Target_5XX_Count`
   * of a load balancer is; `unknown` for those that come with every request. @default 'unknown'
   */
  readonly badMissing?: 'none' | 'unknown' | undefined
  /** A multiple of a minute. @default '1m' */
  readonly period?: Duration | undefined
  /** How long after its end a period may still grow. @default '3m' */
  readonly settle?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const countsOptions: readonly (keyof CloudWatchCountsOptions)[] = [
  'client',
  'total',
  'bad',
  'slow',
  'badMissing',
  'period',
  'settle',
  'clock',
]

/** Data of a minute is kept so long, after that the service answers nothing, without a word. */
const minutesKeptMs = 15 * 86_400_000

/**
 * Requests and errors as CloudWatch counts them.
 *
 * A period without a total is missing: CloudWatch has no zeros. One is complete `settle` after its end, unless some query did not
 * end with `Complete`: the newest one or two minutes grow for two (github.com/nerdswords/yet-another-cloudwatch-exporter #1796).
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when made; `counts` rejects with a `SourceErrorCode`, and with
 * `HEALTH_OPTIONS_INVALID` for a window that is older than what is kept.
 */
export function cloudWatchCounts<Client>(options: CloudWatchCountsOptions<Client>): CountSource {
  knownOptions(options, countsOptions, 'HEALTH_OPTIONS_INVALID', 'cloudWatchCounts')
  const { badMissing = 'unknown', period = '1m', settle = '3m', clock = systemClock, slow } = options
  const client = options.client as CloudWatchLike
  if (typeof (client as Partial<CloudWatchLike> | undefined)?.getMetricData !== 'function')
    refuseOption('client', client, 'new CloudWatch(…): a CloudWatchClient has only send()')
  const [totals, bads] = [metrics('total', options.total), metrics('bad', options.bad)]
  const slows = slow === undefined ? [] : metrics('slow', slow)
  if (badMissing !== 'none' && badMissing !== 'unknown') refuseOption('badMissing', badMissing, 'none or unknown')
  const [periodMs, settleMs] = [durationMs(period, 'period'), durationMs(settle, 'settle')]
  if (periodMs === 0 || periodMs % 60_000 !== 0) refuseOption('period', period, 'a multiple of a minute')
  const what = `read metrics of ${totals.map(({ namespace, metric }) => `${namespace} ${metric}`).join(' + ')}`

  return {
    settleMs,
    async counts(window, { signal } = {}) {
      const now = clock.now()
      if (periodMs % 300_000 !== 0 && window.from < now - minutesKeptMs)
        refuseOption('window.from', window.from, 'at most 15 days ago: periods under 5 minutes are not kept longer')
      const all = [...totals, ...bads, ...slows]
      const query = { window, periodSeconds: periodMs / 1_000, what }
      const { series, partial } = await metricData(client, all, query, signal)
      const [total, bad] = [
        sum(series.slice(0, totals.length)),
        sum(series.slice(totals.length, totals.length + bads.length)),
      ]
      const readings = { total, bad, partial, slow: slow && series.at(-1) }
      return countBuckets(readings, { window, periodMs, settleMs, now, badMissing, zeroMayBeLate: false })
    },
  }
}

function metrics(field: string, given: CloudWatchMetric | readonly CloudWatchMetric[]): readonly CloudWatchMetric[] {
  const list: readonly CloudWatchMetric[] = Array.isArray(given) ? given : [given as CloudWatchMetric]
  if (list.length === 0) refuseOption(field, list, 'at least one metric')
  for (const one of list) {
    knownOptions(one, ['namespace', 'metric', 'dimensions', 'stat'], 'HEALTH_OPTIONS_INVALID', field)
    for (const name of ['namespace', 'metric'] as const) {
      if (typeof one[name] !== 'string' || one[name] === '') refuseOption(`${field}.${name}`, one[name], 'a text')
    }
  }
  return list
}

/** A period that one of them lacks is what the others have: each is there only when something was counted. */
function sum(series: readonly Series[]): Series {
  const [only] = series
  if (series.length === 1 && only) return only
  const added = new Map<number, number>()
  for (const one of series) for (const [at, value] of one) added.set(at, (added.get(at) ?? 0) + value)
  return added
}
