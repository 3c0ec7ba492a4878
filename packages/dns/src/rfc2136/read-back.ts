import { CutoverError } from '@cutover/core'

import type { RecordSet } from '../dns-zone.ts'
import { describeRecordSet, sameRecordSet } from '../record-set.ts'
import type { Ask } from './authority.ts'
import { type Endpoint, rejected } from './failure.ts'
import type { Receipt } from './served.ts'
import { readState } from './zone-state.ts'

interface Touched extends Pick<RecordSet, 'name' | 'type'> {
  readonly was: RecordSet | undefined
  readonly will: RecordSet | undefined
}

/**
 * Reads what an update wrote: NOERROR says only that the server took the message, not that it took every record in it.
 *
 * @throws CutoverError `DNS_CHANGE_REJECTED` when everything is as before, `DNS_CONFLICT` when it is something else.
 */
export async function readBack(
  ask: Ask,
  where: { readonly endpoint: Endpoint; readonly zone: string },
  from: RecordSet | undefined,
  to: RecordSet | undefined,
): Promise<Receipt> {
  const touched = touchedBy(from, to)
  let serial = 0
  const now: (RecordSet | undefined)[] = []
  for (const { name, type } of touched) {
    const state = await readState(ask, { ...where, name, type })
    serial = state.serial
    now.push(state.found?.set)
  }
  if (touched.every(({ will }, i) => sameRecordSet(now[i], will))) {
    return {
      serial,
      records: touched.map(({ name, type, will }) => (will ? { name, type, set: will } : { name, type })),
    }
  }
  const found = `found ${touched.map(({ name }, i) => `${name} ${describeRecordSet(now[i])}`).join(' and ')}`
  if (touched.every(({ was }, i) => sameRecordSet(now[i], was))) {
    throw rejected(
      where.endpoint,
      `answered NOERROR to an update and did nothing: ${found}; it ignores what cannot be in the zone (RFC 2136 §3.4.2)`,
    )
  }
  throw new CutoverError('DNS_CONFLICT', `it was written, and somebody has changed it since: ${found}`, {
    next: 'Look at the record before you go on.',
  })
}

function touchedBy(from: RecordSet | undefined, to: RecordSet | undefined): Touched[] {
  if (from && to && from.name === to.name && from.type === to.type) {
    return [{ name: to.name, type: to.type, was: from, will: to }]
  }
  return [
    ...(to ? [{ name: to.name, type: to.type, was: undefined, will: to }] : []),
    ...(from ? [{ name: from.name, type: from.type, was: from, will: undefined }] : []),
  ]
}
