/**
 * What can happen to one write, or to one record of a journal.
 *
 * - `refused`: a passing refusal (throttled, 503); nothing was done.
 * - `refused-though-done`: a definite refusal although it was done: an SDK's own retry met its first success.
 * - `reply-lost`: it was done, the caller hears of a time-out.
 * - `late`: the caller hears of a time-out, and it is done `lateMs` later.
 * - `slow`: it is done, and answered, 20 s later.
 * - `crash`: the caller dies before it is sent. After the n-th is the same as before the next.
 * - `crash-late`: the caller dies; what it sent is done `lateMs` later.
 * - `zombie-early`, `zombie-in-lease`, `zombie-after`: done, but the caller is stopped before it hears so, and goes on 5 s,
 *   20 s or 45 min later, when a successor may have finished.
 * - `refused-for-ever`: this operation is refused from now on: a permission is missing.
 * - `outage`: every call to this service fails for ten minutes.
 */
export type Fault =
  | 'refused'
  | 'refused-though-done'
  | 'reply-lost'
  | 'late'
  | 'slow'
  | 'crash'
  | 'crash-late'
  | 'zombie-early'
  | 'zombie-in-lease'
  | 'zombie-after'
  | 'refused-for-ever'
  | 'outage'

/** Every fault, in the order in which a rehearsal tries them. */
export const everyFault: readonly Fault[] = [
  'refused',
  'refused-though-done',
  'reply-lost',
  'late',
  'slow',
  'crash',
  'crash-late',
  'zombie-early',
  'zombie-in-lease',
  'zombie-after',
  'refused-for-ever',
  'outage',
]

/** After how many milliseconds a stopped process goes on. */
export const wakeMs: Readonly<Record<Extract<Fault, `zombie-${string}`>, number>> = {
  'zombie-early': 5_000,
  'zombie-in-lease': 20_000,
  'zombie-after': 45 * 60_000,
}

/** How long a client waits for a reply that does not come. */
export const timeoutMs = 5_000
export const slowMs = 20_000
export const outageMs: number = 10 * 60_000
