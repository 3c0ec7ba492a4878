import { type ByHand, type ChangeSpec, CutoverError } from '@cutover/core'

import { checkedRecord, type DnsRecord } from './dns-record.ts'
import type { DnsZone, Found, RecordSet } from './dns-zone.ts'
import { describeRecordSet, sameRecordSet } from './record-set.ts'

/** What `lowerTtl` and `repoint` have in common: one record set is replaced by another, and back, by compare-and-swap. */
export interface RecordEdit {
  /** What will be there instead of what was found; the same set when there is nothing to do. */
  intended(before: RecordSet): RecordSet
  /** What a person is told to do in the zone, where nothing was found yet. */
  readonly inWords: string
}

type RecordChange = ChangeSpec<RecordSet, RecordSet, RecordSet>

/** The record as the authority has it. @throws CutoverError `DNS_RECORD_NOT_FOUND` */
export async function findRecord({ zone, name, type }: DnsRecord, signal: AbortSignal): Promise<RecordSet> {
  const found = await zone.find(name, type, { signal })
  if (found) return found.set
  throw new CutoverError('DNS_RECORD_NOT_FOUND', `${name} has no ${type} record`, {
    next: `Look: ${lookCommand(zone, name, type)}`,
  })
}

/**
 * The parts of a change that replaces a record set.
 *
 * The set is read again directly before each write, and is written only if it is exactly what may be replaced: then the
 * authority itself compares it once more (`DNS_CONFLICT`).
 */
export function editRecord(
  handle: DnsRecord,
  { intended, inWords }: RecordEdit,
): Pick<RecordChange, 'subject' | 'lateMs' | 'probe' | 'apply' | 'revert'> & { byHand(before?: RecordSet): ByHand } {
  const { zone, name, type } = checkedRecord(handle)
  const foreign = (found: Found | undefined, before: RecordSet): CutoverError =>
    new CutoverError(
      'DNS_RECORD_FOREIGN',
      `${name}: somebody else changed the record; found ${describeRecordSet(found?.set)}, ` +
        `wanted ${describeRecordSet(before)} or ${describeRecordSet(intended(before))}`,
      { next: `Nothing was written. Look: ${lookCommand(zone, name, type)}` },
    )
  return {
    subject: `dns:${name}/${type}`,
    lateMs: zone.lateMs,
    async probe(before, { signal }) {
      const found = await zone.find(name, type, { signal })
      if (found && sameRecordSet(found.set, intended(before))) return { is: 'applied', seen: found.set }
      if (sameRecordSet(found?.set, before)) return { is: 'absent' }
      return { is: 'foreign', found: found?.set ?? describeRecordSet(undefined) }
    },
    async apply(before, { signal, fence }) {
      const next = intended(before)
      const found = await zone.find(name, type, { signal })
      if (sameRecordSet(found?.set, next)) return undefined
      if (!sameRecordSet(found?.set, before)) throw foreign(found, before)
      return zone.replace(found, next, { signal, fence })
    },
    async revert(before, { signal, fence }) {
      const found = await zone.find(name, type, { signal })
      if (sameRecordSet(found?.set, before)) return undefined
      if (!sameRecordSet(found?.set, intended(before))) throw foreign(found, before)
      return zone.replace(found, before, { signal, fence })
    },
    byHand: (before) => ({
      apply: [byHand(zone, before ? `set ${name} to ${describeRecordSet(intended(before))}` : inWords)],
      revert: [byHand(zone, `set ${name} to ${before ? describeRecordSet(before) : `the ${type} that was found`}`)],
      look: [lookCommand(zone, name, type)],
    }),
  }
}

const byHand = ({ name = '<zone>' }: DnsZone, what: string): string => `In the zone ${name}: ${what}`

/** Asks an authoritative server: a question to a resolver would make it remember the present answer. */
const lookCommand = ({ name: zone = '<zone>' }: DnsZone, name: string, type: string): string =>
  `dig +norecurse +noall +answer ${name} ${type} @$(dig +short NS ${zone} | head -1)`
