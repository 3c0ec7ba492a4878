import type { SpendPoint } from './spend-point.ts'

/** What can be judged now. */
export interface InOrder {
  readonly points: readonly SpendPoint[]
  /** Slots that were waited for long enough. */
  readonly skipped: readonly number[]
  /** The first slot that is still to be judged. */
  readonly next: number
}

/**
 * The slots from `next` on without a gap; a gap is passed over once its last slot ended before `patientUntil`, since nothing after it
 * could be judged for ever else.
 */
export function inOrder(
  points: readonly SpendPoint[],
  next: number,
  { slotMs, patientUntil }: { readonly slotMs: number; readonly patientUntil: number },
): InOrder {
  const taken: SpendPoint[] = []
  const skipped: number[] = []
  let due = next
  for (const point of points) {
    if (point.at < due) continue
    if (point.at > due && point.at > patientUntil) break
    for (; due < point.at; due += slotMs) skipped.push(due)
    taken.push(point)
    due = point.at + slotMs
  }
  return { points: taken, skipped, next: due }
}
