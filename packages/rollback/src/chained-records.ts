import { CutoverError } from '@cutover/core'

import { chained } from './file-journal/chained.ts'
import { inPresentFormat } from './journal-format.ts'
import type { JournalEntry } from './journal.ts'

/** A record as a database keeps it: the entry's JSON, and the hash of it and of all before it. */
export interface StoredRecord {
  readonly body: string
  readonly hash: string
}

export const storedRecord = (entry: JournalEntry, previous: string): StoredRecord => {
  const body = JSON.stringify(entry)
  return { body, hash: chained(previous, body) }
}

/** @throws CutoverError `CUTOVER_JOURNAL_FAILED` for one that another has overtaken, or that leaves a gap. */
export function assertNext({ seq }: JournalEntry, next: number): void {
  if (seq !== next)
    throw new CutoverError('CUTOVER_JOURNAL_FAILED', `record ${seq} does not follow ${next - 1}`, {
      next: 'Run it again: it goes on where it was.',
    })
}

/**
 * Proves that each record follows the one before, in the order of their numbers.
 *
 * @throws what `broken` makes of it; CutoverError `CUTOVER_JOURNAL_FORMAT`.
 */
export function provenRecords(
  records: readonly StoredRecord[],
  location: string,
  broken: (location: string, what: string) => unknown,
): { readonly entries: readonly JournalEntry[]; readonly hashes: readonly string[] } {
  let previous = ''
  const entries = records.map(({ body, hash }, seq) => {
    if (chained(previous, body) !== hash)
      throw broken(location, `record ${seq} was altered, or records before it are missing`)
    previous = hash
    return JSON.parse(body) as JournalEntry
  })
  return { entries: inPresentFormat(entries, location), hashes: records.map(({ hash }) => hash) }
}
