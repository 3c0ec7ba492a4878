import { CutoverError } from '@cutover/core'

export const truncated = (location: string, found: number, known: number): CutoverError =>
  new CutoverError(
    'CUTOVER_JOURNAL_TRUNCATED',
    `REFUSED: ${location} has ${found} records, but ${known} were acknowledged`,
    { next: 'Find the database that has them all, perhaps before a failover; without it nobody knows what to undo.' },
  )
