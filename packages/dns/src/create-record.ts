import { type Change, CutoverError, defineChange, knownOptions } from '@cutover/core'

import { checkedRecord, type DnsRecord, type RecordAnswer } from './dns-record.ts'
import { dnsTtl } from './dns-ttl.ts'
import type { AnyRecordSet, RecordSet, RecordType } from './dns-zone.ts'
import { editRecord } from './edit-record.ts'
import { refuseOption } from './option-error.ts'
import { servedMs, waitUntilServed } from './propagation.ts'
import { describeRecordSet, sameRecordSet } from './record-set.ts'
import { intendedValues } from './record-values.ts'
import { refuseShadowing } from './wildcard.ts'

export interface CreateRecordOptions<Type extends RecordType = RecordType> {
  readonly values: RecordAnswer<Type>
  /** @default 300 */
  readonly ttlSeconds?: number | undefined
}

const createRecordOptions: readonly (keyof CreateRecordOptions)[] = ['values', 'ttlSeconds']

/**
 * Creates a record that there was not; settled when every authoritative server has it. Undone, there is none again.
 *
 * A record that is exactly so already stays, and is never undone; any other is foreign and stays, too. Do not ask resolvers for
 * the name before it is there: they remember for the zone's negative TTL, often 15 minutes, that it was not.
 *
 * A name that only a wildcard answers is refused, as is one below it: the new record would take the wildcard's answer away from
 * it, also for the types that it does not have (RFC 4592 §2.2.1).
 *
 * @throws CutoverError at once `DNS_RECORD_INVALID`, `DNS_NAME_INVALID`, `DNS_TTL_INVALID`, `DNS_OPTION_INVALID` (also where
 * the zone creates no records); before anything is written `DNS_RECORD_FOREIGN`, `DNS_WILDCARD_SHADOWED`.
 */
export function createRecord<Type extends RecordType>(
  record: DnsRecord<Type>,
  options: CreateRecordOptions<NoInfer<Type>>,
): Change<AnyRecordSet | null, RecordSet, AnyRecordSet> {
  knownOptions(options, createRecordOptions, 'DNS_OPTION_INVALID', 'createRecord')
  const { zone, name, type } = checkedRecord<RecordType>(record)
  const { ttlSeconds = 300 } = options
  dnsTtl(ttlSeconds)
  const values = intendedValues(name, type, options.values, 'values')
  if (!zone.supports.creates) refuseOption('record', name, 'a record of a zone that can create some')
  const next: RecordSet = { name, type, ttlSeconds, values }
  return defineChange({
    ...editRecord<AnyRecordSet | null>(record, {
      was: (before) => before ?? undefined,
      intended: () => next,
      inWords: `create ${name} ${describeRecordSet(next)}`,
    }),
    id: `dns:create:${name}/${type}:${values.join(',')}:${ttlSeconds}`,
    title: `Create ${name} ${type} ${values.join(', ')}`,
    intent: { values, ttlSeconds },
    async capture({ signal }) {
      const found = (await zone.find(name, type, { signal }))?.set
      if (found && !sameRecordSet(found, next)) {
        throw new CutoverError(
          'DNS_RECORD_FOREIGN',
          `${name} has a ${type} record that this does not make: found ${describeRecordSet(found)}, wanted none or ${describeRecordSet(next)}`,
        )
      }
      if (!found) await refuseShadowing(zone, name, signal)
      return found ?? null
    },
    async settle(before, _seen, context, { since, hint }): Promise<RecordSet> {
      if (before === null) await waitUntilServed(zone, context, { since, receipt: hint })
      return next
    },
    estimate: (before, measured) =>
      before ? { applyMs: 0, revertMs: 0 } : { applyMs: zone.propagationMs, revertMs: servedMs(zone, measured) },
  })
}
