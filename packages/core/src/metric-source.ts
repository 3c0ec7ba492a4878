/** What happened at one side in one slice of time. */
export interface MetricSlice {
  /** Epoch milliseconds; the slice ends where the next begins. */
  readonly from: number
  readonly to: number
  readonly total: number
  readonly bad: number
  /** False while the service may still add to it: such a slice decides nothing. */
  readonly complete: boolean
}

/** Where requests and errors of one side are counted. A slice that is missing is missing, never zero. */
export interface MetricSource {
  /** How long after its end a slice may still grow, in milliseconds. */
  readonly settleMs: number
  counts(
    window: { readonly from: number; readonly to: number },
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly MetricSlice[]>
}
