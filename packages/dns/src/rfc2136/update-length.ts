import { CutoverError } from '@cutover/core'

import { longestMessage } from './authority.ts'
import { type Endpoint, rejected, shown } from './failure.ts'
import { encodeMessage, type Message } from './message.ts'

interface Named {
  readonly expected?: { readonly set: { readonly name: string } } | undefined
  readonly next?: { readonly name: string } | undefined
}

/** A name of one byte, type, class, TTL and length (RFC 1035 §4.1.3). */
const shortestRecord = 11

/** A TSIG record is smaller: two names, a MAC and 16 bytes. */
const roomForTsig = 640

/** Without its signature, in bytes; at least so many where it has more records than a message can count. */
export function lengthOf(message: Omit<Message, 'id' | 'isResponse'>): number {
  const records = (message.answers?.length ?? 0) + (message.authorities?.length ?? 0)
  if (records * shortestRecord > longestMessage) return records * shortestRecord
  return encodeMessage({ ...message, id: 0, isResponse: false }).length
}

/**
 * Refuses an update that is not one message: two would not be one change. Without `length`, what no message could hold.
 *
 * @throws CutoverError `DNS_CHANGE_REJECTED` for one edit, `DNS_BATCH_TOO_LARGE` for several
 */
export function refuseTooLong(
  endpoint: Endpoint,
  edits: readonly Named[],
  length: number = edits.length * shortestRecord,
): void {
  if (length + roomForTsig <= longestMessage) return
  const what =
    `cannot be sent the update of ${namesOf(edits)}: with ${length} bytes or more it does not fit into one message of ` +
    `${longestMessage}, and two would not be one change; nothing was written`
  if (edits.length === 1) throw rejected(endpoint, what)
  throw new CutoverError('DNS_BATCH_TOO_LARGE', `${shown(endpoint)} ${what}`, { next: 'Change fewer records at once.' })
}

/** The names of the records that are written: `api.example.com`, `api.example.com and 3 more`. */
export function namesOf(edits: readonly Named[]): string {
  const names = [...new Set(edits.map(({ expected, next }) => (next ?? expected?.set)?.name))]
  return names.length > 1 ? `${names[0]} and ${names.length - 1} more` : `${names[0]}`
}
