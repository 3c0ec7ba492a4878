import { formatDuration } from '@cutover/core'

import type { History, StepHistory } from './history.ts'
import type { Constructed } from './run.ts'

export interface Forecast {
  /** How long undoing would take, in milliseconds: the sum of what the applied changes estimate. */
  readonly backMs: number
  /** Steps that would be undone. */
  readonly steps: number
  /** Those of them that estimate nothing: the sum is without them. */
  readonly unknown: readonly string[]
  /** Epoch milliseconds; with a window only. */
  readonly latestAbortAt: number | undefined
  readonly text: string
}

/** How long it took to apply, where this is known without a crash in between. */
export function measuredOf({
  beganAt,
  endedAt,
  outcome,
  settled,
}: StepHistory): { readonly applyMs: number } | undefined {
  const isWhole = outcome?.how === 'answered' && (settled !== undefined || !outcome.settles) && endedAt !== undefined
  return isWhole ? { applyMs: endedAt - beganAt } : undefined
}

/** How long going back would take: what the applied changes estimate, each corrected by how long its own apply took. */
export function forecast(
  history: History,
  constructed: ReadonlyMap<string, Constructed>,
  windowEndsAt?: number,
): Forecast {
  let backMs = 0
  const unknown: string[] = []
  const steps = history.noReturn === undefined ? history.toUndo() : []
  for (const step of steps) {
    const ms = constructed.get(step.step)?.change.estimate?.(step.before, measuredOf(step)).revertMs ?? step.revertMs
    if (ms === undefined) unknown.push(step.step)
    else backMs += ms
  }
  const latestAbortAt = windowEndsAt === undefined ? undefined : windowEndsAt - backMs
  const open = unknown.length === 0 ? '' : `, and ${unknown.length} that nobody can estimate`
  const known = steps.length - unknown.length
  return {
    backMs,
    steps: steps.length,
    unknown,
    latestAbortAt,
    text:
      history.noReturn === undefined
        ? `back now: ${formatDuration(backMs)} for ${known} step${known === 1 ? '' : 's'}${open}`
        : 'no way back since the point of no return',
  }
}
