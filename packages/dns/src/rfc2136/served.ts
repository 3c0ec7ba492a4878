import type { Clock } from '@cutover/core'
import { isCutoverError } from '@cutover/core'

import { sameRecordSet } from '../record-set.ts'
import { type Authority, talkTo } from './authority.ts'
import type { ZoneSet } from './served-set.ts'
import { isAtLeast } from './soa.ts'
import { readRecord, readSoa, type RecordKey } from './zone-state.ts'

/** What a write answers: the serial under which it was read back, and some of what was read. JSON data. */
export interface Receipt {
  readonly serial: number
  readonly records: readonly ServedRecord[]
}

/** `set` is left out where there is no such record any more. */
type ServedRecord = RecordKey & { readonly set?: ZoneSet | undefined }

export interface WaitOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

const firstPollMs = 100
const longestPollMs = 1_000

/** Asks one server again and again until it serves what the receipt says, or a later state of the zone; only an abort ends it. */
export async function waitUntilServing(
  authority: Authority,
  zone: string,
  receipt: Receipt,
  { clock, signal }: WaitOptions,
): Promise<void> {
  for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 2, longestPollMs)) {
    if (await unlessUnavailable(() => serves(authority, zone, receipt, signal))) return
    await clock.sleep(pollMs, { signal })
  }
}

/**
 * A later serial means that the server has had our state and somebody has changed the zone since: no reason to wait for ever.
 * The same serial counts only with our record: not every server counts up.
 */
function serves(
  authority: Authority,
  zone: string,
  { serial, records }: Receipt,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { endpoint } = authority
  return talkTo(authority, signal, async (ask) => {
    const now = await readSoa(ask, { endpoint, zone })
    if (!isAtLeast(now.serial, serial)) return false
    if (now.serial !== serial) return true
    for (const { name, type, set } of records) {
      const found = await readRecord(ask, { endpoint, zone }, { name, type })
      if (!sameRecordSet(found?.set, set)) return false
    }
    return true
  })
}

/** The serial that the primary has now; asked again while it does not answer. Whatever was written before is in it. */
export async function presentReceipt(
  authority: Authority,
  zone: string,
  { clock, signal }: WaitOptions,
): Promise<Receipt> {
  const { endpoint } = authority
  for (;;) {
    const soa = await unlessUnavailable(() => talkTo(authority, signal, (ask) => readSoa(ask, { endpoint, zone })))
    if (soa) return { serial: soa.serial, records: [] }
    await clock.sleep(longestPollMs, { signal })
  }
}

/** A server that is down or not yet loaded is waited for; one that will never answer is told. */
async function unlessUnavailable<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    if (isCutoverError(error, 'DNS_UNAVAILABLE') && error.retryable) return undefined
    throw error
  }
}

export function isReceipt(receipt: unknown): receipt is Receipt {
  const { serial, records } = (receipt ?? {}) as Partial<Record<keyof Receipt, unknown>>
  return typeof serial === 'number' && Array.isArray(records)
}
