import { canonicalName } from '../route53/domain-name.ts'
import { invalidBatch, serviceError } from './route53-errors.ts'

/** Any record set of Route 53, also those that the adapter refuses. */
export interface AnyRecordSet {
  readonly Name: string
  readonly Type: string
  readonly TTL?: number | undefined
  readonly ResourceRecords?: readonly { readonly Value: string }[] | undefined
  readonly SetIdentifier?: string | undefined
  readonly Weight?: number | undefined
  readonly HealthCheckId?: string | undefined
  readonly AliasTarget?:
    | { readonly HostedZoneId: string; readonly DNSName: string; readonly EvaluateTargetHealth: boolean }
    | undefined
  readonly Region?: string | undefined
  readonly Failover?: string | undefined
  readonly MultiValueAnswer?: boolean | undefined
  readonly GeoLocation?: object | undefined
}

export interface AnyChange {
  readonly Action: 'CREATE' | 'DELETE' | 'UPSERT'
  readonly ResourceRecordSet: AnyRecordSet
}

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
const mostRecords = 1_000
const mostCharacters = 32_000
export function checkLimits(changes: readonly AnyChange[]): void {
  let records = 0
  let characters = 0
  for (const { Action: action, ResourceRecordSet: set } of changes) {
    const values = (set.ResourceRecords ?? []).map(({ Value }) => Value)
    const times = action === 'UPSERT' ? 2 : 1
    records += times * values.length
    characters += times * values.join('').length
  }
  if (records > mostRecords) throw invalidBatch(`Number of records limit of ${mostRecords} exceeded.`)
  if (characters > mostCharacters) throw invalidBatch(`Number of characters limit of ${mostCharacters} exceeded.`)
  if (changes.length === 0) throw serviceError('InvalidInput', 'Invalid XML: Changes must not be empty')
}

export function checkShape(action: string, set: AnyRecordSet): void {
  const plain = set.TTL !== undefined && (set.ResourceRecords ?? []).length > 0
  if (plain !== (set.AliasTarget !== undefined)) return
  throw serviceError(
    'InvalidInput',
    `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], ` +
      `in Change with [Action=${action}, Name=${set.Name}, Type=${set.Type}, SetIdentifier=${set.SetIdentifier ?? 'null'}]`,
  )
}

export function checkValues(set: AnyRecordSet): void {
  const values = (set.ResourceRecords ?? []).map(({ Value }) => Value)
  if (set.TTL !== undefined && !(Number.isInteger(set.TTL) && set.TTL >= 0 && set.TTL <= 2_147_483_647)) {
    throw serviceError(
      'InvalidInput',
      `1 validation error detected: Value '${set.TTL}' at 'tTL' failed to satisfy constraint`,
    )
  }
  if (set.Type === 'CNAME' && values.length > 1) throw invalidBatch('A CNAME record set has one value')
  for (const [place, value] of values.entries()) {
    if (values.indexOf(value) !== place) throw invalidBatch(`Duplicate Resource Record: '${value}'`)
    if (set.Type === 'A' && !isIpv4(value)) bad('ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)', value)
    if (set.Type === 'AAAA' && !URL.canParse(`http://[${value}]/`))
      bad('AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)', value)
    if (set.Type !== 'TXT') continue
    if (value.length > 4_000) bad('TXTRDATATooLong (Value is longer than 4000 characters)', `${value.slice(0, 20)}…`)
    if (!/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/.test(value)) {
      bad('InvalidCharacterString (Value should be enclosed in quotation marks)', value)
    }
    for (const [, string = ''] of value.matchAll(/"((?:[^"\\]|\\.)*)"/g)) {
      const length = string.replace(/\\(?:[0-3][0-7]{2}|.)/g, '.').length
      if (length > 255) bad('CharacterStringTooLong (Value is too long)', `${string.slice(0, 20)}…`)
    }
  }
}

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-weighted.html */
function checkWeight(set: AnyRecordSet, others: readonly AnyRecordSet[]): void {
  const { Weight: weight } = set
  if (weight === undefined) return
  if (set.SetIdentifier === undefined) {
    throw serviceError('InvalidInput', 'Invalid request: Missing field SetIdentifier in Change with Weight')
  }
  if (!Number.isInteger(weight) || weight < 0 || weight > 255) {
    throw serviceError(
      'InvalidInput',
      `1 validation error detected: Value '${weight}' at 'weight' failed to satisfy constraint: Member must be between 0 and 255`,
    )
  }
  if ((set.ResourceRecords?.length ?? 1) !== 1) throw invalidBatch('A weighted record set has one ResourceRecord')
  const odd = others.find((other) => other.TTL !== undefined && set.TTL !== undefined && other.TTL !== set.TTL)
  if (odd) throw invalidBatch(`RRSet with DNS name ${set.Name} has TTL ${set.TTL}, its siblings have ${odd.TTL}`)
  if (others.length >= 100) throw invalidBatch('Number of weighted records limit of 100 exceeded.')
}

export function checkNeighbours(zone: string, set: AnyRecordSet, present: readonly AnyRecordSet[]): void {
  const name = canonicalName(set.Name)
  const others = present.filter((other) => canonicalName(other.Name) === name && keyOf(other) !== keyOf(set))
  const what = `RRSet of type ${set.Type} with DNS name ${name}. is not permitted`
  if (set.Type === 'CNAME' && name === zone) throw invalidBatch(`${what} at apex in zone ${zone}.`)
  if (set.Type === 'CNAME' && others.some(({ Type }) => Type !== 'CNAME')) {
    throw invalidBatch(`${what} as it conflicts with other records with the same DNS name in zone ${zone}.`)
  }
  if (set.Type !== 'CNAME' && others.some(({ Type }) => Type === 'CNAME')) {
    throw invalidBatch(
      `${what} because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${zone}.`,
    )
  }
  const siblings = others.filter(({ Type }) => Type === set.Type)
  checkWeight(set, siblings)
  if (set.Weight !== undefined && siblings.some(({ Weight }) => Weight === undefined)) {
    throw invalidBatch(`${what} as RRSets of one name and type have one routing policy`)
  }
  if (others.some((other) => other.Type === set.Type && !(other.SetIdentifier && set.SetIdentifier))) {
    throw invalidBatch(
      `${what} as a simple RRSet and one with a set identifier of the same name and type exclude each other`,
    )
  }
}

function bad(problem: string, value: string): never {
  throw invalidBatch(`Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`)
}

export const keyOf = (set: AnyRecordSet): string =>
  [canonicalName(set.Name), set.Type, set.SetIdentifier ?? ''].join(' ')

const isIpv4 = (value: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(value) && value.split('.').every((part) => Number(part) <= 255)
