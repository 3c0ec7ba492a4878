import type { MetricSlice, MetricSource } from '@cutover/core'

/** One slice of time at one side; core's `MetricSlice` with what a gate can use beyond it. */
export interface CountBucket extends MetricSlice {
  /** Requests that took longer than the threshold the source of counts was made with; absent where it has none. */
  readonly slow?: number | undefined
  /**
   * How many requests one recorded item stands for, where the service sampled; `total`, `bad` and `slow` are requests.
   *
   * A gate takes `bad / sampled` items as its evidence: ten errors extrapolated from one are one. @default 1
   */
  readonly sampled?: number | undefined
}

/**
 * Where requests, errors and slow answers of one side are counted; every `MetricSource` is one.
 *
 * Buckets come in order of time, without overlap, on a grid of whole bucket lengths in epoch milliseconds, `from` within
 * the window. A bucket that the service does not have is left out, never zero; one that may still change is not `complete`.
 */
export interface CountSource extends MetricSource {
  counts(
    window: { readonly from: number; readonly to: number },
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly CountBucket[]>
}
