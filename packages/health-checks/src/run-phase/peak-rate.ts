import type { Clock } from '@cutover/core'

import type { CountSource } from '../count-source.ts'
import { checkedBuckets } from '../gate/checked-buckets.ts'
import { quantileOf } from './quantile.ts'

const backMs = 86_400_000
/** With fewer settled buckets a quantile says nothing. */
const atLeast = 60

/**
 * Requests a second that the source's settled buckets of the last 24 hours did not exceed in 95 of 100; `undefined` with fewer than
 * 60 of them, or without a request.
 */
export async function peakRate(
  source: CountSource,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<number | undefined> {
  const to = clock.now()
  const buckets = checkedBuckets(await source.counts({ from: to - backMs, to }, { signal }), 'source')
  const rates = buckets
    .filter((bucket) => bucket.complete && bucket.to + source.settleMs <= to)
    .map((bucket) => bucket.total / ((bucket.to - bucket.from) / 1_000))
  const rate = rates.length < atLeast ? undefined : quantileOf(rates, 0.95)
  return rate === undefined || rate <= 0 ? undefined : rate
}
