import { type Change, defineChange, knownOptions } from '@cutover/core'

import { checkedRecord, type DnsRecord } from './dns-record.ts'
import { dnsTtl } from './dns-ttl.ts'
import type { AnyRecordSet } from './dns-zone.ts'
import { editRecord, findRecord } from './edit-record.ts'
import { oneOf } from './option-error.ts'
import { rememberedMs, servedMs, sleepUntil, waitUntilServed } from './propagation.ts'
import { ttlOf, withTtl } from './record-ttl.ts'

export interface LowerTtlOptions {
  /** At least 1. @default 60 */
  readonly ttlSeconds?: number | undefined
  /**
   * When it is settled: when every cache that obeys DNS has dropped the answer with the former TTL, or already when every
   * authoritative server has the new one. Take `'authoritative'` for a long TTL, and wait until `safeAt` in the cutover,
   * whose journal remembers that instant: a crash while it waits for `'forgotten'` begins that wait again.
   *
   * @default 'forgotten'
   */
  readonly until?: 'forgotten' | 'authoritative' | undefined
}

const lowerTtlOptions: readonly (keyof LowerTtlOptions)[] = ['ttlSeconds', 'until']

export interface TtlLowered {
  /** Epoch milliseconds: from here on a repoint is felt within `to` seconds. */
  readonly safeAt: number
  /** The TTL found, in seconds. */
  readonly from: number
  /** The TTL now, in seconds; the one found where that was low enough. */
  readonly to: number
}

/** The longest that Unbound keeps an answer unless told otherwise (`cache-max-ttl`); only for estimates, before the record was read. */
const assumedTtlSeconds = 86_400

/**
 * Lowers a record's TTL, of a weighted set each member's; settled when every cache that obeys DNS has dropped the answer with the former TTL.
 *
 * `safeAt` = the moment when the last authoritative server has it + the former TTL + 1 s. Resolvers that enforce a floor, and
 * clients that keep connections or answers of their own, take longer. Undone, the record is exactly as it was found.
 *
 * Never raises: a record whose TTL is `ttlSeconds` or less stays as it is and is never undone. `safeAt` is then the present,
 * which is true only if nobody lowered it within the TTL that it had before; nobody can see that in a zone.
 *
 * @throws CutoverError `DNS_TTL_INVALID`, `DNS_OPTION_INVALID` at once; `DNS_RECORD_NOT_FOUND` and, for an alias
 * without a TTL of its own, `DNS_RECORD_UNSUPPORTED` before anything is written.
 * @see RFC 2181 §8 for the meaning of a TTL.
 */
export function lowerTtl(
  record: DnsRecord,
  options: LowerTtlOptions = {},
): Change<AnyRecordSet, TtlLowered, AnyRecordSet> {
  knownOptions(options, lowerTtlOptions, 'DNS_OPTION_INVALID', 'lowerTtl')
  const { ttlSeconds = 60, until = 'forgotten' } = options
  oneOf('until', until, ['forgotten', 'authoritative'])
  dnsTtl(ttlSeconds, 'ttlSeconds', 1)
  const { zone, name, type } = checkedRecord(record)
  const isLow = (before: AnyRecordSet): boolean => ttlOf(before) <= ttlSeconds
  const title = `Lower the TTL of ${name} ${type} to ${ttlSeconds} s`
  return defineChange({
    ...editRecord<AnyRecordSet>(record, {
      was: (before) => before,
      intended: (before) => (isLow(before) ? before : withTtl(before, ttlSeconds)),
      inWords: `lower the TTL of ${name} ${type} to ${ttlSeconds} s`,
    }),
    id: `dns:lower-ttl:${name}/${type}:${ttlSeconds}`,
    title,
    intent: { ttlSeconds },
    async capture({ signal }) {
      const before = await findRecord(record, signal)
      ttlOf(before) // refuses what has none
      return before
    },
    async settle(before, _seen, context, { toward, since, hint }): Promise<TtlLowered> {
      const from = ttlOf(before)
      if (isLow(before)) return { safeAt: since, from, to: from }
      const servedAt = await waitUntilServed(zone, context, { since, receipt: hint })
      if (toward === 'absent') return { safeAt: servedAt, from, to: from }
      const safeAt = servedAt + rememberedMs(from)
      if (until === 'forgotten') {
        await sleepUntil(safeAt, `resolvers may remember ${name} with its former TTL of ${from} s`, context)
      }
      return { safeAt, from, to: ttlSeconds }
    },
    estimate(before, measured) {
      if (before && isLow(before)) return { applyMs: 0, revertMs: 0 }
      const waitMs = until === 'forgotten' ? rememberedMs(before ? ttlOf(before) : assumedTtlSeconds) : 0
      return { applyMs: zone.propagationMs + waitMs, revertMs: servedMs(zone, measured, waitMs) }
    },
  })
}
