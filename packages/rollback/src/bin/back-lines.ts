import { formatDuration } from '@cutover/core'

import type { History } from '../history.ts'
import { backOf } from '../watch/back-now.ts'

/** `52s for 3 steps`, with what nobody can estimate. */
export function backText(history: History): string {
  if (history.noReturn !== undefined) return `not possible since the point of no return: ${history.noReturn}`
  const { backMs, steps, unknown } = backOf(history)
  if (steps === 0) return 'nothing is applied, nothing is to be undone'
  const open = unknown === 0 ? '' : `, and ${unknown} of them that nobody can estimate`
  const known = unknown === steps ? 'nobody can estimate it' : formatDuration(backMs)
  return `${known} for ${steps} step${steps === 1 ? '' : 's'}${unknown === steps ? '' : open}`
}

/** What is undone, in its order: the last begun first. */
export function backLines(history: History): string[] {
  const rows = history.toUndo().map(({ number, title, revertMs, outcome }) => ({
    number: String(number).padStart(4),
    title: outcome ? title : `${title} (may be applied or not: looks first)`,
    took: revertMs === undefined ? 'nobody can estimate' : formatDuration(revertMs),
  }))
  const width = Math.max(0, ...rows.map(({ title }) => title.length))
  return rows.map(({ number, title, took }) => `${number}  ${title.padEnd(width)}  ${took}`)
}
