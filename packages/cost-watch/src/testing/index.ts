export { dailyTotals, demand, type DemandOptions, type Runaway, withRunaway } from './demand.ts'
export { type Random, seededRandom } from './random.ts'
export { scriptedUsage, type ScriptedMeter, type ScriptedUsageOptions } from './scripted-usage.ts'
export {
  type InMemoryConcurrency,
  inMemoryConcurrency,
  type InMemoryConcurrencyOptions,
} from './in-memory-concurrency.ts'
export { type InMemoryFlexApp, inMemoryFlexApp, type InMemoryFlexAppOptions } from './in-memory-flex-app.ts'
export type { SpendPoint } from '../watch/spend-point.ts'
export {
  type BillingMachine,
  billingMachine,
  type BillingMachineOptions,
  type Charge,
  type ShownCharge,
} from './billing-machine.ts'
export {
  type InMemoryCostExplorer,
  inMemoryCostExplorer,
  type InMemoryCostExplorerOptions,
} from './in-memory-cost-explorer.ts'
export { inMemoryFunctionMetrics, type InMemoryFunctionMetricsOptions } from './in-memory-function-metrics.ts'
export {
  type HappenedInvocation,
  type InMemoryLambdaMetrics,
  inMemoryLambdaMetrics,
  type InMemoryLambdaMetricsOptions,
} from './in-memory-lambda-metrics.ts'
export { inMemoryRetailPrices, type InMemoryRetailPricesOptions } from './in-memory-retail-prices.ts'
