import { type Check, type Clock, CutoverError, defineCheck, formatDuration } from '@cutover/core'

import { checkedRecord, type DnsRecord } from '../dns-record.ts'
import type { AnyRecordSet, RecordType } from '../dns-zone.ts'
import { refuseOption } from '../option-error.ts'
import { describeRecordSet, sameRecordSet, sameValues } from '../record-set.ts'
import { ttlOf, withTtl } from '../record-ttl.ts'
import type { PlanErrorCode } from './plan-error-code.ts'
import type { RepointPlan } from './plan-repoint.ts'

/** One record that is not as the plan saw it. */
export interface Drift {
  /** `api.example.com/CNAME` */
  readonly record: string
  readonly was: string
  readonly is: string
}

/**
 * What has changed since the plan was made; empty when nothing has. The record's own TTL may be lower, down to what the plan
 * lowers it to; it may also have its new answer already.
 */
export async function planDrift(
  record: DnsRecord,
  plan: RepointPlan,
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly Drift[]> {
  const { zone, name, type } = checkedRecord<RecordType>(record)
  const drifts: Drift[] = []
  for (const [key, was] of Object.entries(plan.seen)) {
    const slash = key.lastIndexOf('/')
    const found = (await zone.find(key.slice(0, slash), key.slice(slash + 1) as RecordType, { signal }))?.set
    const before = was ?? undefined
    const isPlanned = key === `${name}/${type}` && isOnTheWay(found, before, plan)
    if (sameRecordSet(found, before) || isPlanned) continue
    drifts.push({ record: key, was: describeRecordSet(before), is: describeRecordSet(found) })
  }
  return drifts
}

/** Lowered as planned, and perhaps moved. */
function isOnTheWay(
  found: AnyRecordSet | undefined,
  before: AnyRecordSet | undefined,
  { to, ttlSeconds }: RepointPlan,
): boolean {
  if (!found || !before || found.kind === 'opaque' || before.kind === 'opaque') return false
  try {
    const lowered = ttlOf(found)
    if (lowered > ttlSeconds) return false
    // An alias is replaced by values.
    if (before.kind === 'alias') return found.kind === undefined && sameValues(found.values, to)
    if (lowered > ttlOf(before)) return false
    if (sameRecordSet(found, withTtl(before, lowered))) return true
    return before.kind === undefined && sameRecordSet(found, { ...before, ttlSeconds: lowered, values: to })
  } catch {
    return false
  }
}

/** Passes while all is as the plan saw it, and it has not expired. Reads the zone alone. */
export function planHolds(
  record: DnsRecord,
  plan: RepointPlan,
): Check<{ readonly drift: readonly Drift[]; readonly hash: string }> {
  const { name, type } = checkedPlan(record, plan)
  return defineCheck({
    id: `dns:plan-holds:${name}/${type}:${plan.hash.slice(0, 12)}`,
    title: `The plan for ${name} still holds`,
    async run({ clock, signal }) {
      const late = expiry(plan, clock)
      const drift = await planDrift(record, plan, { signal })
      const evidence = { drift, hash: plan.hash }
      if (late !== undefined) return { status: 'fail', text: late, evidence }
      if (drift.length > 0) return { status: 'fail', text: inWords(drift), evidence }
      return { status: 'pass', text: `${Object.keys(plan.seen).length} records are as they were seen`, evidence }
    },
  })
}

/**
 * The same for a verb, before its first write.
 *
 * @throws CutoverError `DNS_PLAN_EXPIRED`, `DNS_PLAN_DRIFTED` (with what changed), `DNS_PLAN_BLOCKED` for one that is not `ok`.
 */
export async function refuseStalePlan(
  record: DnsRecord,
  plan: RepointPlan,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  checkedPlan(record, plan)
  const next = 'Plan again: planRepoint(record, …)'
  if (!plan.ok) {
    const blockers = plan.findings.filter(({ severity, accepted }) => severity === 'blocker' && !accepted)
    throw new CutoverError(
      'DNS_PLAN_BLOCKED' satisfies PlanErrorCode,
      `the plan has blockers: ${blockers.map(({ text }) => text).join('; ')}`,
      { next },
    )
  }
  const late = expiry(plan, clock)
  if (late !== undefined)
    throw new CutoverError('DNS_PLAN_EXPIRED' satisfies PlanErrorCode, `${late}; nothing was written`, { next })
  const drift = await planDrift(record, plan, { signal })
  if (drift.length > 0)
    throw new CutoverError('DNS_PLAN_DRIFTED' satisfies PlanErrorCode, `${inWords(drift)}; nothing was written`, {
      next,
    })
}

function expiry({ expiresAt }: RepointPlan, clock: Clock): string | undefined {
  const late = clock.now() - expiresAt
  return late > 0 ? `the plan expired ${formatDuration(late)} ago` : undefined
}

const inWords = (drift: readonly Drift[]): string =>
  `changed since the plan was made: ${drift.map(({ record, was, is }) => `${record} was ${was}, is ${is}`).join('; ')}`

function checkedPlan(record: DnsRecord, plan: unknown): { readonly name: string; readonly type: RecordType } {
  const { name, type } = checkedRecord<RecordType>(record)
  const given = Object(plan) as Partial<RepointPlan>
  if (given.seen === undefined || given.hash === undefined)
    return refuseOption('plan', plan, 'what planRepoint(…) answers')
  if (given.record?.name === name && given.record.type === type) return { name, type }
  return refuseOption('plan', `${given.record?.name}/${given.record?.type}`, `a plan for ${name}/${type}`)
}
