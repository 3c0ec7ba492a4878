/** What a workload took at most; what is not known is missing. */
export interface WorkloadPeaks {
  /** Executions at one moment. */
  readonly concurrency?: number | undefined
  /** Executions begun in one minute. */
  readonly perMinute?: number | undefined
  /** Of one execution, on average, in the busiest minute. */
  readonly averageMs?: number | undefined
  /** Of the longest execution. */
  readonly durationMs?: number | undefined
  /** Of the largest request or message. */
  readonly payloadBytes?: number | undefined
  /** Days that were looked at, and those of them that have data. */
  readonly days: number
  readonly daysWithData: number
}

export interface PeaksSource {
  /** For people: `lambda:orders`. */
  readonly name: string
  peaks(options?: { readonly signal?: AbortSignal | undefined }): Promise<WorkloadPeaks>
}
