import { knownOptions } from '@cutover/core'

import type { FlexPreflight } from '../decide/flex-shape-preflight.ts'
import { knownTime } from '../decide/known-time.ts'
import { compareRunRate, type RunRate, runRate, type RunRateComparison } from '../decide/run-rate.ts'
import type { DecommissionSavings, DoubleRunning } from '../decide/window-cost.ts'
import type { CostRow } from '../estimate/cost-row.ts'
import type { Estimate } from '../estimate/estimate.ts'
import { Decimal, decimal } from '../money/decimal.ts'
import { type Money, money } from '../money/money.ts'
import type { Reconciliation } from '../reconcile/reconcile.ts'
import type { Window } from '../usage/usage-row.ts'
import { htmlOf } from './html.ts'
import { markdownOf } from './markdown.ts'

export interface CostReportOptions {
  /** @default 'What both clouds cost' */
  readonly title?: string | undefined
  /** When it is written, epoch milliseconds. */
  readonly at: number
  readonly source: Estimate
  readonly target: Estimate
  /** The time that the estimates are of. @default that of their rows */
  readonly window?: Window | undefined
  /** Epoch milliseconds: drawn as a line. */
  readonly switchedAt?: number | undefined
  readonly doubleRunning?: DoubleRunning | undefined
  readonly savings?: DecommissionSavings | undefined
  readonly preflight?: FlexPreflight | undefined
  readonly reconciliation?: Reconciliation | undefined
  /** What the watch has found. */
  readonly alarms?: readonly { readonly at: number; readonly text: string }[] | undefined
}

export interface CostReport {
  /** One English sentence. */
  readonly text: string
  readonly markdown: string
  /** A page of its own: no script, nothing from elsewhere. */
  readonly html: string
}

/** What both forms of the report are made of. */
export interface ReportData extends CostReportOptions {
  readonly title: string
  readonly sides: readonly ReportSide[]
  readonly comparison: RunRateComparison | undefined
  readonly alarms: readonly { readonly at: number; readonly text: string }[]
  readonly text: string
}

export interface ReportSide {
  readonly name: 'source' | 'target'
  readonly estimate: Estimate
  /** `undefined` while there is no settled hour. */
  readonly rate: RunRate | undefined
  /** By hour: what it cost. An hour that is not here is not known, and is no zero. */
  readonly hours: readonly { readonly at: number; readonly cost: number }[]
  /** The dearest first. */
  readonly meters: readonly { readonly meter: string; readonly cost: Money; readonly resources: number }[]
  /** What is in no figure, in English. */
  readonly holes: readonly string[]
}

const known: readonly (keyof CostReportOptions)[] = [
  ...(['title', 'at', 'source', 'target', 'window', 'switchedAt'] as const),
  ...(['doubleRunning', 'savings', 'preflight', 'reconciliation', 'alarms'] as const),
]

/**
 * Writes up what both clouds cost, for people: Markdown, and an HTML page with charts that needs nothing else. What is not known
 * has a section of its own, and is drawn as a gap.
 *
 * @throws CutoverError `COST_OPTION_INVALID`, `COST_CURRENCY_MIXED`
 */
export function costReport(options: CostReportOptions): CostReport {
  knownOptions(options, known, 'COST_OPTION_INVALID', 'costReport')
  const { title = 'What both clouds cost', source, target, window, alarms = [] } = options
  const sides = [sideOf('source', source, window), sideOf('target', target, window)]
  const [before, after] = sides.map(({ rate }) => rate)
  const comparison = before && after ? compareRunRate(before, after) : undefined
  const text = comparison?.text ?? 'not both run rates are known yet'
  const data: ReportData = { ...options, title, sides, comparison, alarms, text }
  return { text, markdown: markdownOf(data), html: htmlOf(data) }
}

function sideOf(name: ReportSide['name'], estimate: Estimate, window: Window | undefined): ReportSide {
  const { rows, unpriced, incomplete, missing } = estimate
  const unpricedMeters = [...new Set(unpriced.map(({ meter, region }) => `${meter} in ${region}`))]
  return {
    name,
    estimate,
    rate: rows.length === 0 && window === undefined ? undefined : rateOf(estimate, window),
    hours: byHour(estimate, window),
    meters: byMeter(rows),
    holes: [
      ...unpricedMeters.map((one) => `${one} has no price`),
      ...missing.map(({ why }) => why),
      ...(incomplete.length > 0 ? [`${incomplete.length} amounts still grow`] : []),
    ],
  }
}

function rateOf(estimate: Estimate, window: Window | undefined): RunRate | undefined {
  const from = window?.from ?? Math.min(...estimate.rows.map((row) => row.from))
  const until = window?.to ?? Math.max(...estimate.rows.map((row) => row.to))
  const settledUntil = Math.min(until, ...estimate.incomplete.map((row) => row.from))
  return settledUntil > from ? runRate(estimate, { from, to: until }) : undefined
}

const hourMs = 3_600_000

/** A row of a day is spread over its hours; an hour of which something is missing is left out. */
function byHour(estimate: Estimate, window: Window | undefined): ReportSide['hours'] {
  const { rows } = estimate
  const from = window?.from ?? Math.min(...rows.map((row) => row.from))
  const to = window?.to ?? Math.max(...rows.map((row) => row.to))
  const settled = from < to ? knownTime(estimate, { from, to }).rows : []
  const sums = new Map<number, number>()
  for (const row of settled) {
    const each = (decimal(row.cost.amount).toNumber() / (row.to - row.from)) * hourMs
    for (let hour = Math.floor(row.from / hourMs) * hourMs; hour < row.to; hour += hourMs) {
      const part = (Math.min(row.to, hour + hourMs) - Math.max(row.from, hour)) / hourMs
      sums.set(hour, (sums.get(hour) ?? 0) + each * part)
    }
  }
  return [...sums].map(([at, cost]) => ({ at, cost })).toSorted((one, other) => one.at - other.at)
}

function byMeter(rows: readonly CostRow[]): ReportSide['meters'] {
  const sums = new Map<string, { cost: Decimal; currency: string; resources: Set<string> }>()
  for (const { meter, cost, resourceId } of rows) {
    const sum = sums.get(meter) ?? { cost: Decimal.zero, currency: cost.currency, resources: new Set<string>() }
    sum.cost = sum.cost.plus(decimal(cost.amount))
    sum.resources.add(resourceId)
    sums.set(meter, sum)
  }
  return [...sums]
    .map(([meter, { cost, currency, resources }]) => ({
      meter,
      cost: money(cost, currency),
      resources: resources.size,
    }))
    .toSorted((one, other) => decimal(other.cost.amount).compare(decimal(one.cost.amount)))
}
