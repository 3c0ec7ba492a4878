import { formatInstant } from '@cutover/core'

import type { History } from '../history.ts'
import type { JournalEntry } from '../journal.ts'

/** What stood beside the steps: alarms entered, exceeded, resolved; applied changes that were found otherwise. */
export function besideRows(entries: readonly JournalEntry[], { steps }: History): string[][] {
  return entries.flatMap((entry) => {
    const at = formatInstant(entry.at)
    if (entry.t === 'alarm') {
      const { title, state, owner = '', why, then } = entry
      return [[at, title, state === 'exceeded' && then ? `exceeded: ${then}` : state, owner, why]]
    }
    if (entry.t === 'drifted') {
      const { step, is, found, by } = entry
      const seen = is === 'absent' ? 'as it was before' : JSON.stringify(found)
      return [[at, steps.get(step)?.title ?? step, 'drift', by?.who ?? '', seen]]
    }
    return []
  })
}
