import type { CostRow } from '../estimate/cost-row.ts'
import type { Estimate } from '../estimate/estimate.ts'
import type { Window } from '../usage/usage-row.ts'
import type { SpendPoint } from './spend-point.ts'

/**
 * What each slot of a window cost, the earliest first: only slots that are known as a whole.
 *
 * A slot is left out, never given as 0, when no row is in it, when a row in it may still grow, or when the source says that usage is
 * missing in it. A row that is longer than a slot (storage, by the day) is spread evenly over its time. What is unpriced is not in
 * the sums: `estimate` lists it.
 */
export function slotCosts(cost: Estimate, window: Window, slotMs: number): SpendPoint[] {
  const sums = new Map<number, number>()
  const unknown = new Set<number>()
  for (const row of cost.rows)
    for (const { at, part } of slotsOf(row, slotMs)) sums.set(at, (sums.get(at) ?? 0) + Number(row.cost.amount) * part)
  for (const row of [...cost.incomplete, ...cost.missing]) for (const { at } of slotsOf(row, slotMs)) unknown.add(at)
  return [...sums]
    .filter(([at]) => !unknown.has(at) && at >= window.from && at + slotMs <= window.to)
    .sort(([one], [other]) => one - other)
    .map(([at, spend]) => ({ at, spend }))
}

/** The slots that a time touches, and which part of it is in each. */
export function slotsOf({ from, to }: Window, slotMs: number): { readonly at: number; readonly part: number }[] {
  const first = Math.floor(from / slotMs) * slotMs
  if (to <= first + slotMs) return [{ at: first, part: 1 }]
  const slots: { at: number; part: number }[] = []
  for (let at = first; at < to; at += slotMs)
    slots.push({ at, part: (Math.min(to, at + slotMs) - Math.max(from, at)) / (to - from) })
  return slots
}

/** The cost of a row in a window; of one that is only partly in it, so much of its cost. */
export function costWithin(row: CostRow, window: Window): number {
  const within = Math.min(row.to, window.to) - Math.max(row.from, window.from)
  return within <= 0 ? 0 : (Number(row.cost.amount) * within) / (row.to - row.from)
}

/** What all rows cost in a window. */
export const spentWithin = (rows: readonly CostRow[], window: Window): number =>
  rows.reduce((sum, row) => sum + costWithin(row, window), 0)
