export { lambdaPeaks, type LambdaPeaksOptions } from '../../before-the-night/lambda-peaks.ts'
export {
  cloudWatchAlarms,
  type CloudWatchAlarmsLike,
  type CloudWatchAlarmsOptions,
} from '../../green/cloudwatch-alarms.ts'
export { cloudWatchCounts, type CloudWatchCountsOptions } from './cloudwatch-counts.ts'
export type { AggregatedCloudWatch, CloudWatchLike } from './cloudwatch-like.ts'
export { lambdaErrors, type LambdaErrorsOptions } from './lambda-errors.ts'
export type { CloudWatchMetric } from './metric-data.ts'
