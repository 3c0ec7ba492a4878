import type { ReadOptions } from '../usage/usage-row.ts'

/** What is set. Not set at all, and set to a number, are two things: both are put back as they were. */
export interface CapState {
  /** Not there: no limit is set. */
  readonly limit?: number
}

/** Something whose spend follows from how much of it may run at once. */
export interface SpendCap {
  /** Unique over both clouds: `lambda:us-east-1/orders`. */
  readonly id: string
  /** `orders`, for people. */
  readonly name: string
  /** `runs at once`, `instances`. */
  readonly unit: string
  readonly least: number
  readonly most: number
  /** How long an unanswered request may still take effect, in milliseconds. */
  readonly lateMs: number
  /** False: between our read and our write somebody else's write can be lost. */
  readonly supports: { readonly compareAndSwap: boolean }
  /** What happens to work beyond the limit, in one English sentence. */
  refuses(limit: number): string
  read(options: ReadOptions): Promise<CapState>
  tags(options: ReadOptions): Promise<Readonly<Record<string, string>>>
  /**
   * Writes `to` where `from` stands, compared directly before.
   *
   * @throws CutoverError `COST_CONFLICT` when something else stands there; nothing was written.
   */
  write(
    change: { readonly from: CapState; readonly to: CapState },
    options: { readonly signal: AbortSignal; fence(): void },
  ): Promise<void>
  readonly permissions: readonly string[]
  /** A command for a person; `undefined`: to look. */
  byHand(to: CapState | undefined): string
}
