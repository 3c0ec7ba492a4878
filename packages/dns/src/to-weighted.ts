import { type ByHand, type Change, CutoverError, defineChange, knownOptions } from '@cutover/core'

import { dnsName } from './dns-name.ts'
import { checkedRecord, type DnsRecord } from './dns-record.ts'
import { dnsTtl } from './dns-ttl.ts'
import type { AnyRecordSet, DnsZone, Edit, Found, RecordType, WeightedRecordSet } from './dns-zone.ts'
import { commands, inTheZone, lookCommand } from './edit-record.ts'
import { refuseOption } from './option-error.ts'
import { rememberedMs, servedMs, sleepUntil, waitUntilServed } from './propagation.ts'
import { recordTypes } from './record-kinds.ts'
import { describeRecordSet, recordType, sameRecordSet } from './record-set.ts'
import { ttlOf } from './record-ttl.ts'
import { intendedValues } from './record-values.ts'

export interface ToWeightedOptions {
  /** What the second answer is to be, with weight 0: a host name such as `orders.azurewebsites.net`. */
  readonly to: string
  /** What the first answer is, with weight 100. @default what is found: the target of the alias or the CNAME */
  readonly from?: string | undefined
  /** Names of the two answers. @default { from: 'source', to: 'target' } */
  readonly ids?: { readonly from: string; readonly to: string } | undefined
  /** @default the TTL found; 60 in the place of an alias */
  readonly ttlSeconds?: number | undefined
}

const toWeightedOptions: readonly (keyof ToWeightedOptions)[] = ['to', 'from', 'ids', 'ttlSeconds']

export interface MadeWeighted {
  /** Epoch milliseconds: from here on no cache that obeys DNS has an answer of the former record. */
  readonly allMovedBy: number
}

/** What was at the name: the sets of the types that a CNAME takes the place of. */
type Before = readonly AnyRecordSet[]

/** Which a CNAME takes the place of; all others stand in its way. */
const replaced = ['A', 'AAAA', 'CNAME'] as const
/** AWS services answer an alias with a TTL of 60 s. */
const aliasTtlSeconds = 60

/**
 * Puts two weighted CNAMEs in the place of an alias or a CNAME, in one atomic write: `from` with all of the answers and `to` with
 * none, so that nobody notices. `shift` moves the weights from there. Undone, what was found is back as it was.
 *
 * This is what a Lambda behind API Gateway needs: its name is usually an alias of type A (and AAAA), which cannot share weights
 * with the CNAME that a function app wants. At the zone's own name no CNAME can be: take an alias of a Front Door or of Traffic
 * Manager there.
 *
 * @throws CutoverError at once `DNS_NAME_INVALID`, `DNS_RECORD_INVALID` (the zone's own name), `DNS_TTL_INVALID`,
 * `DNS_OPTION_INVALID` (also where the zone cannot: Azure DNS, RFC 2136); before anything is written `DNS_RECORD_NOT_FOUND`,
 * `DNS_RECORD_UNSUPPORTED` (addresses without `from`, a set that is weighted already), `DNS_RECORD_FOREIGN` (records of other types at the name).
 */
export function toWeighted(
  record: DnsRecord<'A'> | DnsRecord<'AAAA'> | DnsRecord<'CNAME'>,
  options: ToWeightedOptions,
): Change<Before, MadeWeighted, AnyRecordSet> {
  knownOptions(options, toWeightedOptions, 'DNS_OPTION_INVALID', 'toWeighted')
  const { zone, name } = checkedRecord<RecordType>(record)
  const { ids = { from: 'source', to: 'target' }, ttlSeconds } = options
  const [to = ''] = intendedValues(name, 'CNAME', options.to, 'to')
  const from = options.from === undefined ? undefined : intendedValues(name, 'CNAME', options.from, 'from')[0]
  if (ttlSeconds !== undefined) dnsTtl(ttlSeconds, 'ttlSeconds', 1)
  recordType('CNAME', name, zone.name)
  if (ids.from === ids.to || !ids.from || !ids.to) refuseOption('ids', [ids.from, ids.to], 'two names that differ')
  const replaceAll = replaceAllOf(zone)

  const intended = (before: Before): WeightedRecordSet => {
    const ttl = ttlSeconds ?? Math.min(...before.map((set) => (set.kind === 'alias' ? aliasTtlSeconds : ttlOf(set))))
    const member = (id: string, weight: number, value: string): WeightedRecordSet['members'][number] => ({
      id,
      weight,
      ttlSeconds: ttl,
      values: [value],
    })
    const members = [member(ids.from, 100, from ?? sourceOf(name, before)), member(ids.to, 0, to)]
    return { kind: 'weighted', name, type: 'CNAME', members: members.sort((a, b) => (a.id < b.id ? -1 : 1)) }
  }
  const find = async (types: readonly RecordType[], signal: AbortSignal): Promise<readonly Found[]> => {
    const found: Found[] = []
    for (const type of types) {
      const set = await zone.find(name, type, { signal })
      if (set) found.push(set)
    }
    return found
  }
  const refuseForeign = (found: readonly Found[], before: Before): never => {
    throw new CutoverError(
      'DNS_RECORD_FOREIGN',
      `${name}: somebody else changed the record; found ${described(found.map(({ set }) => set))}, ` +
        `wanted ${described(before)} or ${describeRecordSet(intended(before))}`,
      { next: `Nothing was written. Look: ${lookCommand(zone, name, 'CNAME')}` },
    )
  }
  const swap = async (
    before: Before,
    [is, will]: readonly [readonly AnyRecordSet[], readonly AnyRecordSet[]],
    { signal, fence }: { readonly signal: AbortSignal; fence(): void },
  ): Promise<unknown> => {
    const found = await find(replaced, signal)
    if (isAs(found, will)) return undefined
    if (!isAs(found, is)) refuseForeign(found, before)
    return replaceAll(edits(found, will), { signal, fence })
  }

  return defineChange({
    id: `dns:to-weighted:${name}:${ids.from},${ids.to}:${to}`,
    subject: `dns:${name}/CNAME`,
    title: `Answer for ${name} by weight`,
    intent: { to, from, ids, ttlSeconds },
    lateMs: zone.lateMs,
    async capture({ signal }) {
      const before = (await find(replaced, signal)).map(({ set }) => set)
      if (before.length === 0) throw new CutoverError('DNS_RECORD_NOT_FOUND', `${name} has no A, AAAA or CNAME record`)
      const inTheWay = await find(
        recordTypes.filter((type) => !replaced.some((each) => each === type)),
        signal,
      )
      if (inTheWay.length > 0) {
        throw new CutoverError(
          'DNS_RECORD_FOREIGN',
          `${name} has ${described(inTheWay.map(({ set }) => set))}; wanted nothing beside the A, AAAA or CNAME, since a CNAME stands alone (RFC 1034 §3.6.2)`,
        )
      }
      intended(before) // refuses what has no name to point at
      return before
    },
    async probe(before, { signal }) {
      const found = await find(replaced, signal)
      const [first] = found
      if (first && isAs(found, [intended(before)])) return { is: 'applied', seen: first.set }
      return isAs(found, before) ? { is: 'absent' } : { is: 'foreign', found: described(found.map(({ set }) => set)) }
    },
    apply: (before, context) => swap(before, [before, [intended(before)]], context),
    revert: (before, context) => swap(before, [[intended(before)], before], context),
    async settle(before, _seen, context, { toward, since, hint }): Promise<MadeWeighted> {
      const servedAt = await waitUntilServed(zone, context, { since, receipt: hint })
      const ttl = ttlOf(intended(before))
      if (toward === 'applied') return { allMovedBy: servedAt + rememberedMs(Math.max(ttl, aliasTtlSeconds)) }
      await sleepUntil(servedAt + rememberedMs(ttl), `resolvers may remember the weighted answers of ${name}`, context)
      return { allMovedBy: servedAt + rememberedMs(ttl) }
    },
    estimate: (before, measured) => ({
      applyMs: zone.propagationMs,
      revertMs: servedMs(zone, measured) + rememberedMs(before ? ttlOf(intended(before)) : (ttlSeconds ?? 300)),
    }),
    permissions: zone.permissions,
    byHand(before): ByHand {
      const look = replaced.map((type) => lookCommand(zone, name, type))
      if (!before) {
        const what = `in one batch, replace A, AAAA and CNAME of ${name} by weighted CNAMEs: ${ids.from} 100, ${ids.to} 0 ${to}`
        const back = `in one batch, replace the weighted CNAMEs of ${name} by what was found`
        return { apply: [inTheZone(zone, what)], revert: [inTheZone(zone, back)], look }
      }
      const next = intended(before)
      return {
        apply: commands(zone, handEdits(before, [next])),
        revert: commands(zone, handEdits([next], before)),
        look,
      }
    },
  })
}

/** @throws CutoverError `DNS_OPTION_INVALID` with the alternative. */
function replaceAllOf(zone: DnsZone): NonNullable<DnsZone['replaceAll']> {
  const { replaceAll, supports } = zone
  if (supports.weighted !== false && replaceAll) return replaceAll
  throw new CutoverError(
    'DNS_OPTION_INVALID',
    `record is of a zone that ${supports.weighted === false ? 'does not answer by weight' : 'cannot replace a type at once'}`,
    {
      next: 'Keep the CNAME, point it at a Traffic Manager profile (repoint), and shift there: trafficManagerProfile(…).',
    },
  )
}

/** All that was found goes, what will be comes; the first of them takes the place of one of the same type, if there is any. */
function edits(found: readonly Found[], will: readonly AnyRecordSet[]): readonly Edit[] {
  const gone = found.filter(({ set }) => !will.some(({ type }) => type === set.type))
  return [
    ...gone.map((expected) => ({ expected, next: undefined })),
    ...will.map((next) => ({ expected: found.find(({ set }) => set.type === next.type), next })),
  ]
}

const handEdits = (from: readonly AnyRecordSet[], to: readonly AnyRecordSet[]): Parameters<typeof commands>[1] => [
  ...from.map((set) => ({ from: set, to: undefined })),
  ...to.map((set) => ({ from: undefined, to: set })),
]

const isAs = (found: readonly Found[], wanted: readonly AnyRecordSet[]): boolean =>
  found.length === wanted.length && found.every(({ set }, place) => sameRecordSet(set, wanted[place]))

function sourceOf(name: string, before: Before): string {
  const names = new Set(
    before.map((set) => {
      if (set.kind === 'alias') return dnsName(set.alias.target, 'target of the alias')
      return set.kind === undefined && set.type === 'CNAME' ? set.values[0] : undefined
    }),
  )
  const [only] = names
  if (names.size === 1 && only !== undefined) return only
  const next = before.some(({ kind }) => kind === 'weighted')
    ? 'It answers by weight already: shift(record, { to, percent }) moves the weights.'
    : `Say the name behind it: toWeighted(record, { from: 'd-1.execute-api.us-east-1.amazonaws.com', to })`
  throw new CutoverError(
    'DNS_RECORD_UNSUPPORTED',
    `${name} is ${described(before)}; wanted an alias or a CNAME, whose target the first answer could be`,
    { next },
  )
}

const described = (sets: readonly AnyRecordSet[]): string =>
  sets.length === 0 ? 'no such record' : sets.map(describeRecordSet).join(' and ')
