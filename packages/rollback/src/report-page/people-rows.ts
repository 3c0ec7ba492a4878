import { formatInstant } from '@cutover/core'

import type { History } from '../history.ts'
import type { JournalEntry } from '../journal.ts'

/** Everything that people asked and answered, in its order. */
export function peopleRows(entries: readonly JournalEntry[], { steps }: History): string[][] {
  const named = (step: string | undefined): string => {
    const known = step === undefined ? undefined : steps.get(step)
    if (known) return ` step ${known.number}, ${known.title}`
    return step === undefined ? '' : ` ${step}`
  }
  return entries.flatMap((entry) => {
    const at = formatInstant(entry.at)
    switch (entry.t) {
      case 'asked':
        return [[at, entry.who, `${entry.do}${named(entry.step)}`, entry.why]]
      case 'answered':
        return [[at, entry.who, `${entry.answer} to${named(entry.step)}`, entry.why]]
      case 'replanned':
        return [[at, entry.who, 'another plan', entry.why]]
      case 'no-return':
        return [[at, '', 'the point of no return', entry.why]]
      default:
        return []
    }
  })
}
