import { type RunRate, runRate } from '../decide/run-rate.ts'
import { type Estimate, estimate } from '../estimate/estimate.ts'
import { Decimal } from '../money/decimal.ts'
import type { PriceBook } from '../prices/price-book.ts'
import type { Usage, UsageRow, Window } from '../usage/usage-row.ts'
import { slotCosts } from './slot-costs.ts'

const dayMs = 86_400_000

/**
 * What a side costs now: over the last slots before the window's end that have usage without a gap, a day at most. `undefined` where not
 * even one has. Where usage of something else is missing meanwhile, the rate says so and is a lower bound.
 */
export function dayRate(
  usage: Usage,
  cost: Estimate,
  { window, slotMs, prices }: { readonly window: Window; readonly slotMs: number; readonly prices: PriceBook },
): RunRate | undefined {
  const known = new Set(slotCosts({ ...cost, missing: [] }, window, slotMs).map(({ at }) => at))
  let to = window.to
  // The newest slots may be late; a gap after them would be a cheap hour.
  while (to > window.from && !known.has(to - slotMs)) to -= slotMs
  let from = to
  while (to - from < dayMs && known.has(from - slotMs)) from -= slotMs
  if (from === to) return undefined
  const settled = { from, to }
  const rows = usage.rows.filter((row) => row.complete).flatMap((row) => clipped(row, settled))
  const missing = usage.missing.filter((one) => one.from < to && one.to > from)
  return runRate(estimate({ rows, missing }, { prices }), settled)
}

/** Of a row that is only partly in the window so much as its time is. */
function clipped(row: UsageRow, window: Window): UsageRow[] {
  const [from, to] = [Math.max(row.from, window.from), Math.min(row.to, window.to)]
  if (to <= from) return []
  if (from === row.from && to === row.to) return [row]
  const part = (quantity: UsageRow['quantity']): string =>
    Decimal.from(quantity)
      .times(Decimal.from(to - from))
      .dividedBy(Decimal.from(row.to - row.from))
      .toString()
  const range = row.range && { low: part(row.range.low), high: part(row.range.high) }
  return [{ ...row, from, to, quantity: part(row.quantity), range }]
}
