import { formatDuration, formatInstant } from '@cutover/core'

import type { History } from '../history.ts'
import type { JournalEntry } from '../journal.ts'

/** Every question with what was answered, and how long it stood open. */
export function questionRows(entries: readonly JournalEntry[], { steps, decided, closed }: History): string[][] {
  return entries.flatMap((entry, place) => {
    if (entry.t !== 'parked') return []
    const later = entries.slice(place + 1)
    const next = later.find((each) => (each.t === 'answered' || each.t === 'parked') && each.step === entry.step)
    const answer = next?.t === 'answered' ? next : undefined
    const step = steps.get(entry.step)
    const open = closed || decided ? 'moot: it went back' : 'OPEN'
    const said = answer
      ? `${answer.answer}, ${answer.who} after ${formatDuration(answer.at - entry.at)}: ${answer.why}`
      : open
    return [
      [
        formatInstant(entry.at),
        step ? `${step.number} ${step.title}` : entry.step,
        `${entry.question} (${entry.code})`,
        said,
      ],
    ]
  })
}
