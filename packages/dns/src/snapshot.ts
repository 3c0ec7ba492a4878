import { CutoverError, knownOptions } from '@cutover/core'

import { nameInZone } from './dns-name.ts'
import type { AnyRecordSet, DnsZone } from './dns-zone.ts'
import { refuseOption } from './option-error.ts'

export interface SnapshotOptions {
  /** Only the records at these names. @default all of the zone */
  readonly names?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

const snapshotOptions: readonly (keyof SnapshotOptions)[] = ['names', 'signal']

/** Records of a zone at one time: JSON data, to be kept in a file or as a `value` of a cutover. */
export interface ZoneSnapshot {
  readonly version: 1
  /** The zone's name, where its handle has one. */
  readonly zone?: string | undefined
  /** Which names were looked at; all of the zone's without it. */
  readonly names?: readonly string[] | undefined
  /** Also aliases, weighted sets, and types that no verb edits. */
  readonly records: readonly AnyRecordSet[]
}

/**
 * Reads all records of a zone, or of some names, from the authority; writes nothing. `restore` brings exactly these back.
 *
 * A zone that changes meanwhile is read partly before and partly after the change, as with any listing.
 *
 * @throws CutoverError `DNS_OPTION_INVALID` for a zone that lists nothing (Traffic Manager: read the record itself).
 */
export async function snapshot(zone: DnsZone, options: SnapshotOptions = {}): Promise<ZoneSnapshot> {
  knownOptions(options, snapshotOptions, 'DNS_OPTION_INVALID', 'snapshot')
  const given: unknown = options.names
  if (given !== undefined && !Array.isArray(given)) refuseOption('names', given, 'a list such as ["api.example.com"]')
  const names = options.names?.map((name) => nameInZone(name, zone.name))
  const records = await listedAt(zone, names, options.signal)
  return {
    version: 1,
    ...(zone.name !== undefined && { zone: zone.name }),
    ...(names && { names }),
    records,
  }
}

/** All record sets of a zone, or those at some names. */
export async function listedAt(
  zone: DnsZone,
  names: readonly string[] | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly AnyRecordSet[]> {
  if (!zone.list) return refuseOption('zone', zone.name ?? 'of no name', 'a zone that lists its records')
  const wanted = names && new Set(names)
  const records: AnyRecordSet[] = []
  for await (const { set } of zone.list({ signal })) if (!wanted || wanted.has(set.name)) records.push(set)
  return records
}

/** @throws CutoverError `DNS_OPTION_INVALID` for what is no snapshot, and for one of another zone */
export function checkedSnapshot(given: ZoneSnapshot, zone: DnsZone): ZoneSnapshot {
  const { version, records } = Object(given) as Partial<ZoneSnapshot>
  if (version !== 1 || !Array.isArray(records)) refuseOption('snapshot', given, 'what snapshot(zone) answers')
  if (given.zone !== undefined && zone.name !== undefined && given.zone !== zone.name) {
    throw new CutoverError('DNS_OPTION_INVALID', `snapshot is of the zone ${given.zone}; wanted one of ${zone.name}`)
  }
  return given
}
