import { givenBy } from '../given.ts'
import { isAsked, type StepHistory } from '../history.ts'
import type { JournalEntry } from '../journal.ts'
import { note, type Reading, type Told } from './told.ts'

/** The events of what an operator asked from another process. */
export function askedEvents(entry: Extract<JournalEntry, { t: 'asked' }>, { history, step }: Reading): Told[] {
  const { do: what, who, why } = entry
  const said = `${who}: ${why}`
  switch (what) {
    case 'pause':
      return [{ kind: 'paused', who, why, text: `PAUSED before the next step, ${said}` }]
    case 'resume':
      return [{ kind: 'resumed', who, why, text: `goes on, ${said}` }]
    case 'skip':
      return [note('CUTOVER_ASKED', `${step?.title ?? entry.step} counts as passed, ${said}`, entry)]
    case 'amend':
      return [note('CUTOVER_ASKED', `another plan may come for what has not begun, ${said}`, entry)]
    case 'roll-back':
      if (history.noReturn === undefined) return []
      return [
        note(
          'CUTOVER_PAST_NO_RETURN',
          `${who} wants to go back; but nothing is undone since the point of no return: ${history.noReturn}`,
        ),
      ]
    case 'approve':
    case 'decline':
      return step ? approvalOf(step, `; ${who} said ${what}: ${why}`) : []
  }
}

/** Who has approved so far, while people are asked. */
export function approvalOf(known: StepHistory, more = ''): Told[] {
  const { step, title, number, asking } = known
  if (!asking || !isAsked(known)) return []
  const { from, quorum, expiresAt } = asking
  const given = givenBy(known)
  const text = `${title} ${given.length} of ${quorum} approved${more}`
  return [{ kind: 'approval', step, title, number, from, quorum, given, expiresAt, text }]
}
