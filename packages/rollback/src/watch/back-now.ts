import { formatDuration } from '@cutover/core'

import type { History } from '../history.ts'
import type { Told } from './told.ts'

/** How long going back takes, as the changes estimated it when they were applied. */
export function backOf(history: History): {
  readonly backMs: number
  readonly steps: number
  readonly unknown: number
} {
  const steps = history.noReturn === undefined ? history.toUndo() : []
  const backMs = steps.reduce((sum, { revertMs = 0 }) => sum + revertMs, 0)
  return { backMs, steps: steps.length, unknown: steps.filter(({ revertMs }) => revertMs === undefined).length }
}

export function backNow(history: History): Told {
  const { backMs, unknown } = backOf(history)
  const { windowEndsAt } = history
  const latestAbortAt = windowEndsAt === undefined ? undefined : windowEndsAt - backMs
  return { kind: 'forecast', backMs, latestAbortAt, unestimated: unknown, text: `back now: ${formatDuration(backMs)}` }
}
