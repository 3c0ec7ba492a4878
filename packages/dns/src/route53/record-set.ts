import { CutoverError } from '@cutover/core'

import type { Found, RecordSet, RecordType } from '../dns-zone.ts'
import { sameRecordSet } from '../record-set.ts'
import { recordValues } from '../record-values.ts'
import { quoted, splitsElsewhere, textOf } from './character-strings.ts'
import { canonicalName } from './domain-name.ts'
import type { ListedRecordSet, Route53RecordSet } from './route53-like.ts'

/** What makes a record set more than values and a TTL, and how people call it. */
const kinds: Readonly<Record<string, string>> = {
  AliasTarget: 'an alias',
  TrafficPolicyInstanceId: 'a record of a traffic policy',
  Weight: 'a weighted record',
  Region: 'a latency record',
  GeoLocation: 'a geolocation record',
  GeoProximityLocation: 'a geoproximity record',
  CidrRoutingConfig: 'a record routed by IP',
  Failover: 'a failover record',
  MultiValueAnswer: 'a multivalue record',
  HealthCheckId: 'a record with a health check',
  SetIdentifier: 'one of several records of the same name and type',
}

/**
 * A listed record set as the port has it, with the set itself, unchanged, as the token.
 *
 * @throws CutoverError `DNS_RECORD_UNSUPPORTED` for everything that values and a TTL do not say.
 */
export function foundOf(listed: ListedRecordSet, type: RecordType): Found {
  const { Name: name = '', TTL: ttl, ResourceRecords: records = [], ...others } = listed
  const more = Object.entries(others).flatMap(([key, value]) => (key === 'Type' || value === undefined ? [] : [key]))
  const kind = Object.keys(kinds).find((key) => more.includes(key)) ?? more[0]
  if (kind !== undefined) throw unsupported(listed, kinds[kind] ?? `more than this version knows (${kind})`)
  if (ttl === undefined) throw unsupported(listed, 'a record without a TTL')

  const raw = records.map(({ Value = '' }) => Value)
  const plain = raw.map((value) => {
    if (type !== 'TXT') return type === 'CNAME' ? canonicalName(value) : value
    const text = textOf(value)
    if (text === undefined) throw unsupported(listed, 'a text that is not UTF-8')
    return text
  })
  const set: RecordSet = {
    name: canonicalName(name),
    type,
    ttlSeconds: ttl,
    values: recordValues(canonicalName(name), type, plain),
  }
  if (set.values.length !== raw.length) throw unsupported(listed, 'a record that says one value in two spellings')
  const token: Route53RecordSet = { Name: name, Type: type, TTL: ttl, ResourceRecords: raw.map((Value) => ({ Value })) }
  return { set, token }
}

/** What the service must still have for a change to happen: exactly what it listed, if that is known. */
export function expectedOf(found: Found): Route53RecordSet {
  return listedAs(found) ?? route53Of(found.set)
}

/** What to put in the place of `expected`. Where only the TTL changes, the values stay as the service listed them. */
export function nextOf(expected: Found | undefined, next: RecordSet): Route53RecordSet {
  const listed = expected && listedAs(expected)
  if (!listed || !saysTheSame(expected.set, next)) return route53Of(next)
  return { ...listed, TTL: next.ttlSeconds }
}

/** @throws CutoverError `DNS_RECORD_UNSUPPORTED` when the values of `expected` could not be put back from their texts. */
export function assertCanBePutBack(expected: Found, next: RecordSet | undefined): void {
  if (expected.set.type !== 'TXT' || (next && saysTheSame(expected.set, next))) return
  const listed = listedAs(expected)
  if (listed?.ResourceRecords.some(({ Value }) => splitsElsewhere(Value))) {
    throw unsupported(listed, 'a text in strings that are not split every 255 bytes, and would come back joined')
  }
}

function route53Of({ name, type, ttlSeconds, values }: RecordSet): Route53RecordSet {
  const plain = recordValues(canonicalName(name), type, values)
  const records = plain.map((value) => ({ Value: type === 'TXT' ? quoted(value) : value }))
  return { Name: canonicalName(name), Type: type, TTL: ttlSeconds, ResourceRecords: records }
}

/** The token, if it is ours and says what the set says: the set is what a caller compares with, so it wins. */
function listedAs({ set, token }: Found): Route53RecordSet | undefined {
  if (typeof token !== 'object' || token === null || !('ResourceRecords' in token)) return undefined
  const listed = token as Route53RecordSet
  return listed.Type === set.type && sameRecordSet(foundOf(listed, set.type).set, set) ? listed : undefined
}

/** The same but for the TTL. */
const saysTheSame = (a: RecordSet, b: RecordSet): boolean => sameRecordSet(a, { ...b, ttlSeconds: a.ttlSeconds })

function unsupported({ Name = '', Type = '' }: ListedRecordSet, what: string): CutoverError<'DNS_RECORD_UNSUPPORTED'> {
  return new CutoverError(
    'DNS_RECORD_UNSUPPORTED',
    `${canonicalName(Name)} ${Type} in Route 53 is ${what}; this version moves records that are values and a TTL alone`,
    { next: `Replace it by such a record first, or move another name` },
  )
}
