// Flagger 15bd6ad: pkg/controller/scheduler.go:431-462, scheduler_metrics.go:300-345.
import { type Peer, share } from './peer.ts'

export interface FlaggerOptions {
  /** `thresholdRange.max`, a share of requests. */
  readonly max: number
  /** `analysis.threshold`. @default 1 */
  readonly threshold?: number | undefined
}

/**
 * Each interval the newest value is compared; a value outside the range, and no value, is a failed check. `failedChecks` is
 * never reset within an analysis, and the canary is rolled back in the loop that finds it at the threshold.
 */
export const flagger =
  ({ max, threshold = 1 }: FlaggerOptions): Peer =>
  (minutes) => {
    let failedChecks = 0
    for (const [i, { target }] of minutes.entries()) {
      const value = share(target)
      if (Number.isNaN(value) || value > max) failedChecks += 1
      if (failedChecks >= threshold) return i + 1
    }
    return undefined
  }

/** The CloudWatch provider: `MetricDataResults[0].Values[0]` of a look-back of ten intervals, newest first, status unread. */
export const flaggerCloudWatchValue = (newestFirst: readonly number[]): number | 'no values' =>
  newestFirst[0] ?? 'no values'
