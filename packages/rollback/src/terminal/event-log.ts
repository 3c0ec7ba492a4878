import type { CutoverEvent } from '@cutover/core'

import type { Glyphs } from './glyphs.ts'
import type { Shown } from './live-screen.ts'
import { logLines } from './log-lines.ts'
import { blank, fold } from './screen-state.ts'

/** One line per event, for a pipe and a CI log: dated, searchable, never drawn over. */
export function eventLog(write: (text: string) => void, glyphs: Glyphs): Shown {
  let state = blank
  const isWorthALine = logFilter()
  return {
    tell(event) {
      state = fold(state, event)
      if (!isWorthALine(event)) return
      for (const line of logLines(event, state, glyphs)) write(`${line}\n`)
    },
    close() {},
  }
}

/** Repeated reports of a step are written this often at most. */
const everyMs = 10_000

/** Tells which events are worth a line: of a step's repeated reports only some. */
function logFilter(): (event: CutoverEvent) => boolean {
  const lastAt = new Map<string, number>()
  return (event) => {
    if (event.kind === 'step-started' || event.kind === 'step-undoing') {
      for (const kind of ['progress', 'waiting', 'check-answered']) lastAt.delete(`${kind} ${event.step}`)
    }
    const isReport =
      event.kind === 'progress' || event.kind === 'waiting' || (event.kind === 'check-answered' && !event.final)
    if (!isReport || (event.kind === 'progress' && event.done === event.total)) return true
    const key = `${event.kind} ${event.step}`
    const last = lastAt.get(key)
    if (last !== undefined && event.at - last < everyMs) return false
    lastAt.set(key, event.at)
    return true
  }
}
