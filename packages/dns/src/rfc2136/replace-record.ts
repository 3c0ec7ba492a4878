import { CutoverError } from '@cutover/core'

import type { Found, RecordSet } from '../dns-zone.ts'
import { describeRecordSet, sameRecordSet } from '../record-set.ts'
import { type Ask, longestMessage } from './authority.ts'
import { type Endpoint, notAuthorized, rejected, shown, unavailable } from './failure.ts'
import { encodeMessage } from './message.ts'
import { sameRdata } from './rdata.ts'
import { rcode, rcodeName, typeCode } from './registry.ts'
import { updateMessage } from './update.ts'
import { readRecord, readState, type ZoneState } from './zone-state.ts'
import { stateOf } from './zone-token.ts'

export interface Replacement {
  readonly endpoint: Endpoint
  readonly zone: string
  readonly expected: Found | undefined
  readonly next: RecordSet | undefined
  readonly fence?: (() => void) | undefined
}

/** How often the rest of the zone may change between our read and our write. */
const attempts = 5

/** A TSIG record is smaller: two names, a MAC and 16 bytes. */
const roomForTsig = 640

/**
 * Sends the update and answers when the server says that it is done.
 *
 * No message is ever sent twice: a new one, with the new SOA, only after the server has said (signed) that the former one did
 * nothing, and only while our record is still exactly as expected.
 */
export async function replaceRecord(ask: Ask, replacement: Replacement): Promise<void> {
  const { endpoint, zone, expected, next, fence } = replacement
  const where = expected && { endpoint, zone, name: expected.set.name, type: expected.set.type }
  let state = expected && stateOf(expected)
  if (where && !state) state = unchanged(replacement, await readState(ask, where), undefined)
  for (let attempt = 1; ; attempt++) {
    const message = updateMessage({ zone, expected: prerequisite(state), next })
    refuseTooLong(replacement, encodeMessage({ ...message, id: 0, isResponse: false }).length)
    const response = await ask(message, fence)
    if (response.rcode === rcode.NOERROR) return
    if (response.rcode === rcode.YXRRSET && next) throw await inTheWay(ask, replacement, next)
    if (response.rcode !== rcode.NXRRSET || !where || !state) throw refused(replacement, response.rcode)
    const now = unchanged(replacement, await readState(ask, where), state)
    if (attempt === attempts) throw tooBusy(replacement)
    state = now
  }
}

function prerequisite(state: ZoneState | undefined): Parameters<typeof updateMessage>[0]['expected'] {
  const { soa, found } = state ?? {}
  return soa && found && { name: found.set.name, type: found.set.type, rdata: found.rdata, soa }
}

/** The state that is there now, if our record in it is still the expected one. */
function unchanged({ expected, endpoint }: Replacement, now: ZoneState, before: ZoneState | undefined): ZoneState {
  const { found } = now
  const sameBytes = (): boolean =>
    !before?.found || !found || sameRdata(typeCode[found.set.type], found.rdata, before.found.rdata)
  if (!expected || !found || !sameRecordSet(found.set, expected.set) || !sameBytes()) {
    throw conflict(
      `${expected?.set.name}: expected ${describeRecordSet(expected?.set)}, found ${describeRecordSet(found?.set)}`,
    )
  }
  if (before?.soa.equals(now.soa)) {
    throw conflict(
      `${shown(endpoint)} serves ${expected.set.name} ${describeRecordSet(expected.set)}, and says that there is no such record: ` +
        'a wildcard answers for it',
      `Make a record of that name first, beside the wildcard: it will answer instead.`,
    )
  }
  return now
}

async function inTheWay(ask: Ask, { endpoint, zone }: Replacement, next: RecordSet): Promise<CutoverError> {
  const { name, type } = next
  const own = await readRecord(ask, { endpoint, zone, name, type })
  if (own) return conflict(`${name}: expected no such record, found ${describeRecordSet(own.set)}`)
  const why =
    type === 'CNAME' ? 'a CNAME cannot stand beside records of other types' : 'no record can stand beside a CNAME'
  return rejected(endpoint, `has another type of record at ${name}: ${why} (RFC 1034 §3.6.2); nothing was written`)
}

function refused({ endpoint, zone, expected, next }: Replacement, code: number): CutoverError {
  const what = `answered ${rcodeName(code)} to the update of ${(next ?? expected?.set)?.name}`
  switch (code) {
    case rcode.NXRRSET:
    case rcode.YXRRSET:
    case rcode.NXDOMAIN:
    case rcode.YXDOMAIN:
      return conflict(`${shown(endpoint)} ${what}: the zone is not as expected`)
    case rcode.REFUSED:
      return rejected(
        endpoint,
        what,
        `Allow the key that name and type in the zone's update-policy, at the primary server.`,
      )
    case rcode.NOTAUTH:
      return notAuthorized(endpoint, `${what}: it is not the primary of ${zone}`, `Name the zone's primary server.`)
    case rcode.FORMERR:
    case rcode.NOTIMP:
    case rcode.NOTZONE:
      return rejected(endpoint, what)
    default:
      return unavailable(endpoint, what)
  }
}

function refuseTooLong({ endpoint, next, expected }: Replacement, length: number): void {
  if (length + roomForTsig <= longestMessage) return
  throw rejected(
    endpoint,
    `cannot be sent the update of ${(next ?? expected?.set)?.name}: with ${length} bytes it does not fit into one message of ` +
      `${longestMessage}, and two would not be one change; nothing was written`,
  )
}

const tooBusy = ({ endpoint, zone, expected }: Replacement): CutoverError =>
  new CutoverError(
    'DNS_CONFLICT',
    `${shown(endpoint)} changed ${zone} ${attempts} times between a read of ${expected?.set.name} and its write`,
    { retryable: true, next: 'Wait until whatever changes the zone so quickly is done, and try again.' },
  )

const conflict = (message: string, next?: string): CutoverError => new CutoverError('DNS_CONFLICT', message, { next })
