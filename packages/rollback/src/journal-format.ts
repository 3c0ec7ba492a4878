import { CutoverError } from '@cutover/core'

import type { JournalEntry } from './journal.ts'

/**
 * The format of what this version writes; it reads all earlier ones. 2 has records that 1 does not know (what operators, guards
 * and criteria say, drift, waiting); what is in 1 means the same in 2.
 */
export const journalFormat = 2

/** What a record of each earlier format is in the next one. */
const upgrades: Readonly<Record<number, (entry: JournalEntry) => JournalEntry>> = { 1: (entry) => entry }

/**
 * The records as this version writes them. A journal that a later version went on with says so in a second `opened`.
 *
 * @throws CutoverError `CUTOVER_JOURNAL_FORMAT` for a later format; `CUTOVER_JOURNAL_BROKEN` when it does not say which it is.
 */
export function inPresentFormat(entries: readonly JournalEntry[], location: string): readonly JournalEntry[] {
  let format = 0
  return entries.map((entry) => {
    if (entry.t === 'opened') format = known(entry.format, location)
    if (format === 0) {
      throw new CutoverError('CUTOVER_JOURNAL_BROKEN', `REFUSED: ${location} does not begin as a journal does`, {
        next: 'Restore it as it was written; nothing was done.',
      })
    }
    let upgraded = entry
    for (let from = format; from < journalFormat; from++) upgraded = upgrades[from]?.(upgraded) ?? upgraded
    return upgraded
  })
}

/** In which format it goes on: undefined when nothing is written yet. */
export const formatOf = (entries: readonly JournalEntry[]): number | undefined =>
  entries.findLast((entry) => entry.t === 'opened')?.format

function known(format: unknown, location: string): number {
  if (typeof format === 'number' && Number.isInteger(format) && format >= 1 && format <= journalFormat) return format
  throw new CutoverError(
    'CUTOVER_JOURNAL_FORMAT',
    `REFUSED: ${location} is a journal of format ${String(format)}; this version reads the formats 1 to ${journalFormat}`,
    { next: 'Run it with the version of @cutover/rollback that wrote it, or a later one; nothing was done.' },
  )
}
