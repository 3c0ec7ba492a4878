import { type ByHand, type ChangeSpec, type Context, CutoverError } from '@cutover/core'

import { checkedRecord, type DnsRecord } from './dns-record.ts'
import type { AnyRecordSet, DnsZone, Found, ZoneCommands } from './dns-zone.ts'
import { describeRecordSet, sameRecordSet } from './record-set.ts'
import { isBetween } from './weighted-set.ts'

/** What the verbs for one record have in common: its set is replaced by another, and back, by compare-and-swap. */
export interface RecordEdit<Before> {
  /** What was there; `undefined`: no such record. */
  was(before: Before): AnyRecordSet | undefined
  /** What will be there; the same set when there is nothing to do. */
  intended(before: Before): AnyRecordSet
  /** What undoing leads to. @default what was there */
  back?(before: Before): AnyRecordSet | undefined
  /** What a person is told to do in the zone, where nothing was found yet. */
  readonly inWords: string
}

/** The record as the authority has it. @throws CutoverError `DNS_RECORD_NOT_FOUND` */
export async function findRecord({ zone, name, type }: DnsRecord, signal: AbortSignal): Promise<AnyRecordSet> {
  const found = await zone.find(name, type, { signal })
  if (found) return found.set
  const alias =
    type === 'CNAME' && zone.supports.alias && zone.supports.weighted !== false
      ? 'If the name has aliases of type A or AAAA, as API Gateway wants: toWeighted(record, …) puts CNAMEs in their place. '
      : ''
  throw new CutoverError('DNS_RECORD_NOT_FOUND', `${name} has no ${type} record`, {
    next: `${alias}Look: ${lookCommand(zone, name, type)}`,
  })
}

/**
 * The parts of a change that replaces a record set.
 *
 * The set is read again directly before each write, and is written only if it is exactly what may be replaced: then the
 * authority itself compares it once more (`DNS_CONFLICT`).
 */
export function editRecord<Before>(
  handle: DnsRecord,
  { was, intended, back = was, inWords }: RecordEdit<Before>,
): Pick<
  ChangeSpec<Before, AnyRecordSet>,
  'subject' | 'lateMs' | 'permissions' | 'probe' | 'apply' | 'revert' | 'changedBy'
> & {
  byHand(before?: Before): ByHand
} {
  const { zone, name, type } = checkedRecord(handle)
  const find = async (signal: AbortSignal): Promise<Found | undefined> => zone.find(name, type, { signal })
  const foreign = (found: Found | undefined, before: Before): CutoverError =>
    new CutoverError(
      'DNS_RECORD_FOREIGN',
      `${name}: somebody else changed the record; found ${describeRecordSet(found?.set)}, ` +
        `wanted ${describeRecordSet(was(before))} or ${describeRecordSet(intended(before))}`,
      { next: `Nothing was written. Look: ${lookCommand(zone, name, type)}` },
    )
  /** A zone that writes one member after the other may have stopped in the middle. */
  const isHalfway = (found: Found | undefined, before: Before): boolean =>
    zone.supports.compareAndSwap === 'none' && isBetween(found?.set, [was(before), intended(before), back(before)])
  return {
    subject: `dns:${name}/${type}`,
    lateMs: zone.lateMs,
    async probe(before, { signal }) {
      const found = await find(signal)
      if (found && isOneOf(found, intended(before))) return { is: 'applied', seen: found.set }
      if (isOneOf(found, was(before), back(before))) return { is: 'absent' }
      if (isHalfway(found, before)) return { is: 'partial' }
      return { is: 'foreign', found: found?.set ?? describeRecordSet(undefined) }
    },
    async apply(before, { signal, fence }) {
      const found = await find(signal)
      if (isOneOf(found, intended(before))) return undefined
      if (!isOneOf(found, was(before)) && !isHalfway(found, before)) throw foreign(found, before)
      return zone.replace(found, intended(before), { signal, fence })
    },
    async revert(before, { signal, fence }) {
      const found = await find(signal)
      if (isOneOf(found, was(before), back(before))) return undefined
      if (!isOneOf(found, intended(before)) && !isHalfway(found, before)) throw foreign(found, before)
      return zone.replace(found, back(before), { signal, fence })
    },
    permissions: zone.permissions,
    ...(zone.changedBy && {
      changedBy: async (_before: Before, { clock, signal }: Context) => zone.changedBy?.(name, type, { clock, signal }),
    }),
    byHand(before) {
      const look = [lookCommand(zone, name, type)]
      if (before === undefined) {
        return { apply: [inTheZone(zone, inWords)], revert: [inTheZone(zone, undoingAny(name, type))], look }
      }
      const [is, will, then] = [was(before), intended(before), back(before)]
      return {
        apply: commands(zone, [{ from: is, to: will }]),
        revert: commands(zone, [{ from: will, to: then }]),
        look,
      }
    },
  }
}

const isOneOf = (found: Found | undefined, ...sets: readonly (AnyRecordSet | undefined)[]): boolean =>
  sets.some((set) => sameRecordSet(found?.set, set))

const undoingAny = (name: string, type: string): string =>
  `set ${name} to the ${type} that was found, or delete it if there was none`

type HandEdit = Parameters<ZoneCommands['replace']>[0][number]

/** What a person types, or does in the console of whatever serves the zone. */
export function commands(zone: DnsZone, edits: readonly HandEdit[]): readonly string[] {
  const changed = edits.filter(({ from, to }) => !sameRecordSet(from, to))
  if (zone.byHand) return zone.byHand.replace(changed)
  return changed.map(({ from, to }) =>
    inTheZone(zone, to ? `set ${to.name} to ${describeRecordSet(to)}` : `delete the ${from?.type} of ${from?.name}`),
  )
}

/** An instruction for the console of whatever serves the zone. */
export const inTheZone = ({ name = '<zone>' }: DnsZone, what: string): string => `In the zone ${name}: ${what}`

/** Asks an authoritative server: a question to a resolver would make it remember the present answer. */
export function lookCommand(zone: DnsZone, name: string, type: string): string {
  if (zone.byHand) return zone.byHand.look(name, type)
  return `dig +norecurse +noall +answer ${name} ${type} @$(dig +short NS ${zone.name ?? '<zone>'} | head -1)`
}
