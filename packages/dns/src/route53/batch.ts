import { CutoverError } from '@cutover/core'

import type { Edit } from '../dns-zone.ts'
import { expectedOf, nextOf } from './record-set.ts'
import type { Route53Change } from './route53-like.ts'

/** Of one request: ResourceRecord elements, and characters in their values. An alias counts as one record. @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
const most = { records: 1_000, characters: 32_000 }

/**
 * The change batch of some edits: everything expected is deleted, exactly as it was listed, and everything that is to be is
 * created. So Route 53 itself compares, and makes all of it or nothing. `DELETE` and `CREATE` count as much as the one `UPSERT`
 * that would not compare.
 *
 * @throws CutoverError `DNS_BATCH_TOO_LARGE`
 */
export function batchOf(edits: readonly Edit[]): readonly Route53Change[] {
  const changes: Route53Change[] = [
    ...edits.flatMap(({ expected }) =>
      expected ? expectedOf(expected).map((set) => ({ Action: 'DELETE' as const, ResourceRecordSet: set })) : [],
    ),
    ...edits.flatMap(({ expected, next }) =>
      next ? nextOf(expected, next).map((set) => ({ Action: 'CREATE' as const, ResourceRecordSet: set })) : [],
    ),
  ]
  const values = changes.flatMap(({ ResourceRecordSet: set }) => set.ResourceRecords?.map(({ Value }) => Value) ?? [''])
  const characters = values.reduce((sum, value) => sum + value.length, 0)
  if (values.length > most.records || characters > most.characters) {
    throw new CutoverError(
      'DNS_BATCH_TOO_LARGE',
      `one request has ${values.length} records and ${characters} characters of values; ` +
        `Route 53 takes at most ${most.records} and ${most.characters}, and two requests would not be one change; nothing was sent`,
      { next: 'Change fewer records at once.' },
    )
  }
  return changes
}
