import type { Found } from '../dns-zone.ts'
import { abortable, asked, attemptTo, type HostedZone } from './calls.ts'
import { canonicalName, escapedName, plainName } from './domain-name.ts'
import { foundOf } from './record-set.ts'
import type { ListedRecordSet, Route53Like, Route53RecordType } from './route53-like.ts'

/** The most that one answer lists; also more than one name and type can have. */
const longestPage = 300
/** Weighted sets of one name and type; see "Quotas on records". */
const mostMembers = 100

/** All that is listed of one name and type; an absent record is answered with the next one in the zone's order. */
export async function findRecord(
  zone: HostedZone,
  name: string,
  type: Route53RecordType,
  signal: AbortSignal | undefined,
): Promise<Found | undefined> {
  signal?.throwIfAborted()
  const wanted = plainName(name)
  const listed: ListedRecordSet[] = []
  for await (const set of listFrom(zone, { name: wanted, type }, mostMembers, signal)) {
    if (!isOf(set, wanted, type)) break
    listed.push(set)
  }
  return listed.length === 0 ? undefined : foundOf(listed)
}

/** Every record set, those of one name and type as one. */
export async function* listRecords(zone: HostedZone, signal: AbortSignal | undefined): AsyncGenerator<Found> {
  let group: ListedRecordSet[] = []
  for await (const set of listFrom(zone, undefined, longestPage, signal)) {
    const [first] = group
    if (first && !isOf(set, canonicalName(first.Name ?? ''), first.Type)) {
      yield foundOf(group)
      group = []
    }
    group.push(set)
  }
  if (group.length > 0) yield foundOf(group)
}

async function* listFrom(
  zone: HostedZone,
  start: { readonly name: string; readonly type: Route53RecordType } | undefined,
  pageSize: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListedRecordSet> {
  const what = start ? `read ${start.name} ${start.type}` : 'list the records'
  const attempt = attemptTo(zone, what, 'route53:ListResourceRecordSets')
  type Input = Parameters<Route53Like['listResourceRecordSets']>[0]
  let input: Input = { HostedZoneId: zone.id, MaxItems: pageSize }
  if (start) input = { ...input, StartRecordName: escapedName(start.name), StartRecordType: start.type }
  for (;;) {
    signal?.throwIfAborted()
    const page = input
    const listing = await asked(attempt, signal, () => zone.client.listResourceRecordSets(page, abortable(signal)))
    yield* listing.ResourceRecordSets ?? []
    const { IsTruncated: isTruncated, NextRecordName: name, NextRecordType: type, NextRecordIdentifier: id } = listing
    if (isTruncated !== true || name === undefined) return
    input = {
      HostedZoneId: zone.id,
      MaxItems: pageSize,
      StartRecordName: name,
      ...(type !== undefined && { StartRecordType: type }),
      ...(id !== undefined && { StartRecordIdentifier: id }),
    }
  }
}

const isOf = ({ Name: name = '', Type: of }: ListedRecordSet, wanted: string, type: string | undefined): boolean =>
  of === type && canonicalName(name) === wanted
