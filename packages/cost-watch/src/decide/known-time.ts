import type { CostRow } from '../estimate/cost-row.ts'
import type { Estimate } from '../estimate/estimate.ts'
import type { Window } from '../usage/usage-row.ts'

/** The part of a window of which an estimate knows what it can know. */
export interface KnownTime {
  readonly rows: readonly CostRow[]
  readonly ms: number
  /** Parts of the window of which something is missing, in order, none touching another. */
  readonly gaps: readonly Window[]
}

/**
 * Leaves out the times of which some usage is missing: what was known of them is no whole amount, and a rate over them would take
 * the rest for zero. A row that reaches into such a time is left out with all of its own. What is missing all the window long
 * leaves nothing to leave out: it stays a hole, which has to be said.
 */
export function knownTime({ rows, missing }: Pick<Estimate, 'rows' | 'missing'>, window: Window): KnownTime {
  const partly = missing.filter(
    ({ from, to }) => overlaps({ from, to }, window) && !(from <= window.from && to >= window.to),
  )
  let gaps = merged(partly.map(({ from, to }) => clipped({ from, to }, window)))
  // Rows of a day reach further than an hour that is missing.
  for (let count = -1; count !== widthOf(gaps);) {
    count = widthOf(gaps)
    const reached = rows.filter((row) => gaps.some((gap) => overlaps(gap, row)))
    gaps = merged([...gaps, ...reached.map(({ from, to }) => clipped({ from, to }, window))])
  }
  const isKnown = (row: CostRow): boolean => !gaps.some((gap) => overlaps(gap, row))
  return { rows: gaps.length === 0 ? rows : rows.filter(isKnown), ms: window.to - window.from - widthOf(gaps), gaps }
}

const overlaps = (one: Window, other: Window): boolean => one.from < other.to && one.to > other.from

const clipped = (span: Window, { from, to }: Window): Window => ({
  from: Math.max(span.from, from),
  to: Math.min(span.to, to),
})

const widthOf = (spans: readonly Window[]): number => spans.reduce((sum, { from, to }) => sum + to - from, 0)

function merged(spans: readonly Window[]): readonly Window[] {
  const joined: { from: number; to: number }[] = []
  for (const { from, to } of spans.toSorted((one, other) => one.from - other.from)) {
    const last = joined.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else joined.push({ from, to })
  }
  return joined
}
