import {
  type Change,
  CutoverError,
  defineChange,
  type Duration,
  durationMs,
  formatDuration,
  knownOptions,
} from '@cutover/core'

import { checkedRecord, type DnsRecord, type RecordAnswer } from './dns-record.ts'
import { dnsTtl } from './dns-ttl.ts'
import type { RecordSet, RecordType } from './dns-zone.ts'
import { editRecord, findRecord } from './edit-record.ts'
import { instant } from './instant.ts'
import { rememberedMs, sleepUntil, waitUntilServed } from './propagation.ts'
import { describeRecordSet, sameRecordSet, sameValues } from './record-set.ts'
import { intendedValues, recordValues } from './record-values.ts'
import { rtoFits } from './rto.ts'

export interface RepointOptions<Type extends RecordType = RecordType> {
  /** One name for a CNAME; one address or several for an A or AAAA. */
  readonly to: RecordAnswer<Type>
  /** What it has to answer now; anything else is refused, also `to`. */
  readonly from?: RecordAnswer<Type> | undefined
  /** Epoch milliseconds (seconds are refused): too early before; take `safeAt` of `lowerTtl`. */
  readonly notBefore?: number | undefined
  /** Refused when going back could take longer: propagation + TTL of the new record + 1 s. */
  readonly rto?: Duration | undefined
  /** The TTL of the new record. @default the TTL found */
  readonly ttlSeconds?: number | undefined
}

const repointOptions: readonly (keyof RepointOptions)[] = ['to', 'from', 'notBefore', 'rto', 'ttlSeconds']

export interface Repointed {
  /** Epoch milliseconds: from here on no cache that obeys DNS has the former answer. */
  readonly allMovedBy: number
}

/** The longest that Unbound keeps an answer unless told otherwise (`cache-max-ttl`); only for estimates, before the record was read. */
const assumedTtlSeconds = 86_400

/**
 * Points a record somewhere else; settled when every authoritative server answers so.
 *
 * `allMovedBy` = that moment + the TTL of the record found + 1 s; not waited for. Undone, the record is exactly as it was
 * found, and its undoing is settled only when no cache has the new answer any more, so that what is undone afterwards hurts
 * nobody. Connections that clients keep alive follow no DNS record.
 *
 * Reads the record again directly before each write and replaces exactly that, value and TTL, at the authority. A record that
 * answers `to` already, with that TTL, is left alone and never undone; `allMovedBy` then assumes that it was written just now.
 *
 * @throws CutoverError at once `DNS_RECORD_INVALID`, `DNS_NAME_INVALID`, `DNS_TTL_INVALID`, `DNS_OPTION_INVALID`,
 * `DURATION_INVALID`; before anything is written `DNS_RECORD_NOT_FOUND`, `DNS_NOT_SAFE_YET` (retryable),
 * `DNS_RTO_UNREACHABLE`, `DNS_RECORD_FOREIGN` (also from undoing, when somebody else has changed it since).
 */
export function repoint<Type extends RecordType>(
  record: DnsRecord<Type>,
  options: RepointOptions<NoInfer<Type>>,
): Change<RecordSet, Repointed, RecordSet> {
  knownOptions(options, repointOptions, 'DNS_OPTION_INVALID', 'repoint')
  const { to, from, notBefore, rto, ttlSeconds } = options
  const { zone, name, type } = checkedRecord<RecordType>(record)
  const values = intendedValues(name, type, to, 'to')
  const origin = from === undefined ? undefined : recordValues(name, type, from, 'from')
  if (ttlSeconds !== undefined) dnsTtl(ttlSeconds)
  const rtoMs = rto === undefined ? undefined : durationMs(rto, 'rto')
  if (notBefore !== undefined) instant(notBefore, 'notBefore')
  const intended = (before: RecordSet): RecordSet => ({
    ...before,
    ttlSeconds: ttlSeconds ?? before.ttlSeconds,
    values,
  })
  const title = `Point ${name} at ${values.join(', ')}`
  return defineChange({
    ...editRecord(record, { intended, inWords: `set ${name} to ${type} ${values.join(' ')}` }),
    id: `dns:repoint:${name}/${type}:${values.join(',')}${ttlSeconds === undefined ? '' : `:${ttlSeconds}`}`,
    title,
    intent: { to: values, from: origin, ttlSeconds },
    async capture({ clock, signal }) {
      if (notBefore !== undefined) refuseBefore(notBefore, clock.now(), name)
      const before = await findRecord({ zone, name, type }, signal)
      if (origin && !sameValues(before.values, origin)) {
        throw new CutoverError(
          'DNS_RECORD_FOREIGN',
          `${name} is not where this move begins; found ${describeRecordSet(before)}, wanted ${origin.join(' ')}`,
        )
      }
      if (rtoMs !== undefined) rtoFits({ name, zone, rtoMs, ttlSeconds: intended(before).ttlSeconds })
      return before
    },
    async settle(before, _seen, context, { toward, since, hint }): Promise<Repointed> {
      const next = intended(before)
      if (sameRecordSet(before, next)) return { allMovedBy: since + zone.propagationMs + rememberedMs(next.ttlSeconds) }
      const servedAt = await waitUntilServed(zone, context, { since, receipt: hint })
      if (toward === 'applied') return { allMovedBy: servedAt + rememberedMs(before.ttlSeconds) }
      const allBackBy = servedAt + rememberedMs(next.ttlSeconds)
      await sleepUntil(allBackBy, `resolvers may remember ${name} as ${values.join(', ')}`, context)
      return { allMovedBy: allBackBy }
    },
    estimate(before) {
      const ttl = ttlSeconds ?? before?.ttlSeconds ?? assumedTtlSeconds
      const backMs = zone.propagationMs + rememberedMs(ttl)
      return { applyMs: zone.propagationMs, revertMs: before ? backMs : Math.min(backMs, rtoMs ?? backMs) }
    },
  })
}

function refuseBefore(notBefore: number, now: number, name: string): void {
  if (now >= notBefore) return
  const at = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })
  throw new CutoverError(
    'DNS_NOT_SAFE_YET',
    `${name}: resolvers may remember the former TTL until ${at.format(notBefore)} UTC, for another ` +
      `${formatDuration(notBefore - now)}; nothing was written`,
    { retryable: true, next: `Wait ${formatDuration(notBefore - now)}, then run it again.` },
  )
}
