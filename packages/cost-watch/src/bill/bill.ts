import type { CostRow } from '../estimate/cost-row.ts'
import type { Money } from '../money/money.ts'
import type { Cloud, MissingUsage, ReadOptions, Window } from '../usage/usage-row.ts'

/** What the provider says that it cost. */
export interface Bill {
  /** Of days that are over and settled. */
  readonly rows: readonly CostRow[]
  /** Of the current day, and of those that may still grow: so far, in no total. */
  readonly incomplete: readonly CostRow[]
  /** Days that the service did not answer. Never zero. */
  readonly missing: readonly MissingUsage[]
  /** What asking cost. */
  readonly asked: Money
}

/** Where bills of one side come from. */
export interface BillSource {
  readonly cloud: Cloud
  /** How long after its end a day may still grow, in milliseconds. Restatements come later than that, too. */
  readonly settleMs: number
  /** Whole days in UTC that overlap the window. */
  bill(window: Window, options?: ReadOptions): Promise<Bill>
}
