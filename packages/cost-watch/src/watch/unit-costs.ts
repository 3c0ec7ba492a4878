import type { MetricSlice } from '@cutover/core'

import { slotsOf } from './slot-costs.ts'
import type { SpendPoint } from './spend-point.ts'

/** Fewer good requests than this in a slot say nothing about what one costs. */
const least = 20

/**
 * What 1,000 good requests cost in each slot, so that demand cancels: twice the visitors at twice the cost is no runaway, and a
 * loop of retries that serves nobody is one. `spend` of each point is spend per 1,000.
 *
 * A slot is left out where requests are not counted as a whole yet, or where fewer than 20 were good: what few cost is chance, and
 * what none cost is no number. `unserved` lists those that cost something and served nobody.
 */
export function unitCosts(
  points: readonly SpendPoint[],
  slices: readonly MetricSlice[],
  slotMs: number,
): { readonly points: SpendPoint[]; readonly unserved: SpendPoint[] } {
  const good = new Map<number, number>()
  const covered = new Map<number, number>()
  const unknown = new Set<number>()
  for (const slice of slices)
    for (const { at, part } of slotsOf(slice, slotMs)) {
      good.set(at, (good.get(at) ?? 0) + (slice.total - slice.bad) * part)
      covered.set(at, (covered.get(at) ?? 0) + (slice.to - slice.from) * part)
      if (!slice.complete) unknown.add(at)
    }
  const known = points.filter(({ at }) => !unknown.has(at) && (covered.get(at) ?? 0) > slotMs * 0.999)
  return {
    points: known
      .filter(({ at }) => (good.get(at) ?? 0) >= least)
      .map(({ at, spend }) => ({ at, spend: (1_000 * spend) / (good.get(at) ?? 1) })),
    unserved: known.filter(({ at, spend }) => good.get(at) === 0 && spend > 0),
  }
}
