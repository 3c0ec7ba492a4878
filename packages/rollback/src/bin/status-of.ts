import { formatDuration } from '@cutover/core'

import { holderOf } from '../file-journal/lease.ts'
import { recorded } from './recorded.ts'

/** Every step and how it stands, then what a person reads at the end; or who runs it now. */
export async function statusOf(path: string): Promise<string> {
  const { id, steps, text, end } = await recorded(path)
  const holder = await holderOf(path)
  const width = Math.max(0, ...steps.map((step) => step.end.length))
  const lines = steps.map((step) => {
    const took = step.tookMs === undefined || step.tookMs < 1_000 ? '' : `  ${formatDuration(step.tookMs)}`
    return `${String(step.number).padStart(4)}  ${step.end.padEnd(width)}  ${step.title}${took}`
  })
  const now = holder && end === 'interrupted' ? `RUNNING: ${holder.who}, process ${holder.pid}` : text
  return [id, ...lines, now].join('\n')
}
