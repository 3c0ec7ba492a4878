const dayMs = 86_400_000

/** The first and the last day, `2026-11-20`, that a query is answered for. */
export interface QueryWindow {
  readonly first: string
  readonly last: string
}

/**
 * What the service makes of the dates of a daily query, without a word: swapped ones are swapped back, those in the future are
 * moved a year into the past, and of more than 31 days it answers the first 31. `undefined`: older than it remembers.
 *
 * @see https://github.com/microsoft/azure-skills for the edits as they were seen
 */
export function queryWindow(from: number, to: number, now: number): QueryWindow | undefined {
  let [first, last] = from <= to ? [from, to] : [to, from]
  if (first > now) [first, last] = [first - 365 * dayMs, last - 365 * dayMs]
  if (first < now - 37 * 31 * dayMs) return undefined
  last = Math.min(last, first + 31 * dayMs - 1)
  return { first: dateOf(first), last: dateOf(last) }
}

/** `2026-11-20` */
// oxlint-disable-next-line no-restricted-globals -- formats what it is given; reads no clock
const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** Epoch milliseconds of what a request says; `undefined` when it is no date. */
export function instantOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined
  // oxlint-disable-next-line no-restricted-globals -- reads a date, no clock
  const at = Date.parse(text)
  return Number.isFinite(at) ? at : undefined
}
