export { appDependencies, type AppDependenciesOptions } from '../../discrepancies/app-dependencies.ts'
export { workerExits, type WorkerExitsOptions } from '../../discrepancies/worker-exits.ts'
export { azureAlerts, type AzureAlertsOptions } from '../../green/azure-alerts.ts'
export type {
  ActionGroupLike,
  FiredAlertLike,
  FiredAlertsLike,
  LogAlertLike,
  MetricAlertLike,
  MonitorAlertsLike,
} from '../../green/azure-alerts-like.ts'
export { appRequests, type AppRequestsOptions } from './app-requests.ts'
export { azureMetricCounts, type AzureMetricCountsOptions } from './azure-metric-counts.ts'
export { functionErrors, type FunctionErrorsOptions } from './function-errors.ts'
export type { LogsAnswer, LogsQueryLike, LogsTable } from './logs-like.ts'
export type { AzureMetric } from './metric-series.ts'
export type {
  AzureAggregation,
  AzureMetricResult,
  AzureMetricsLike,
  AzurePoint,
  MetricsBatchLike,
  MetricsQueryLike,
  MonitorMetricsLike,
} from './metrics-like.ts'
