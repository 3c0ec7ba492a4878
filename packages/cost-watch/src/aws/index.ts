export type { CloudWatchLike, CloudWatchLogsLike, LambdaConfigurationLike } from './cloudwatch-like.ts'
export {
  type CloudWatchResource,
  cloudWatchUsage,
  type CloudWatchUsageOptions,
  type MeteredQuantity,
} from './cloudwatch-usage.ts'
export { costExplorerBill, type CostExplorerBillOptions } from './cost-explorer-bill.ts'
export type { CostExplorerLike } from './cost-explorer-like.ts'
export { type ConcurrencyLike, lambdaCap, type LambdaCapOptions } from './lambda-cap.ts'
export { lambdaShape } from './lambda-shape.ts'
export { lambdaUsage, type LambdaUsageOptions } from './lambda-usage.ts'
export type { WantedSeries } from './metric-series.ts'
export { dynamoTable, gatewayApi, s3Bucket, sqsQueue } from './neighbours.ts'
export { type AwsPriceList, awsPriceList } from './price-list.ts'
export { invocationsOf, reportUsage, type ReportUsageOptions } from './report-usage.ts'
export { type RequestBudget, requestBudget } from './request-budget.ts'
