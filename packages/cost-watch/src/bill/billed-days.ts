import { formatInstant } from '@cutover/core'

import type { CostRow } from '../estimate/cost-row.ts'
import { dayStart } from '../estimate/month.ts'
import type { Money } from '../money/money.ts'
import type { Cloud, MissingUsage, Window } from '../usage/usage-row.ts'
import type { Bill } from './bill.ts'

export const dayMs = 86_400_000

/** `2026-11-20` */
export const dateText = (at: number): string => formatInstant(at).slice(0, 10)

/** The whole days in UTC that overlap a window: their starts. */
export function daysOf({ from, to }: Window): readonly number[] {
  const days: number[] = []
  for (let day = dayStart(from); day < to; day += dayMs) days.push(day)
  return days
}

/** Sorts what was answered into settled days, days that may still grow, and days that are not there. */
export function sortedBill(
  cloud: Cloud,
  window: Window,
  answered: { readonly rows: readonly CostRow[]; readonly days: ReadonlySet<number>; readonly asked: Money },
): Bill {
  const missing: MissingUsage[] = daysOf(window)
    .filter((day) => !answered.days.has(day))
    .map((day) => ({
      cloud,
      resourceId: '',
      meter: 'bill',
      from: day,
      to: day + dayMs,
      why: `the service answered nothing for ${dateText(day)}`,
    }))
  return {
    rows: answered.rows.filter(({ complete }) => complete),
    incomplete: answered.rows.filter(({ complete }) => !complete),
    missing,
    asked: answered.asked,
  }
}
