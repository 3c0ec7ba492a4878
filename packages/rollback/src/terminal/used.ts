/** What was used of the limits, as `CUTOVER_LIMITS` tells it. */
export interface Used {
  readonly downtimeMs: number
  readonly dataLoss: number
  readonly maxDowntimeMs: number | undefined
  readonly maxDataLoss: number | undefined
}

/** A note carries whatever it was given: what is not as expected is not shown. */
export function usedOf(data: unknown): Used | undefined {
  if (typeof data !== 'object' || data === null || !('used' in data)) return undefined
  const { used, maxDowntimeMs, maxDataLoss } = data as Partial<Used> & { used: Partial<Used> | null }
  const { downtimeMs, dataLoss } = used ?? {}
  if (typeof downtimeMs !== 'number' || typeof dataLoss !== 'number') return undefined
  return { downtimeMs, dataLoss, maxDowntimeMs, maxDataLoss }
}
