/** What one slot of time cost. */
export interface SpendPoint {
  /** Epoch milliseconds at which the slot begins. */
  readonly at: number
  /** Spend of the slot, in the currency of the series; statistics need no exact money. */
  readonly spend: number
}
