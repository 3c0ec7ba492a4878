import { type Change, CutoverError, defineChange, type Duration, durationMs, knownOptions } from '@cutover/core'

import { checkedRecord, type DnsRecord, type RecordAnswer } from './dns-record.ts'
import { dnsTtl } from './dns-ttl.ts'
import type { AnyRecordSet, RecordSet, RecordType } from './dns-zone.ts'
import { editRecord, findRecord } from './edit-record.ts'
import { instant } from './instant.ts'
import { refuseBefore } from './not-before.ts'
import { refuseOption } from './option-error.ts'
import { refuseStalePlan } from './plan/plan-holds.ts'
import type { RepointPlan } from './plan/plan-repoint.ts'
import { rememberedMs, servedMs, sleepUntil, waitUntilServed } from './propagation.ts'
import { describeRecordSet, plainSet, sameRecordSet, sameValues } from './record-set.ts'
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
  /** The TTL of the new record; required where the record found is an alias without one. @default the TTL found */
  readonly ttlSeconds?: number | undefined
  /** Of `planRepoint`: refused when it is not `ok`, has expired, or what it saw has changed since. @default none */
  readonly plan?: RepointPlan | undefined
}

const repointOptions: readonly (keyof RepointOptions)[] = ['to', 'from', 'notBefore', 'rto', 'ttlSeconds', 'plan']

export interface Repointed {
  /** Epoch milliseconds: from here on no cache that obeys DNS has the former answer. */
  readonly allMovedBy: number
}

/** Route 53 answers an alias with its target's TTL: 60 s at API Gateway, load balancers and CloudFront. */
const aliasTtlSeconds = 60

const formerTtl = (before: AnyRecordSet): number =>
  before.kind === 'alias' ? (before.ttlSeconds ?? aliasTtlSeconds) : plainSet(before).ttlSeconds

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
 * `DNS_RTO_UNREACHABLE`, `DNS_PLAN_BLOCKED`, `DNS_PLAN_DRIFTED`, `DNS_PLAN_EXPIRED`, `DNS_RECORD_UNSUPPORTED` (a weighted set: take `shift`), `DNS_RECORD_FOREIGN` (also from undoing, when somebody else has changed it since).
 */
export function repoint<Type extends RecordType>(
  record: DnsRecord<Type>,
  options: RepointOptions<NoInfer<Type>>,
): Change<AnyRecordSet, Repointed, AnyRecordSet> {
  knownOptions(options, repointOptions, 'DNS_OPTION_INVALID', 'repoint')
  const { to, from, notBefore, rto, ttlSeconds, plan } = options
  const { zone, name, type } = checkedRecord<RecordType>(record)
  const values = intendedValues(name, type, to, 'to')
  const origin = from === undefined ? undefined : recordValues(name, type, from, 'from')
  if (plan && !sameValues(plan.to, values)) refuseOption('plan', plan.to, `one for ${values.join(', ')}`)
  if (ttlSeconds !== undefined) dnsTtl(ttlSeconds)
  const rtoMs = rto === undefined ? undefined : durationMs(rto, 'rto')
  if (notBefore !== undefined) instant(notBefore, 'notBefore')
  const intended = (before: AnyRecordSet): RecordSet => {
    if (before.kind === 'alias' && ttlSeconds !== undefined) return { name, type, ttlSeconds, values }
    const { spelling: _former, ...kept } = plainSet(before)
    return { ...kept, ttlSeconds: ttlSeconds ?? kept.ttlSeconds, values }
  }
  const title = `Point ${name} at ${values.join(', ')}`
  return defineChange({
    ...editRecord<AnyRecordSet>(record, {
      was: (before) => before,
      intended,
      inWords: `set ${name} to ${type} ${values.join(' ')}`,
    }),
    id: `dns:repoint:${name}/${type}:${values.join(',')}${ttlSeconds === undefined ? '' : `:${ttlSeconds}`}`,
    title,
    intent: { to: values, from: origin, ttlSeconds },
    async capture({ clock, signal }) {
      if (notBefore !== undefined) refuseBefore(notBefore, clock.now(), name)
      if (plan) await refuseStalePlan(record, plan, { clock, signal })
      const before = await findRecord({ zone, name, type }, signal)
      const next = intended(before)
      if (origin && !(before.kind === undefined && sameValues(before.values, origin))) {
        throw new CutoverError(
          'DNS_RECORD_FOREIGN',
          `${name} is not where this move begins; found ${describeRecordSet(before)}, wanted ${origin.join(' ')}`,
        )
      }
      if (rtoMs !== undefined) rtoFits({ name, zone, rtoMs, ttlSeconds: next.ttlSeconds })
      return before
    },
    async settle(before, _seen, context, { toward, since, hint }): Promise<Repointed> {
      const next = intended(before)
      if (sameRecordSet(before, next)) return { allMovedBy: since + zone.propagationMs + rememberedMs(next.ttlSeconds) }
      const servedAt = await waitUntilServed(zone, context, { since, receipt: hint })
      if (toward === 'applied') return { allMovedBy: servedAt + rememberedMs(formerTtl(before)) }
      const allBackBy = servedAt + rememberedMs(next.ttlSeconds)
      await sleepUntil(allBackBy, `resolvers may remember ${name} as ${values.join(', ')}`, context)
      return { allMovedBy: allBackBy }
    },
    estimate(before, measured) {
      const ttl = ttlSeconds ?? (before ? intended(before).ttlSeconds : assumedTtlSeconds)
      const backMs = servedMs(zone, measured) + rememberedMs(ttl)
      return { applyMs: zone.propagationMs, revertMs: before ? backMs : Math.min(backMs, rtoMs ?? backMs) }
    },
  })
}
