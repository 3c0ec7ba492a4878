import type { CostRow } from '../estimate/cost-row.ts'
import { type Money, money } from '../money/money.ts'
import type { Window } from '../usage/usage-row.ts'
import { costWithin } from './slot-costs.ts'

/** How much of an excess one meter of one resource is. */
export interface Share {
  readonly resourceId: string
  readonly meter: string
  /** Over what it should have cost. */
  readonly excess: Money
  /** As a part of all that rose: 0.8 is four fifths. */
  readonly part: number
  /** Of this and the shares before it. */
  readonly cumulative: number
  /** How many times what it should have cost; `undefined` where it did not exist before. */
  readonly times: number | undefined
}

export interface AttributeOptions {
  /** Costs and the time they are of, in which too much was spent. */
  readonly now: { readonly rows: readonly CostRow[]; readonly window: Window }
  /** Costs of a time that was as it should be. */
  readonly before: { readonly rows: readonly CostRow[]; readonly window: Window }
  /**
   * What `now` should have cost, as a multiple of `before`, so that a night is not blamed for being followed by a day.
   * @default by the lengths of the two times
   */
  readonly scale?: number | undefined
}

/**
 * Which resources and meters an excess comes from, the largest first; what did not rise is not among them. No sum hides another:
 * one resource that doubles is seen although another was switched off.
 */
export function attribute({ now, before, scale }: AttributeOptions): Share[] {
  const times = scale ?? (now.window.to - now.window.from) / (before.window.to - before.window.from)
  const spent = byMeter(now.rows, now.window)
  const formerly = byMeter(before.rows, before.window)
  const risen = [...spent]
    .map(([key, { resourceId, meter, cost }]) => {
      const expected = (formerly.get(key)?.cost ?? 0) * times
      return { resourceId, meter, excess: cost - expected, times: expected > 0 ? cost / expected : undefined }
    })
    .filter(({ excess }) => excess > 0)
    .sort((one, other) => other.excess - one.excess)
  const all = risen.reduce((sum, { excess }) => sum + excess, 0)
  const currency = now.rows[0]?.cost.currency ?? 'USD'
  let cumulative = 0
  return risen.map(({ resourceId, meter, excess, times: risenTimes }) => {
    const part = excess / all
    cumulative += part
    return { resourceId, meter, excess: money(excess.toFixed(6), currency), part, cumulative, times: risenTimes }
  })
}

function byMeter(
  rows: readonly CostRow[],
  window: Window,
): Map<string, { readonly resourceId: string; readonly meter: string; cost: number }> {
  const sums = new Map<string, { readonly resourceId: string; readonly meter: string; cost: number }>()
  for (const row of rows) {
    const cost = costWithin(row, window)
    if (cost === 0) continue
    const key = JSON.stringify([row.resourceId, row.meter])
    const sum = sums.get(key)
    if (sum) sum.cost += cost
    else sums.set(key, { resourceId: row.resourceId, meter: row.meter, cost })
  }
  return sums
}
