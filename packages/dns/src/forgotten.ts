import type { AnyRecordSet, DnsZone } from './dns-zone.ts'
import { sameRecordSet } from './record-set.ts'

const known = new WeakMap<DnsZone, Map<string, AnyRecordSet>>()

/**
 * What this process has waited for: that no cache has any other answer than this set. So undoing several steps of one ramp waits
 * once. It is forgotten with the process, and then waited for again; and with every write of the record by this handle.
 */
export const forgotten = {
  /** Has it been waited for that caches know only this? */
  allBut: (zone: DnsZone, set: AnyRecordSet): boolean => sameRecordSet(known.get(zone)?.get(keyOf(set)), set),
  waitedFor(zone: DnsZone, set: AnyRecordSet): void {
    const sets = known.get(zone) ?? new Map<string, AnyRecordSet>()
    known.set(zone, sets.set(keyOf(set), set))
  },
  written(zone: DnsZone, { name, type }: Pick<AnyRecordSet, 'name' | 'type'>): void {
    known.get(zone)?.delete(keyOf({ name, type }))
  },
}

const keyOf = ({ name, type }: Pick<AnyRecordSet, 'name' | 'type'>): string => `${name} ${type}`
