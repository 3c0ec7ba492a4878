import { CutoverError, knownOptions } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { type Estimate, estimate } from '../estimate/estimate.ts'
import { decimal } from '../money/decimal.ts'
import { formatMoney, type Money } from '../money/money.ts'
import type { PriceBook } from '../prices/price-book.ts'
import { heldGbSeconds } from '../usage/gigabytes.ts'
import { invocationRows } from '../usage/lambda-rows.ts'
import { checkedShape, type LambdaShape } from '../usage/lambda-shape.ts'
import type { Invocation } from '../usage/report-line.ts'
import type { UsageRow, Window } from '../usage/usage-row.ts'
import { busyTime } from './busy-time.ts'

export interface FlexPreflightOptions {
  /** Of the function whose log it is. */
  readonly source: LambdaShape
  /** The time that the log is of, within one calendar month; epoch milliseconds. */
  readonly window: Window
  readonly prices: PriceBook
  /** `'eastus'` */
  readonly region: string
  /** @default 2048 */
  readonly instanceMb?: 512 | 2048 | 4096 | undefined
  /**
   * How many runs share an instance. @default 4, 16 or 32 for 512, 2048 or 4096 MB, which is the HTTP trigger's default for Node.js;
   * other triggers decide it themselves, down to 1
   * @see https://learn.microsoft.com/azure/azure-functions/functions-concurrency
   */
  readonly perInstanceConcurrency?: number | undefined
}

/** What the same load would be billed on Flex Consumption. */
export interface FlexPreflight {
  readonly invocations: number
  readonly source: { readonly gbSeconds: string; readonly cost: Money }
  readonly target: {
    readonly gbSeconds: { readonly low: string; readonly mid: string; readonly high: string }
    readonly low: Money
    readonly mid: Money
    readonly high: Money
    /** The most at once. */
    readonly instances: number
  }
  /** Target over source, 2 places; `undefined` where the source has none. */
  readonly gbSecondsRatio: string | undefined
  readonly costRatio: string | undefined
  /** The instance is smaller than what the function has used, MB; then the load does not fit, whatever it costs. */
  readonly tooSmallFor: number | undefined
  readonly text: string
}

const known = ['source', 'window', 'prices', 'region', 'instanceMb', 'perInstanceConcurrency']
const defaultConcurrency = { 512: 4, 2048: 16, 4096: 32 } as const

/**
 * Prices the source's own invocation log on Flex Consumption, before the move, both sides without free grants.
 *
 * Lambda bills each run by the millisecond at the function's memory; Flex bills an instance's busy time, at least 1,000 ms, at
 * the instance's memory. So sparse short runs cost many times as much, and dense ones less: only the log can tell. Durations
 * are assumed to stay what they are; cold starts of the target and always-ready instances are not in it.
 *
 * @throws CutoverError `COST_OPTION_INVALID`: also without a single invocation, and when a price is missing: no answer is not 0.
 */
export function flexShapePreflight(invocations: readonly Invocation[], options: FlexPreflightOptions): FlexPreflight {
  knownOptions(options, known, 'COST_OPTION_INVALID', 'flexShapePreflight')
  const { source, window, prices, region, instanceMb = 2048 } = options
  checkedShape(source)
  if (!(instanceMb in defaultConcurrency)) throw invalid(`instanceMb is ${instanceMb}; wanted 512, 2048 or 4096`)
  const { perInstanceConcurrency: concurrency = defaultConcurrency[instanceMb] } = options
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 1_000) {
    throw invalid(`perInstanceConcurrency is ${concurrency}; wanted 1 to 1000`)
  }
  const runs = invocations.filter(({ startedAt }) => startedAt >= window.from && startedAt < window.to)
  if (runs.length === 0) throw invalid('there is no invocation in the window: without a log nothing can be said')

  const before = priced(invocationRows({ ...source, provisionedConcurrency: 0 }, runs, window), prices)
  const busy = busyTime(runs, concurrency)
  const billed = {
    low: heldGbSeconds(instanceMb, busy.leastBilledMs),
    high: heldGbSeconds(instanceMb, busy.mostBilledMs),
  }
  const row = (meter: string, quantity: string, range?: UsageRow['range']): UsageRow => ({
    cloud: 'azure',
    account: 'preflight',
    region,
    resourceId: source.functionName,
    meter,
    ...window,
    quantity,
    range,
    complete: true,
  })
  const range = { low: billed.low.toString(), high: billed.high.toString() }
  const after = priced([row('flex/executions', String(runs.length)), row('flex/gb-seconds', range.low, range)], prices)

  const usedMb = runs.reduce((most, { maxMemoryUsedMb = 0 }) => Math.max(most, maxMemoryUsedMb), 0)
  const gbSeconds = before.rows
    .filter(({ meter }) => meter.startsWith('lambda/gb-seconds/'))
    .reduce((sum, { quantity }) => sum.plus(decimal(quantity)), decimal(0))
  const costRatio = ratio(after.mid.amount, before.mid.amount)
  return {
    invocations: runs.length,
    source: { gbSeconds: gbSeconds.toString(), cost: before.mid },
    target: {
      gbSeconds: { low: range.low, mid: range.low, high: range.high },
      // Both sides at list prices, since a grant would hide the shape: the least is the guess.
      low: after.mid,
      mid: after.mid,
      high: after.high,
      instances: busy.instances,
    },
    gbSecondsRatio: ratio(range.low, gbSeconds.toString()),
    costRatio,
    tooSmallFor: usedMb > instanceMb ? usedMb : undefined,
    text: `${runs.length} runs cost ${formatMoney(before.mid)} on Lambda, and ${formatMoney(after.mid)} on Flex Consumption with ${instanceMb} MB${costRatio === undefined ? '' : `: ${costRatio} times as much`}${usedMb > instanceMb ? `; they have used ${usedMb} MB, and would not fit` : ''}`,
  }
}

const ratio = (above: string, below: string): string | undefined =>
  decimal(below).isZero ? undefined : decimal(above).dividedBy(decimal(below), 2).toString()

function priced(rows: readonly UsageRow[], prices: PriceBook): Estimate {
  const answer = estimate(rows, { prices, accounts: 'shared' })
  const [missing] = answer.unpriced
  if (missing) throw invalid(`the price book has no ${missing.meter} in ${missing.region}`)
  return answer
}

const invalid = (text: string): CutoverError<CostErrorCode> =>
  new CutoverError('COST_OPTION_INVALID', `flexShapePreflight: ${text}`)
