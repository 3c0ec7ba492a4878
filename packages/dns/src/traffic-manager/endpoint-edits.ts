import { CutoverError } from '@cutover/core'

import type { AnyRecordSet, WeightedMember, WeightedRecordSet } from '../dns-zone.ts'
import { describeRecordSet, sameRecordSet } from '../record-set.ts'

export const mostWeight = 1_000

/** What is to be sent for one endpoint. */
export interface EndpointEdit {
  readonly id: string
  readonly change: { endpointStatus?: 'Enabled' | 'Disabled'; weight?: number }
}

/** All that is to be sent, in this order; either the TTL of the profile, or what is served by which weight. */
export interface ProfileEdit {
  /** The weights that what stays disabled has in spite of that. */
  readonly keep: readonly EndpointEdit[]
  readonly ttlSeconds: number | undefined
  /** What is enabled. */
  readonly enable: readonly EndpointEdit[]
  /** The weights of what stays enabled. */
  readonly weigh: readonly EndpointEdit[]
  /** At last, and only once another is `Online`, what is disabled. */
  readonly disable: readonly EndpointEdit[]
}

/**
 * The requests that make `next` of `found`.
 *
 * @throws CutoverError `DNS_CHANGE_REJECTED` for what a profile does not do in one go, before anything is sent: other endpoints
 * or targets, TTLs that differ, TTL and weights at once, and no endpoint left that is enabled.
 */
export function profileEdit(found: AnyRecordSet, next: AnyRecordSet | undefined): ProfileEdit {
  if (found.kind !== 'weighted' || next?.kind !== 'weighted') {
    return reject(
      found,
      `is ${describeRecordSet(found)}, to be ${describeRecordSet(next)}; wanted weights of its endpoints`,
    )
  }
  const isServed = next.members.some(({ weight }) => weight > 0)
  if (!isServed) return reject(found, 'would have no endpoint that is enabled, which answers NXDOMAIN')
  const ttl = oneTtl(next)
  const pairs = next.members.map((member) => ({ member, now: found.members.find(({ id }) => id === member.id) }))
  if (pairs.length !== found.members.length || !sameRecordSet(found, asNow(next, found))) {
    return reject(found, 'would have other endpoints or targets; wanted other weights, or another TTL')
  }
  const edits: KindOfEdit[] = []
  for (const { member, now } of pairs) {
    const edit = now && editOf(now, member)
    if (edit) edits.push(edit)
  }
  const of = (wanted: string): EndpointEdit[] => edits.flatMap(({ kind, edit }) => (kind === wanted ? [edit] : []))
  const isTtl = ttl !== found.members[0]?.ttlSeconds
  if (isTtl && edits.some(({ kind }) => kind !== 'keep'))
    return reject(found, 'would change its TTL and its weights, which is two requests')
  const [enable, weigh, keep, disable] = [of('enable'), of('weigh'), of('keep'), of('disable')]
  return { keep, ttlSeconds: isTtl ? ttl : undefined, enable, weigh, disable }
}

interface KindOfEdit {
  readonly kind: 'enable' | 'weigh' | 'keep' | 'disable'
  readonly edit: EndpointEdit
}

function editOf(now: WeightedMember, member: WeightedMember): KindOfEdit | undefined {
  const { id, weight } = member
  if (!Number.isInteger(weight) || weight < 0 || weight > mostWeight) {
    throw new CutoverError('DNS_CHANGE_REJECTED', `the weight of ${id} would be ${weight}; wanted 0 to ${mostWeight}`)
  }
  if (weight > 0) {
    if (now.weight === weight) return undefined
    if (now.weight > 0) return { kind: 'weigh', edit: { id, change: { weight } } }
    return { kind: 'enable', edit: { id, change: { endpointStatus: 'Enabled', weight } } }
  }
  // The weight that a disabled endpoint keeps comes back, too.
  const kept = keptWeight(member)
  const other = kept === undefined || kept === keptWeight(now) ? {} : { weight: kept }
  if (now.weight > 0) return { kind: 'disable', edit: { id, change: { endpointStatus: 'Disabled', ...other } } }
  return other.weight === undefined ? undefined : { kind: 'keep', edit: { id, change: other } }
}

function keptWeight({ weight, spelling }: WeightedMember): number | undefined {
  if (weight > 0) return weight
  const { weight: kept } = (spelling ?? {}) as { readonly weight?: number }
  return kept
}

/** With the weights and the TTL that are there now: is anything else different? */
function asNow(next: WeightedRecordSet, found: WeightedRecordSet): WeightedRecordSet {
  const members = next.members.map((member): WeightedMember => {
    const now = found.members.find(({ id }) => id === member.id)
    const { ttlSeconds: _ttl, ...rest } = member
    const ttl = now?.ttlSeconds === undefined ? {} : { ttlSeconds: now.ttlSeconds }
    return { ...rest, ...ttl, weight: now?.weight ?? member.weight }
  })
  return { ...next, members }
}

function oneTtl({ name, members }: WeightedRecordSet): number | undefined {
  const [first] = members
  if (members.every(({ ttlSeconds }) => ttlSeconds === first?.ttlSeconds)) return first?.ttlSeconds
  throw new CutoverError(
    'DNS_CHANGE_REJECTED',
    `${name} would have several TTLs; a profile has one for all its endpoints`,
  )
}

function reject({ name }: AnyRecordSet, why: string): never {
  throw new CutoverError('DNS_CHANGE_REJECTED', `${name} ${why}; nothing was written`)
}
