import type { CutoverEvent } from '@cutover/core'

/** When a step began and how long it took, there and back. */
export interface Times {
  beganAt: number | undefined
  tookMs: number | undefined
  undoneAt: number | undefined
  undoneTookMs: number | undefined
}

export function timesOf(events: readonly CutoverEvent[]): ReadonlyMap<string, Times> {
  const times = new Map<string, Times>()
  const of = (step: string): Times => {
    const known = times.get(step) ?? {
      beganAt: undefined,
      tookMs: undefined,
      undoneAt: undefined,
      undoneTookMs: undefined,
    }
    times.set(step, known)
    return known
  }
  for (const event of events) {
    if (event.kind === 'step-started') of(event.step).beganAt ??= event.at
    if (event.kind === 'step-done') of(event.step).tookMs = event.tookMs
    if (event.kind === 'check-answered' && event.final)
      of(event.step).tookMs = event.at - (of(event.step).beganAt ?? event.at)
    if (event.kind === 'step-undone') {
      of(event.step).undoneAt = event.at
      of(event.step).undoneTookMs = event.tookMs
    }
  }
  return times
}
