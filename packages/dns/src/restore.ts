import { type Change, CutoverError, defineChange, knownOptions } from '@cutover/core'

import type { AnyRecordSet, DnsZone, Edit } from './dns-zone.ts'
import { commands, inTheZone, lookCommand } from './edit-record.ts'
import { refuseRisky } from './edit-risk.ts'
import { refuseOption } from './option-error.ts'
import { rememberedMs, sleepUntil, waitUntilServed } from './propagation.ts'
import { diffRecords, type RecordDiff } from './record-diff.ts'
import { describeRecordSet, sameRecordSet } from './record-set.ts'
import { ttlOf } from './record-ttl.ts'
import { checkedSnapshot, listedAt, type ZoneSnapshot } from './snapshot.ts'
import { writeAll } from './write-all.ts'

export interface RestoreOptions {
  /** Edits that are refused unless they are named, as `api.example.com/NS`: of delegations, at the zone's own name, of live TTLs. @default none */
  readonly accept?: readonly string[] | undefined
}

const restoreOptions: readonly (keyof RestoreOptions)[] = ['accept']

export interface Restored {
  readonly created: number
  readonly replaced: number
  readonly deleted: number
}

/** One name and type: what was there, and what the snapshot has. `null` stands for no such record. */
interface Pending {
  readonly name: string
  readonly type: string
  readonly was: AnyRecordSet | null
  readonly will: AnyRecordSet | null
}

/**
 * Brings the records of a snapshot back, byte for byte, and deletes those at its names that it does not have; settled when every
 * authoritative server has them. Undone, the records are as they were before it.
 *
 * Each is replaced only if it is exactly as it was looked at. Batches are atomic each, where the zone has any; between batches, and
 * at a zone without, a name that is to have another type may have no answer for a moment. SOA is left alone.
 *
 * @throws CutoverError at once `DNS_OPTION_INVALID`; before anything is written `DNS_CHANGE_RISKY`; `DNS_RECORD_FOREIGN`.
 */
export function restore(
  zone: DnsZone,
  from: ZoneSnapshot,
  options: RestoreOptions = {},
): Change<readonly Pending[], Restored, readonly Pending[]> {
  knownOptions(options, restoreOptions, 'DNS_OPTION_INVALID', 'restore')
  const { accept = [] } = options
  if (!Array.isArray(accept)) refuseOption('accept', accept, 'a list such as ["api.example.com/NS"]')
  const { names, records } = checkedSnapshot(from, zone)
  const where = zone.name ?? from.zone ?? 'the zone'
  const wanted = records.filter(({ type }) => type !== 'SOA')

  const compare = async (signal: AbortSignal): Promise<readonly RecordDiff[]> => {
    const present = await listedAt(zone, names, signal)
    return diffRecords(
      present.filter(({ type }) => type !== 'SOA'),
      wanted,
    )
  }
  /** What stands of each. */
  const look = async (pending: readonly Pending[], signal: AbortSignal): Promise<readonly (AnyRecordSet | null)[]> => {
    const present = new Map((await listedAt(zone, undefined, signal)).map((set) => [`${set.name} ${set.type}`, set]))
    return pending.map(({ name, type }) => present.get(`${name} ${type}`) ?? null)
  }
  const write = async (
    pending: readonly Pending[],
    toward: 'will' | 'was',
    context: { readonly signal: AbortSignal; fence(): void },
  ): Promise<unknown> => {
    const found = await look(pending, context.signal)
    const foreign = pending.find(({ was, will }, place) => !isOneOf(found[place], [was, will]))
    if (foreign) throw refused(foreign, found[pending.indexOf(foreign)] ?? null)
    const edits = pending.flatMap((each, place): Edit[] => {
      const next = each[toward] ?? undefined
      const expected = found[place] ?? undefined
      return sameRecordSet(expected, next) ? [] : [{ expected: expected && { set: expected }, next }]
    })
    return writeAll(zone, edits, context)
  }

  return defineChange({
    id: `dns:restore:${where}:${names?.join(',') ?? 'all'}`,
    subject: `dns:${where}`,
    title: `Restore ${names ? names.join(', ') : `all records of ${where}`}`,
    intent: { zone: where, names, records: records.length },
    lateMs: zone.lateMs,
    async capture({ signal }): Promise<readonly Pending[]> {
      const diffs = await compare(signal)
      refuseRisky(diffs, accept, zone.name)
      return diffs.map(({ name, type, from: was, to: will }) => ({ name, type, was: was ?? null, will: will ?? null }))
    },
    async probe(pending, { signal }) {
      const found = await look(pending, signal)
      const foreign = pending.find(({ was, will }, place) => !isOneOf(found[place], [was, will]))
      if (foreign)
        return {
          is: 'foreign',
          found: `${foreign.name} ${describeRecordSet(found[pending.indexOf(foreign)] ?? undefined)}`,
        }
      if (pending.every(({ will }, place) => isOneOf(found[place], [will]))) return { is: 'applied', seen: pending }
      return pending.every(({ was }, place) => isOneOf(found[place], [was])) ? { is: 'absent' } : { is: 'partial' }
    },
    apply: (pending, context) => write(pending, 'will', context),
    revert: (pending, context) => write(pending, 'was', context),
    async settle(pending, _seen, context, { toward, since, hint }): Promise<Restored> {
      if (pending.length > 0) {
        const servedAt = await waitUntilServed(zone, context, { since, receipt: hint })
        if (toward === 'absent') {
          const until = servedAt + rememberedMs(longestTtl(pending.map(({ will }) => will)))
          await sleepUntil(until, `resolvers may remember restored records of ${where}`, context)
        }
      }
      return {
        created: pending.filter(({ was }) => was === null).length,
        deleted: pending.filter(({ will }) => will === null).length,
        replaced: pending.filter(({ was, will }) => was !== null && will !== null).length,
      }
    },
    estimate: (pending) => ({
      applyMs: zone.propagationMs,
      revertMs: zone.propagationMs + rememberedMs(longestTtl(pending?.map(({ will }) => will) ?? wanted)),
    }),
    permissions: zone.permissions,
    byHand: (pending) => ({
      apply: pending
        ? byName(zone, pending, ['was', 'will'])
        : [inTheZone(zone, 'set every record to what the snapshot has')],
      revert: pending
        ? byName(zone, pending, ['will', 'was'])
        : [inTheZone(zone, 'set every record to what was found')],
      look: pending?.map(({ name, type }) => lookCommand(zone, name, type)) ?? [lookCommand(zone, where, 'SOA')],
    }),
  })
}

/** One command for each name. */
const byName = (
  zone: DnsZone,
  pending: readonly Pending[],
  [from, to]: readonly ['was', 'will'] | readonly ['will', 'was'],
): string[] =>
  [...Map.groupBy(pending, ({ name }) => name).values()].flatMap((sets) =>
    commands(
      zone,
      sets.map((set) => ({ from: set[from] ?? undefined, to: set[to] ?? undefined })),
    ),
  )

const isOneOf = (found: AnyRecordSet | null | undefined, sets: readonly (AnyRecordSet | null)[]): boolean =>
  sets.some((set) => sameRecordSet(found ?? undefined, set ?? undefined))

const refused = ({ name, was, will }: Pending, found: AnyRecordSet | null): CutoverError =>
  new CutoverError(
    'DNS_RECORD_FOREIGN',
    `${name}: somebody else changed the record; found ${describeRecordSet(found ?? undefined)}, ` +
      `wanted ${describeRecordSet(was ?? undefined)} or ${describeRecordSet(will ?? undefined)}; nothing was written`,
  )

const longestTtl = (sets: readonly (AnyRecordSet | null)[]): number =>
  sets.reduce((longest, set) => Math.max(longest, ttlOfAny(set)), 0)

function ttlOfAny(set: AnyRecordSet | null): number {
  if (set === null || set.kind === 'opaque') return 0
  try {
    return ttlOf(set)
  } catch {
    return 60 // an alias of Route 53
  }
}
