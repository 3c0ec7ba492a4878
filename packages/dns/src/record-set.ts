import { CutoverError, sameJson } from '@cutover/core'

import { nameInZone } from './dns-name.ts'
import { dnsTtl } from './dns-ttl.ts'
import type { AnyRecordSet, RecordSet, RecordType, WeightedMember, WeightedRecordSet } from './dns-zone.ts'
import { recordTypes } from './record-kinds.ts'
import { recordValues } from './record-values.ts'

/** One of the types that this package writes; refuses a CNAME at the zone's own name (RFC 1034 §3.6.2: its SOA and NS are there). */
export function recordType(type: RecordType, name: string, zone: string | undefined): RecordType {
  if (!recordTypes.includes(type)) {
    throw new CutoverError(
      'DNS_RECORD_INVALID',
      `type is ${JSON.stringify(type)}; wanted one of ${recordTypes.join(', ')}`,
    )
  }
  if (type === 'CNAME' && name === zone?.toLowerCase().replace(/\.$/, '')) {
    throw new CutoverError(
      'DNS_RECORD_INVALID',
      `type is "CNAME" at ${name}, the zone's own name; wanted A or AAAA there, since a CNAME stands alone and a zone has SOA and NS at its name`,
    )
  }
  return type
}

/**
 * A record set of a zone in the one form that this package compares; adapters hand out what they read through this.
 *
 * @throws CutoverError `DNS_NAME_INVALID`, `DNS_TTL_INVALID`, `DNS_RECORD_INVALID`
 */
export function recordSet(set: RecordSet, zone: string | undefined): RecordSet {
  const name = nameInZone(set.name, zone)
  const type = recordType(set.type, name, zone)
  const { spelling, extra } = set
  return {
    name,
    type,
    ttlSeconds: dnsTtl(set.ttlSeconds),
    values: recordValues(name, type, set.values),
    ...(spelling !== undefined && { spelling }),
    ...(extra !== undefined && { extra }),
  }
}

/**
 * Any kind of record set in the one form that this package compares: members by id, values as `recordSet` has them.
 *
 * @throws CutoverError `DNS_NAME_INVALID`, `DNS_TTL_INVALID`, `DNS_RECORD_INVALID`
 */
export function anyRecordSet(set: AnyRecordSet, zone: string | undefined): AnyRecordSet {
  switch (set.kind) {
    case undefined:
      return recordSet(set, zone)
    case 'opaque':
      return set
    case 'alias': {
      const name = nameInZone(set.name, zone)
      if (set.ttlSeconds !== undefined) dnsTtl(set.ttlSeconds)
      if (typeof set.alias?.target !== 'string') refuse(name, 'alias', set.alias, '{ target, … }')
      return { ...set, name, type: recordType(set.type, name, zone) }
    }
    case 'weighted':
      return weightedSet(set, zone)
  }
}

function weightedSet(set: WeightedRecordSet, zone: string | undefined): WeightedRecordSet {
  const name = nameInZone(set.name, zone)
  const type = recordType(set.type, name, zone)
  const members = set.members.map((member): WeightedMember => {
    const { id, weight, ttlSeconds, values, alias } = member
    if (typeof id !== 'string' || id === '') refuse(name, 'id of a member', id, 'a text that is not empty')
    if (!Number.isInteger(weight) || weight < 0) refuse(name, `weight of ${id}`, weight, 'a whole number of 0 or more')
    if ((values === undefined) === (alias === undefined)) refuse(name, id, member, 'either values or an alias')
    if (alias !== undefined && typeof alias?.target !== 'string') refuse(name, `alias of ${id}`, alias, '{ target, … }')
    if (ttlSeconds !== undefined) dnsTtl(ttlSeconds)
    return values === undefined ? member : { ...member, values: recordValues(name, type, values) }
  })
  if (members.length === 0) refuse(name, 'members', [], 'at least one')
  const twice = members.find(({ id }, place) => members.findIndex((other) => other.id === id) !== place)
  if (twice) refuse(name, 'members', twice.id, 'each id once')
  return { ...set, name, type, members: [...members].sort((a, b) => (a.id < b.id ? -1 : 1)) }
}

/**
 * Do two record sets, both in the form of `anyRecordSet`, say the same: name, type, TTL, values, members, and what the provider
 * keeps beside them? How values are spelled does not count.
 */
export function sameRecordSet(a: AnyRecordSet | undefined, b: AnyRecordSet | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  if (a.kind === undefined && b.kind === undefined) {
    return (
      a.name === b.name &&
      a.type === b.type &&
      a.ttlSeconds === b.ttlSeconds &&
      sameValues(a.values, b.values) &&
      sameJson(a.extra, b.extra)
    )
  }
  return a.kind === b.kind && sameJson(said(a), said(b))
}

/** Without what says nothing. */
function said(set: AnyRecordSet): unknown {
  if (set.kind !== 'weighted') return set
  return { ...set, members: set.members.map(({ spelling: _spelling, ...member }) => member) }
}

/** Are two sorted lists of values the same? */
export function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, place) => value === b[place])
}

/** As people read it: `CNAME orders.azurewebsites.net, TTL 60`. */
export function describeRecordSet(set: AnyRecordSet | undefined): string {
  if (set === undefined) return 'no such record'
  switch (set.kind) {
    case undefined:
      return `${set.type} ${set.values.join(' ')}, TTL ${set.ttlSeconds}`
    case 'alias':
      return `${set.type} alias of ${set.alias.target}`
    case 'weighted':
      return `${set.type} by weight: ${set.members.map(describeMember).join(', ')}`
    case 'opaque':
      return `${set.type}, ${set.what}`
  }
}

const describeMember = ({ id, weight, values, alias, ttlSeconds }: WeightedMember): string =>
  `${id} ${weight} ${values?.join(' ') ?? `alias of ${alias?.target}`}${ttlSeconds === undefined ? '' : ` (TTL ${ttlSeconds})`}`

/**
 * The set as values and a TTL alone, for a verb that edits these.
 *
 * @throws CutoverError `DNS_RECORD_UNSUPPORTED` for an alias, a weighted set and what is opaque; says what to take instead.
 */
export function plainSet(set: AnyRecordSet): RecordSet {
  if (set.kind === undefined) return set
  const instead = {
    alias: 'First: toWeighted(record, …) makes weighted records of it, which shift(record, …) moves.',
    weighted: 'Move it with shift(record, { to, percent }).',
    opaque: 'Replace it by a plain record first, or move another name.',
  }[set.kind]
  throw new CutoverError(
    'DNS_RECORD_UNSUPPORTED',
    `${set.name} is ${describeRecordSet(set)}; wanted a record of values and a TTL alone`,
    { next: instead },
  )
}

function refuse(name: string, field: string, found: unknown, wanted: string): never {
  throw new CutoverError('DNS_RECORD_INVALID', `${name}: ${field} is ${JSON.stringify(found)}; wanted ${wanted}`)
}
