import { CutoverError } from '@cutover/core'

import { describeRecordSet, sameRecordSet } from '../record-set.ts'
import type { Edits } from './apply-edits.ts'
import type { Ask } from './authority.ts'
import { rejected } from './failure.ts'
import { rcode } from './registry.ts'
import { base64, rdataOf, type ZoneSet } from './served-set.ts'
import type { Receipt } from './served.ts'
import { assertionOf } from './update.ts'
import { readState, type RecordKey, type ZoneAt } from './zone-state.ts'

interface Touched extends RecordKey {
  readonly was: ZoneSet | undefined
  readonly will: ZoneSet | undefined
}

/** Of more records than these the server is asked in one message whether all are there. */
const readOneByOne = 8

/**
 * Reads what an update wrote: NOERROR says only that the server took the message, not that it took every record in it.
 *
 * Of many records the values are compared by the server itself, as prerequisites of an update that changes nothing; these cannot
 * name a TTL, so the first ones are read all the same, and each of which the TTL alone was to change.
 *
 * @throws CutoverError `DNS_CHANGE_REJECTED` when everything is as before, `DNS_CONFLICT` when it is something else.
 */
export async function readBack(ask: Ask, at: ZoneAt, edits: Edits['edits']): Promise<Receipt> {
  const touched = touchedBy(edits)
  const isLong = touched.length > readOneByOne && (await areThere(ask, at, touched))
  const looked = isLong ? touched.filter((each, place) => place < readOneByOne || isTtlAlone(each)) : touched
  const { serial, found } = await readState(ask, at, looked)
  const now = found.map((served) => served?.set)
  if (looked.every(({ will }, place) => sameRecordSet(now[place], will))) {
    return {
      serial,
      records: looked
        .slice(0, readOneByOne)
        .map(({ name, type, will }) => (will ? { name, type, set: will } : { name, type })),
    }
  }
  const differs = looked.flatMap((each, place) =>
    sameRecordSet(now[place], each.will) ? [] : [`${each.name} ${describeRecordSet(now[place])}`],
  )
  const what = `found ${differs.slice(0, 5).join(' and ')}`
  if (looked.every(({ was }, place) => sameRecordSet(now[place], was))) {
    throw rejected(
      at.endpoint,
      `answered NOERROR to an update and did nothing: ${what}; it ignores what cannot be in the zone (RFC 2136 §3.4.2)`,
    )
  }
  throw new CutoverError('DNS_CONFLICT', `it was written, and somebody has changed it since: ${what}`, {
    next: 'Look at the record before you go on.',
  })
}

async function areThere(ask: Ask, { zone }: ZoneAt, touched: readonly Touched[]): Promise<boolean> {
  const { rcode: code } = await ask(assertionOf(zone, touched))
  return code === rcode.NOERROR
}

const isTtlAlone = ({ was, will }: Touched): boolean =>
  was !== undefined && will !== undefined && base64(rdataOf(was)).join() === base64(rdataOf(will)).join()

/** Each record once: what was there, and what will be. */
function touchedBy(edits: Edits['edits']): readonly Touched[] {
  const touched = new Map<string, Touched>()
  const touch = ({ name, type }: RecordKey, change: Partial<Touched>): void => {
    const former = touched.get(`${name} ${type}`) ?? { name, type, was: undefined, will: undefined }
    touched.set(`${name} ${type}`, { ...former, ...change })
  }
  for (const { next } of edits) if (next) touch(next, { will: next })
  for (const { expected } of edits) if (expected) touch(expected.set, { was: expected.set })
  return [...touched.values()]
}
