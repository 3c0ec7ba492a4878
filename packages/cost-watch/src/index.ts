export {
  apply,
  type Applied,
  type ApplyOptions,
  type Change,
  type ChangeInDoubt,
  type Check,
  type Clock,
  CutoverError,
  type CutoverEvent,
  type Duration,
  isCutoverError,
  systemClock,
  waitFor,
  type WaitOptions,
} from '@cutover/core'

export type { Bill, BillSource } from './bill/bill.ts'
export { type Capped, capSpend, type CapSpendOptions } from './cap/cap-spend.ts'
export type { CapState, SpendCap } from './cap/spend-cap.ts'
export type { CostErrorCode } from './cost-error-code.ts'
export { type FlexPreflight, type FlexPreflightOptions, flexShapePreflight } from './decide/flex-shape-preflight.ts'
export { compareRunRate, type RunRate, runRate, type RunRateComparison } from './decide/run-rate.ts'
export {
  type DecommissionOptions,
  type DecommissionSavings,
  decommissionSavings,
  type DoubleRunning,
  doubleRunning,
  type DoubleRunningOptions,
} from './decide/window-cost.ts'
export type { CostRow } from './estimate/cost-row.ts'
export { estimate, type Estimate, type EstimateOptions } from './estimate/estimate.ts'
export { type FocusColumn, focusColumns } from './focus/columns.ts'
export { focusCsv } from './focus/csv.ts'
export { type FocusOptions, type FocusRow, focusRows } from './focus/focus-row.ts'
export { type FocusProblem, validateFocus } from './focus/validate.ts'
export { Decimal, decimal, type DecimalLike } from './money/decimal.ts'
export { compareMoney, formatMoney, type Money, minusMoney, money, sumMoney, timesMoney } from './money/money.ts'
export { type Meter, meters } from './prices/meter.ts'
export { type Price, type PriceBook, priceBook, priceBooks, type PriceEntry, type Tier } from './prices/price-book.ts'
export { priceTable, type PriceTableOptions } from './prices/price-table.ts'
export { corrected, type Reconciled, type Reconciliation, reconcile } from './reconcile/reconcile.ts'
export { costReport, type CostReport, type CostReportOptions } from './report/cost-report.ts'
export { type AppActivity, type AppShape, consumptionUnits, flexUnits, functionsRows } from './usage/functions-rows.ts'
export { gbMonths, gbSeconds } from './usage/gigabytes.ts'
export { invocationRows, type LambdaActivity, lambdaRows } from './usage/lambda-rows.ts'
export type { LambdaShape } from './usage/lambda-shape.ts'
export { memoryUsage } from './usage/memory-usage.ts'
export { type Invocation, isReport, parseReport } from './usage/report-line.ts'
export { taggedUsage } from './usage/tagged-usage.ts'
export type { Cloud, MissingUsage, ReadOptions, Tag, Usage, UsageRow, UsageSource, Window } from './usage/usage-row.ts'

// The watch
export { attribute, type AttributeOptions, type Share } from './watch/attribute.ts'
export { type Budget, type Burn, burnRate, type BurnRateOptions } from './watch/burn-rate.ts'
export { type CostWatch, costWatch, type LookOptions, type LooksOptions } from './watch/cost-watch.ts'
export { type AnomalyDetector, anomalyDetector, detect, type SeriesPoint } from './watch/detect.ts'
export type { CostAlarm, Look } from './watch/look.ts'
export {
  type Judgement,
  type RunawayDetector,
  runawayDetector,
  type RunawayOptions,
  type RunawaySnapshot,
} from './watch/runaway.ts'
export { type CsvScorer, csvScorer } from './watch/score-csv.ts'
export type { SeasonSnapshot } from './watch/season.ts'
export { slotCosts } from './watch/slot-costs.ts'
export type { SpendPoint } from './watch/spend-point.ts'
export { idle, orphaned, residual, type Standing } from './watch/standing-costs.ts'
export { unitCosts } from './watch/unit-costs.ts'
export type { WatchErrorCode } from './watch/watch-error.ts'
export type { CostWatchOptions } from './watch/watch-options.ts'
export { memoryState, type WatchState } from './watch/watch-state.ts'
export { type WeekProfile, weekProfile, type WeekProfileOptions } from './watch/week-profile.ts'
