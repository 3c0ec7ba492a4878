import type { JournalEntry } from '../journal.ts'
import type { Reading, Told } from './told.ts'

/** The events of a person's answer to a question. */
export function answeredEvents(entry: Extract<JournalEntry, { t: 'answered' }>, { step, known }: Reading): Told[] {
  const { step: name, answer, who, why } = entry
  const title = step?.title ?? name
  const said: Told = {
    kind: 'note',
    code: 'CUTOVER_ANSWERED',
    step: name,
    data: { answer, who, why },
    text: `${who} answered ${answer}: ${why}`,
  }
  switch (answer) {
    case 'pass': {
      const text = `${title}: pass: ${who}: ${why}`
      return [said, { kind: 'check-answered', step: name, title, status: 'pass', final: true, text }]
    }
    case 'happened': {
      const tookMs = entry.at - (known?.beganAt ?? entry.at)
      return [said, { kind: 'step-done', step: name, title, tookMs, how: 'done', text: `${title}: done` }]
    }
    case 'done-by-hand': {
      const tookMs = entry.at - (known?.undoingAt ?? entry.at)
      return [said, { kind: 'step-undone', step: name, title, tookMs, text: `undone by hand: ${title}` }]
    }
    default:
      return [said]
  }
}
