import { CutoverError, formatInstant } from '@cutover/core'

import type { CountBucket } from '../count-source.ts'
import type { HealthErrorCode } from '../health-error.ts'

export type SideName = 'source' | 'target'

/**
 * The buckets, if they can be meant.
 *
 * @throws CutoverError `HEALTH_COUNTS_INVALID` naming side, bucket and field: counts that are no whole numbers from 0, more bad
 * (or slow) than there were, buckets that overlap, come twice or out of order.
 */
export function checkedBuckets(buckets: readonly CountBucket[], side: SideName): readonly CountBucket[] {
  const given: unknown = buckets
  if (!Array.isArray(given)) refuse(side, undefined, 'counts', String(given), 'a list of buckets')
  let before: CountBucket | undefined
  for (const bucket of buckets) {
    const { from, to, total, bad, slow, sampled, complete } = bucket
    const at = Number.isFinite(from) ? from : undefined
    if (at === undefined) refuse(side, at, 'from', from, 'epoch milliseconds')
    if (!(Number.isFinite(to) && to > from)) refuse(side, at, 'to', to, 'an instant after from')
    for (const [field, count] of Object.entries({ total, bad, slow: slow ?? 0 })) {
      if (!Number.isSafeInteger(count) || count < 0) refuse(side, at, field, count, 'a whole number from 0')
      if (count > total) refuse(side, at, field, count, `at most total, which is ${total}`)
    }
    if (sampled !== undefined && !(Number.isFinite(sampled) && sampled >= 1))
      refuse(side, at, 'sampled', sampled, 'a number from 1')
    if (typeof complete !== 'boolean') refuse(side, at, 'complete', complete, 'true or false')
    if (before?.from === from) refuse(side, at, 'from', from, 'one bucket for each instant; this one came twice')
    if (before && from < before.from) refuse(side, at, 'from', from, 'buckets in order of time')
    if (before && from < before.to) refuse(side, at, 'from', from, `no overlap with the one that ends at ${before.to}`)
    before = bucket
  }
  return buckets
}

/**
 * Requests as recorded items: what was extrapolated from a sample is no evidence.
 *
 * @throws CutoverError `HEALTH_COUNTS_INVALID` where slow answers are wanted and the bucket has none.
 */
export function itemsOf(
  { from, total, bad, slow, sampled = 1 }: CountBucket,
  counts: 'bad' | 'slow',
  side: SideName,
): { readonly bad: number; readonly total: number } {
  const against = counts === 'bad' ? bad : slow
  if (against === undefined) refuse(side, from, 'slow', against, 'a count; make its source with a threshold')
  return { bad: against / sampled, total: total / sampled }
}

/** Two sides must cut time alike. */
export function checkGrids(source: readonly CountBucket[], target: readonly CountBucket[]): void {
  const ends = new Map(source.map(({ from, to }) => [from, to]))
  const lengthMs = source[0] && source[0].to - source[0].from
  for (const { from, to } of target) {
    const end = ends.get(from)
    const apart = lengthMs !== undefined && source[0] && (from - source[0].from) % lengthMs !== 0
    if ((end !== undefined && end !== to) || (lengthMs !== undefined && to - from !== lengthMs) || apart)
      refuse(
        'target',
        from,
        'from',
        `${from} to ${to}`,
        `the grid of the source: ${lengthMs} ms from ${source[0]?.from}`,
      )
  }
}

function refuse(side: SideName, from: number | undefined, field: string, found: unknown, wanted: string): never {
  const code: HealthErrorCode = 'HEALTH_COUNTS_INVALID'
  const bucket = from === undefined ? '' : ` of the bucket at ${formatInstant(from)}`
  throw new CutoverError(code, `${side}: ${field}${bucket} is ${String(found)}; wanted ${wanted}`)
}
