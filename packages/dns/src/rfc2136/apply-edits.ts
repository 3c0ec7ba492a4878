import { CutoverError } from '@cutover/core'

import { describeRecordSet, sameRecordSet } from '../record-set.ts'
import type { Ask } from './authority.ts'
import { notAuthorized, rejected, shown, unavailable } from './failure.ts'
import { sameRdata } from './rdata.ts'
import { rcode, rcodeName } from './registry.ts'
import { typeNumberOf, type ZoneSet } from './served-set.ts'
import { lengthOf, namesOf, refuseTooLong } from './update-length.ts'
import { updateMessage } from './update.ts'
import { readRecord, readState, type ZoneAt, type ZoneState } from './zone-state.ts'
import { type Expected, tokenOf } from './zone-token.ts'

export interface Edits extends ZoneAt {
  readonly edits: readonly { readonly expected: Expected | undefined; readonly next: ZoneSet | undefined }[]
  readonly fence?: (() => void) | undefined
}

/** What is expected to be there, in the state of the zone in which all of it was read. */
type Known = Pick<ZoneState, 'soa' | 'found'>

/** How often the rest of the zone may change between our read and our write. */
const attempts = 5

/**
 * Sends all edits as one update and answers when the server says that it is done.
 *
 * No message is ever sent twice: a new one, with the new SOA, only after the server has said (signed) that the former one did
 * nothing, and only while our records are still exactly as expected.
 */
export async function applyEdits(ask: Ask, edits: Edits): Promise<void> {
  const { zone, fence } = edits
  const expected = expectedOf(edits)
  const read = (): Promise<ZoneState> =>
    readState(
      ask,
      edits,
      expected.map(({ set }) => set),
    )
  let known = expected.length === 0 ? undefined : knownByTokens(expected)
  if (expected.length > 0 && !known) known = unchanged(edits, await read(), undefined)
  for (let attempt = 1; ; attempt++) {
    const message = updateMessage({ zone, soa: known?.soa, edits: withBytes(edits, known) })
    refuseTooLong(edits.endpoint, edits.edits, lengthOf(message))
    const response = await ask(message, fence)
    if (response.rcode === rcode.NOERROR) return
    if (response.rcode === rcode.YXRRSET) throw await inTheWay(ask, edits)
    if (response.rcode !== rcode.NXRRSET || !known) throw refused(edits, response.rcode)
    const now = unchanged(edits, await read(), known)
    if (attempt === attempts) throw tooBusy(edits)
    known = now
  }
}

const expectedOf = ({ edits }: Edits): readonly Expected[] =>
  edits.flatMap(({ expected }) => (expected ? [expected] : []))

/** What the tokens stand for, if all are of one state of the zone. */
function knownByTokens(expected: readonly Expected[]): Known | undefined {
  const tokens = expected.map(tokenOf)
  const soa = tokens[0]?.soa
  if (soa === undefined || !tokens.every((token) => token?.soa.equals(soa))) return undefined
  return { soa, found: tokens.map((token) => token?.served) }
}

function withBytes({ edits }: Edits, known: Known | undefined): Parameters<typeof updateMessage>[0]['edits'] {
  let place = 0
  return edits.map(({ expected, next }) => ({ expected: expected && known?.found[place++], next }))
}

/** The state that is there now, if our records in it are still the expected ones. */
function unchanged(edits: Edits, now: ZoneState, before: Known | undefined): Known {
  const expected = expectedOf(edits)
  for (const [place, { set }] of expected.entries()) {
    const [found, former] = [now.found[place], before?.found[place]]
    const isSame = sameRecordSet(found?.set, set)
    if (!isSame || (former && found && !sameRdata(typeNumberOf(set), found.rdata, former.rdata))) {
      throw conflict(`${set.name}: expected ${describeRecordSet(set)}, found ${describeRecordSet(found?.set)}`)
    }
  }
  if (before?.soa.equals(now.soa)) {
    const some = expected.slice(0, 5).map(({ set }) => `${set.name} ${describeRecordSet(set)}`)
    throw conflict(
      `${shown(edits.endpoint)} serves ${some.join(' and ')}, ` +
        'and says that there is no such record: a wildcard answers for it',
      `Make a record of that name first, beside the wildcard: it will answer instead.`,
    )
  }
  return now
}

async function inTheWay(ask: Ask, edits: Edits): Promise<CutoverError> {
  const coming = edits.edits.flatMap(({ next }) => (next ? [next] : []))
  const gone = new Set(expectedOf(edits).map(({ set }) => `${set.name} ${set.type}`))
  for (const set of coming) {
    const own = gone.has(`${set.name} ${set.type}`) ? undefined : await readRecord(ask, edits, set)
    if (own) return conflict(`${set.name}: expected no such record, found ${describeRecordSet(own.set)}`)
  }
  const { name, type } = coming.find((set) => set.type === 'CNAME') ?? coming[0] ?? { name: edits.zone, type: 'ANY' }
  const why =
    type === 'CNAME' ? 'a CNAME cannot stand beside records of other types' : 'no record can stand beside a CNAME'
  return rejected(
    edits.endpoint,
    `has another type of record at ${name}: ${why} (RFC 1034 §3.6.2); nothing was written`,
  )
}

function refused(edits: Edits, code: number): CutoverError {
  const { endpoint, zone } = edits
  const what = `answered ${rcodeName(code)} to the update of ${namesOf(edits.edits)}`
  switch (code) {
    case rcode.NXRRSET:
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

const tooBusy = (edits: Edits): CutoverError =>
  new CutoverError(
    'DNS_CONFLICT',
    `${shown(edits.endpoint)} changed ${edits.zone} ${attempts} times between a read of ${namesOf(edits.edits)} and its write`,
    { retryable: true, next: 'Wait until whatever changes the zone so quickly is done, and try again.' },
  )

const conflict = (message: string, next?: string): CutoverError => new CutoverError('DNS_CONFLICT', message, { next })
