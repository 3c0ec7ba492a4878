import { isCutoverError } from '@cutover/core'

import type { AliasTarget, AnyRecordSet, Found, RecordSet, RecordType, WeightedMember } from '../dns-zone.ts'
import { recordTypes } from '../record-kinds.ts'
import { anyRecordSet, sameRecordSet, sameValues } from '../record-set.ts'
import { recordValues } from '../record-values.ts'
import { quoted, textOf } from './character-strings.ts'
import { canonicalName, escapedName, plainName } from './domain-name.ts'
import type { ListedRecordSet, Route53RecordSet } from './route53-like.ts'

/** Routing that this package brings back but does not edit, and how people call it. */
const routings: Readonly<Record<string, string>> = {
  TrafficPolicyInstanceId: 'a record of a traffic policy',
  Region: 'a latency record',
  GeoLocation: 'a geolocation record',
  GeoProximityLocation: 'a geoproximity record',
  CidrRoutingConfig: 'a record routed by IP',
  Failover: 'a failover record',
  MultiValueAnswer: 'a multivalue record',
}

const known = new Set([
  'Name',
  'Type',
  'TTL',
  'ResourceRecords',
  'AliasTarget',
  'SetIdentifier',
  'Weight',
  'HealthCheckId',
])

/** All that is listed of one name and type as the port has it, with what was listed, unchanged, as the token. */
export function foundOf(listed: readonly ListedRecordSet[]): Found {
  const token = structuredClone(listed)
  return { set: readable(listed) ?? opaque(listed, 'in a spelling that this package does not read'), token }
}

/** What the service must still have for a change to happen: exactly what it listed, if that is known. */
export function expectedOf(found: Found): readonly Route53RecordSet[] {
  return listedAs(found) ?? route53Of(found.set)
}

/** What to put in the place of `expected`. What stays as it was stays as the service listed it. */
export function nextOf(expected: Found | undefined, next: AnyRecordSet): readonly Route53RecordSet[] {
  const listed = expected && listedAs(expected)
  return route53Of(next).map((set) => {
    const former = listed?.find((each) => each.SetIdentifier === set.SetIdentifier && each.Type === set.Type)
    if (!former?.ResourceRecords || !set.ResourceRecords || !saysTheSame(former, set)) return set
    return { ...set, Name: former.Name, ResourceRecords: former.ResourceRecords }
  })
}

/** The token, if it is ours and says what the set says: the set is what a caller compares with, so it wins. */
function listedAs({ set, token }: Found): readonly Route53RecordSet[] | undefined {
  if (!Array.isArray(token) || token.length === 0) return undefined
  const listed = token as readonly Route53RecordSet[]
  return listed[0]?.Type === set.type && sameRecordSet(foundOf(listed).set, set) ? listed : undefined
}

function readable(listed: readonly ListedRecordSet[]): AnyRecordSet | undefined {
  const [first] = listed
  const type = first?.Type
  const name = canonicalName(first?.Name ?? '')
  const odd = listed.flatMap((set) => Object.keys(set).filter((key) => isThere(set, key) && !known.has(key)))[0]
  if (odd !== undefined) return opaque(listed, routings[odd] ?? `a record with more than this version knows (${odd})`)
  if (!isRecordType(type)) return opaque(listed, `a record of type ${type}`)
  try {
    if (listed.every(({ Weight }) => Weight !== undefined)) {
      const members = listed.map((set) => memberOf(name, type, set))
      return members.includes(undefined)
        ? undefined
        : anyRecordSet(
            { kind: 'weighted', name, type, members: members.filter((member) => member !== undefined) },
            undefined,
          )
    }
    if (listed.length !== 1 || !first || first.SetIdentifier !== undefined)
      return opaque(listed, 'one of several records')
    const extra = first.HealthCheckId === undefined ? {} : { extra: { healthCheckId: first.HealthCheckId } }
    if (first.AliasTarget) return { kind: 'alias', name, type, alias: aliasOf(first.AliasTarget), ...extra }
    const answer = answerOf(name, type, first)
    return answer && { name, type, ...answer, ...extra }
  } catch (error) {
    if (isCutoverError(error)) return undefined
    throw error
  }
}

/** `undefined`: could not be put back from its values. */
function answerOf(
  name: string,
  type: RecordType,
  { TTL: ttlSeconds, ResourceRecords: records = [] }: ListedRecordSet,
): Pick<RecordSet, 'ttlSeconds' | 'values' | 'spelling'> | undefined {
  const raw = records.map(({ Value = '' }) => Value)
  const values = valuesOf(name, type, raw)
  if (ttlSeconds === undefined || values === undefined) return undefined
  return { ttlSeconds, values, ...(!sameValues(raw, values.map(asListed(type))) && { spelling: raw }) }
}

/** Sorted; `undefined` for a text that is not UTF-8, and for one value in two spellings. */
function valuesOf(name: string, type: RecordType, raw: readonly string[]): readonly string[] | undefined {
  const plain = raw.map((value) => (type === 'TXT' ? textOf(value) : decimalEscapes(value)))
  if (plain.includes(undefined)) return undefined
  const values = recordValues(
    name,
    type,
    plain.filter((value) => value !== undefined),
  )
  return values.length === raw.length ? values : undefined
}

function memberOf(name: string, type: RecordType, listed: ListedRecordSet): WeightedMember | undefined {
  const { SetIdentifier: id = '', Weight: weight = 0, HealthCheckId: healthCheckId, AliasTarget: alias } = listed
  const extra = healthCheckId === undefined ? {} : { extra: { healthCheckId } }
  if (alias) return { id, weight, alias: aliasOf(alias), ...extra }
  const answer = answerOf(name, type, listed)
  return answer && { id, weight, ...answer, ...extra }
}

function aliasOf(target: NonNullable<ListedRecordSet['AliasTarget']>): AliasTarget {
  const { DNSName: dnsName = '', HostedZoneId: hostedZoneId, EvaluateTargetHealth: evaluateTargetHealth } = target
  const canonical = canonicalName(dnsName)
  const spelled = dnsName === canonical ? {} : { dnsName }
  return { target: canonical, extra: { hostedZoneId, evaluateTargetHealth, ...spelled } }
}

function opaque(listed: readonly ListedRecordSet[], what: string): AnyRecordSet {
  const { Name: name = '', Type: type = '' } = listed[0] ?? {}
  return { kind: 'opaque', name: canonicalName(name), type, what, extra: structuredClone(listed) }
}

function route53Of(set: AnyRecordSet): readonly Route53RecordSet[] {
  if (set.kind === 'opaque') return set.extra as readonly Route53RecordSet[]
  const { type: Type } = set
  const Name = escapedName(plainName(set.name))
  if (set.kind !== 'weighted') return [{ Name, Type, ...said(set) }]
  return set.members.map((member) => ({
    Name,
    Type,
    SetIdentifier: member.id,
    Weight: member.weight,
    ...said({ ...member, name: set.name, type: Type }),
  }))
}

/** What one answer says: values with a TTL, or an alias; and its health check. */
function said(
  answer: Omit<WeightedMember, 'id' | 'weight'> & Pick<RecordSet, 'name' | 'type'>,
): Omit<Route53RecordSet, 'Name' | 'Type'> {
  const { name, type, ttlSeconds, values, spelling, alias, extra } = answer
  const { healthCheckId } = (extra ?? {}) as { readonly healthCheckId?: string }
  const check = healthCheckId === undefined ? {} : { HealthCheckId: healthCheckId }
  if (alias) {
    const {
      hostedZoneId = '',
      evaluateTargetHealth = false,
      dnsName = alias.target,
    } = (alias.extra ?? {}) as {
      readonly hostedZoneId?: string
      readonly evaluateTargetHealth?: boolean
      readonly dnsName?: string
    }
    const AliasTarget = { HostedZoneId: hostedZoneId, DNSName: dnsName, EvaluateTargetHealth: evaluateTargetHealth }
    return { AliasTarget, ...check }
  }
  const wanted = recordValues(plainName(name), type, values ?? [])
  const raw = isSpellingOf(name, type, spelling, wanted) ? spelling : wanted.map(asListed(type))
  return {
    ...(ttlSeconds !== undefined && { TTL: ttlSeconds }),
    ResourceRecords: raw.map((Value) => ({ Value })),
    ...check,
  }
}

function isSpellingOf(
  name: string,
  type: RecordType,
  spelling: unknown,
  wanted: readonly string[],
): spelling is readonly string[] {
  if (!Array.isArray(spelling) || !spelling.every((value) => typeof value === 'string')) return false
  return sameValues(valuesOf(name, type, spelling) ?? [], wanted)
}

const asListed =
  (type: RecordType) =>
  (value: string): string =>
    type === 'TXT' ? quoted(value) : value

/** Do two sets have the same values, however they are spelled? */
function saysTheSame(a: Route53RecordSet, b: Route53RecordSet): boolean {
  const [one, other] = [a, b].map((set) =>
    valuesOf(
      canonicalName(set.Name),
      set.Type as RecordType,
      (set.ResourceRecords ?? []).map(({ Value }) => Value),
    ),
  )
  return one !== undefined && other !== undefined && sameValues(one, other)
}

/** Names in values carry octal escapes, as the names of records do. */
const decimalEscapes = (value: string): string =>
  value.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => `\\${String(Number.parseInt(octal, 8)).padStart(3, '0')}`)

const isThere = (set: ListedRecordSet, key: string): boolean => (set as Record<string, unknown>)[key] !== undefined

const isRecordType = (type: unknown): type is RecordType => recordTypes.some((each) => each === type)
