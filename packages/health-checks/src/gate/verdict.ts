/**
 * Under what the verdict's α and β hold.
 *
 * - `exact`: requests fail independently of each other, given the minute; you said so.
 * - `dispersion-calibrated`: errors are no burstier in the cutover than they were in the hours that were measured.
 * - `exchangeable-intervals`: were the target as good as the source, swapping the two sides in any interval would change
 *   nothing; errors may burst as they like within it.
 * - `none`: the number is told, and nothing is promised.
 */
export type Guarantee = 'exact' | 'dispersion-calibrated' | 'exchangeable-intervals' | 'none'

/** With respect to the source (or the SLO): 2 is twice as bad. Without `high` nothing above is refuted yet. */
export interface RatioRange {
  readonly low: number
  readonly high?: number | undefined
}

/** What is known of one metric: enough to judge it again by hand. JSON. */
export interface MetricEvidence {
  readonly metric: string
  /** Against "the target is as good"; 1/α of it, over all metrics, rolls back. */
  readonly e: number
  /** Against "the target is `maxRatio` times as bad"; 1/β of it, in each critical metric, promotes. */
  readonly eAsGood: number
  /** Holds at every moment at once, for a ratio that stays, with probability 1 − α. */
  readonly ratio: RatioRange
  readonly guarantee: Guarantee
  /** What was judged, in items. */
  readonly intervals: number
  readonly source: { readonly bad: number; readonly total: number }
  readonly target: { readonly bad: number; readonly total: number }
  /** Recorded, not judged. */
  readonly warmup: { readonly intervals: number; readonly bad: number; readonly total: number }
  /** Burstiness that the evidence is divided by. */
  readonly burstiness?: number | undefined
  /** Intervals that one side has and the other has not, though both had the time: no evidence. */
  readonly gaps: number
  /** Intervals whose counts a service changed after they had been judged; they were judged again. */
  readonly restated: number
  /** Until when each side's numbers are settled, epoch milliseconds; absent while nothing is. */
  readonly sourceAsOf?: number | undefined
  readonly targetAsOf?: number | undefined
  readonly critical: boolean
  readonly dryRun: boolean
}

export type UndecidedReason = 'no-data' | 'stale' | 'low-traffic' | 'deadline' | 'source-unhealthy'

/** JSON. */
export type Verdict = {
  /** Epoch milliseconds. */
  readonly at: number
  /** One English sentence. */
  readonly text: string
  /** The weighted mean of the metrics' e-values. */
  readonly e: number
  readonly alpha: number
  readonly beta: number
  /** Of the metric with the most evidence. */
  readonly ratio: RatioRange
  readonly guarantee: Guarantee
  readonly evidence: readonly MetricEvidence[]
  /** A service corrected numbers after this verdict was given, and with the new ones it would be another. */
  readonly wouldNowBe?: Verdict['kind'] | undefined
} & (
  | { readonly kind: 'rollback'; /** An absolute guard has no α. */ readonly by: 'evidence' | 'guard' }
  | { readonly kind: 'promote' }
  | {
      readonly kind: 'continue'
      /** Errors at both sides together, still needed to promote a target that is as good; absent before the first counts. */
      readonly needErrors?: number | undefined
      /** How long that takes at the present rate of errors. */
      readonly etaMs?: number | undefined
    }
  | { readonly kind: 'undecided'; readonly reason: UndecidedReason }
)
