import { type Clock, knownOptions, systemClock } from '@cutover/core'

import { checkedClient, checkedMs, checkedWindow, invalid } from '../cost-options.ts'
import { decimal } from '../money/decimal.ts'
import { lambdaRows } from '../usage/lambda-rows.ts'
import { checkedShape, type LambdaShape } from '../usage/lambda-shape.ts'
import type { MissingUsage, ReadOptions, Usage, UsageRow, UsageSource, Window } from '../usage/usage-row.ts'
import type { CloudWatchLike } from './cloudwatch-like.ts'
import { metricSeries, type Series, type WantedSeries } from './metric-series.ts'

export interface LambdaUsageOptions {
  readonly client: CloudWatchLike
  readonly functions: readonly LambdaShape[]
  /** Until when an hour may still grow after its end: metrics come late, and a point is of the time when the invocation began. @default 20 minutes */
  readonly settleMs?: number | undefined
  /**
   * INIT is billed, and in no metric: what is assumed about it. @default at most 1 in 100, of 1,000 ms: AWS says that cold
   * starts are under 1 % of invocations and take from under 100 ms to over 1 s
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
   */
  readonly coldStarts?: { readonly mostShare: number; readonly initMs: number } | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

const known = ['client', 'functions', 'settleMs', 'coldStarts', 'clock']
const hourMs = 3_600_000

/**
 * Usage by the hour out of CloudWatch's metrics, some minutes after it happened.
 *
 * `Duration` is neither rounded up to milliseconds nor with INIT, so GB-seconds have bounds; `reportUsage` is exact. A function
 * without any datapoint in the window is missing: no name, another region and no invocation look the same. One that has some,
 * was idle in the settled hours without: Lambda writes no point without an invocation.
 *
 * @throws CutoverError `COST_OPTION_INVALID` at once; reading `COST_NOT_AUTHORIZED`, `COST_THROTTLED`, `COST_UNAVAILABLE`.
 */
export function lambdaUsage(options: LambdaUsageOptions): UsageSource {
  knownOptions(options, known, 'COST_OPTION_INVALID', 'lambdaUsage')
  const { client, functions, settleMs = 20 * 60_000, coldStarts = { mostShare: 0.01, initMs: 1_000 } } = options
  const { clock = systemClock } = options
  checkedClient(client, ['getMetricData'], 'lambdaUsage', 'new CloudWatch(...)')
  checkedMs({ settleMs, 'coldStarts.initMs': coldStarts.initMs }, 'lambdaUsage')
  if (!(coldStarts.mostShare >= 0 && coldStarts.mostShare <= 1)) {
    throw invalid(`lambdaUsage: coldStarts.mostShare is ${coldStarts.mostShare}; wanted 0 to 1`)
  }
  functions.forEach(checkedShape)
  if (functions.length === 0) throw invalid('lambdaUsage: functions is empty')

  return {
    cloud: 'aws',
    settleMs,
    async usage(window: Window, { signal }: ReadOptions = {}): Promise<Usage> {
      checkedWindow(window, 'lambdaUsage')
      // Hours as the service has them; the last may be under way.
      const hours = { from: Math.floor(window.from / hourMs) * hourMs, to: Math.ceil(window.to / hourMs) * hourMs }
      const wanted = functions.flatMap(({ functionName, provisionedConcurrency = 0 }): readonly WantedSeries[] => {
        const sum = (metric: string): WantedSeries => ({
          namespace: 'AWS/Lambda',
          metric,
          dimensions: { FunctionName: functionName },
          stat: 'Sum',
        })
        const both = [sum('Invocations'), sum('Duration')]
        return provisionedConcurrency > 0 ? [...both, sum('ProvisionedConcurrencyInvocations')] : both
      })
      const series = await metricSeries(client, wanted, hours, signal)
      const readAt = clock.now()
      const rows: UsageRow[] = []
      const missing: MissingUsage[] = []
      const of = (functionName: string, metric: string): Series | undefined =>
        series[wanted.findIndex((one) => one.dimensions['FunctionName'] === functionName && one.metric === metric)]
      for (const shape of functions) {
        const { functionName } = shape
        const found = { requests: of(functionName, 'Invocations'), duration: of(functionName, 'Duration') }
        const provisioned = of(functionName, 'ProvisionedConcurrencyInvocations')
        const lacks = (meter: string, why: string, span: Window = hours): MissingUsage => ({
          cloud: 'aws',
          resourceId: shape.arn ?? functionName,
          meter,
          from: span.from,
          to: span.to,
          why,
        })
        const { requests, duration } = found
        if (!requests?.isWhole || !duration?.isWhole) {
          missing.push(lacks('lambda', `CloudWatch did not answer all that was asked about ${functionName}`))
          continue
        }
        if (requests.values.size === 0) {
          missing.push(lacks('lambda', `${functionName} has no datapoint: not invoked, misnamed, or of another region`))
          continue
        }
        for (let from = hours.from; from < hours.to; from += hourMs) {
          const to = from + hourMs
          const complete = to + settleMs <= readAt
          const [count, sumMs] = [requests.values.get(from), duration.values.get(from)]
          if (count === undefined && !complete) continue
          if (count !== undefined && count > 0 && sumMs === undefined) {
            missing.push(lacks('lambda/gb-seconds', `${functionName} has invocations and no duration`, { from, to }))
          }
          const onProvisioned = Math.min(provisioned?.values.get(from) ?? 0, count ?? 0)
          const billed = billedBounds(count ?? 0, sumMs ?? 0, coldStarts)
          const all = lambdaRows(shape, { from, to, requests: count ?? 0, ...billed, onProvisioned, complete })
          rows.push(...(sumMs === undefined && count ? all.filter(({ meter }) => !isOfDuration(meter)) : all))
        }
      }
      return { rows, missing }
    },
  }
}

/** Each request is rounded up by less than a millisecond; cold starts are assumed. */
function billedBounds(
  requests: number,
  sumMs: number,
  { mostShare, initMs }: { readonly mostShare: number; readonly initMs: number },
): { readonly billedMs: string; readonly billedMsRange: { readonly low: string; readonly high: string } } {
  const low = decimal(sumMs)
  const unknown = decimal(requests).plus(decimal(requests).times(decimal(mostShare)).times(decimal(initMs)))
  const high = low.plus(unknown)
  return {
    billedMs: low.plus(unknown.times(decimal('0.5'))).toString(),
    billedMsRange: { low: low.toString(), high: high.toString() },
  }
}

const isOfDuration = (meter: string): boolean => /gb-seconds/.test(meter) && !meter.startsWith('lambda/provisioned/')
