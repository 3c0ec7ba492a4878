import { checkedRow } from '../estimate/checked-row.ts'
import type { Cloud, MissingUsage, Usage, UsageRow, UsageSource } from './usage-row.ts'

/** Rows that are already there: of a database of your own, a CSV file, a test. What overlaps the window is answered whole. */
export function memoryUsage(
  cloud: Cloud,
  rows: readonly UsageRow[],
  missing: readonly MissingUsage[] = [],
): UsageSource {
  rows.forEach(checkedRow)
  return {
    cloud,
    settleMs: 0,
    usage({ from, to }): Promise<Usage> {
      const overlaps = (one: { readonly from: number; readonly to: number }): boolean => one.from < to && one.to > from
      return Promise.resolve({
        rows: rows.filter((row) => row.cloud === cloud && overlaps(row)),
        missing: missing.filter((one) => one.cloud === cloud && overlaps(one)),
      })
    },
  }
}
