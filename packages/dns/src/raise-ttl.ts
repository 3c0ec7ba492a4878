import { type Change, defineChange, type Duration, durationMs, knownOptions } from '@cutover/core'

import { checkedRecord, type DnsRecord } from './dns-record.ts'
import { dnsTtl } from './dns-ttl.ts'
import type { AnyRecordSet } from './dns-zone.ts'
import { editRecord, findRecord } from './edit-record.ts'
import { rememberedMs, servedMs, sleepUntil, waitUntilServed } from './propagation.ts'
import { ttlOf, withTtl } from './record-ttl.ts'
import { rtoFits } from './rto.ts'

export interface RaiseTtlOptions {
  /** Usually `from` of `lowerTtl`: what the record had before the move. */
  readonly ttlSeconds: number
  /** Refused when going back would then take longer: propagation + `ttlSeconds` + 1 s. Leave it out once nobody will go back. */
  readonly rto?: Duration | undefined
}

const raiseTtlOptions: readonly (keyof RaiseTtlOptions)[] = ['ttlSeconds', 'rto']

export interface TtlRaised {
  /** The TTL found, in seconds. */
  readonly from: number
  /** The TTL now, in seconds; the one found where that was high enough. */
  readonly to: number
}

/**
 * Raises a record's TTL after the move, of a weighted set each member's; settled when every authoritative server has it.
 *
 * From then on going back takes so long: raise it when the days of validation are over. Undone, it is settled when caches have
 * forgotten the long answer, so that what is undone afterwards is felt soon. Never lowers: a record whose TTL is that long
 * already stays as it is and is never undone.
 *
 * @throws CutoverError `DNS_TTL_INVALID`, `DNS_OPTION_INVALID`, `DURATION_INVALID` at once; `DNS_RECORD_NOT_FOUND`,
 * `DNS_RECORD_UNSUPPORTED`, `DNS_RTO_UNREACHABLE` before anything is written; `DNS_RECORD_FOREIGN`.
 */
export function raiseTtl(record: DnsRecord, options: RaiseTtlOptions): Change<AnyRecordSet, TtlRaised, AnyRecordSet> {
  knownOptions(options, raiseTtlOptions, 'DNS_OPTION_INVALID', 'raiseTtl')
  const { ttlSeconds, rto } = options
  dnsTtl(ttlSeconds, 'ttlSeconds', 1)
  const rtoMs = rto === undefined ? undefined : durationMs(rto, 'rto')
  const { zone, name, type } = checkedRecord(record)
  if (rtoMs !== undefined) rtoFits({ name, zone, rtoMs, ttlSeconds })
  const isHigh = (before: AnyRecordSet): boolean => ttlOf(before) >= ttlSeconds
  return defineChange({
    ...editRecord<AnyRecordSet>(record, {
      was: (before) => before,
      intended: (before) => (isHigh(before) ? before : withTtl(before, ttlSeconds)),
      inWords: `raise the TTL of ${name} ${type} to ${ttlSeconds} s`,
    }),
    id: `dns:raise-ttl:${name}/${type}:${ttlSeconds}`,
    title: `Raise the TTL of ${name} ${type} to ${ttlSeconds} s`,
    intent: { ttlSeconds },
    async capture({ signal }) {
      const before = await findRecord(record, signal)
      ttlOf(before) // refuses what has none
      return before
    },
    async settle(before, _seen, context, { toward, since, hint }): Promise<TtlRaised> {
      const from = ttlOf(before)
      if (isHigh(before)) return { from, to: from }
      const servedAt = await waitUntilServed(zone, context, { since, receipt: hint })
      if (toward === 'applied') return { from, to: ttlSeconds }
      const why = `resolvers may remember ${name} with its raised TTL of ${ttlSeconds} s`
      await sleepUntil(servedAt + rememberedMs(ttlSeconds), why, context)
      return { from, to: from }
    },
    estimate(before, measured) {
      if (before && isHigh(before)) return { applyMs: 0, revertMs: 0 }
      return { applyMs: zone.propagationMs, revertMs: servedMs(zone, measured) + rememberedMs(ttlSeconds) }
    },
  })
}
