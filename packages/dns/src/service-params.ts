import { isIpv4, shortIpv6 } from './address.ts'
import { quoted, unquoted } from './character-string.ts'
import { refuseValue } from './value-error.ts'

/** What an HTTPS or SVCB record says about its target (RFC 9460 §7). */
export interface ServiceParams {
  /** Keys that a client must understand, each of which is present. */
  readonly mandatory?: readonly string[] | undefined
  /** Protocols, the preferred first: `['h3', 'h2']`. */
  readonly alpn?: readonly string[] | undefined
  /** Beside `alpn` alone. */
  readonly 'no-default-alpn'?: true | undefined
  readonly port?: number | undefined
  readonly ipv4hint?: readonly string[] | undefined
  /** Base64. */
  readonly ech?: string | undefined
  readonly ipv6hint?: readonly string[] | undefined
  /** Any other key by its number: its octets, one character for each. */
  readonly [key: `key${number}`]: string | undefined
}

/** RFC 9460 §14.3.2 */
const named: Readonly<Record<string, number>> = {
  mandatory: 0,
  alpn: 1,
  'no-default-alpn': 2,
  port: 3,
  ipv4hint: 4,
  ech: 5,
  ipv6hint: 6,
}

/** The number of a key, `undefined` for what is none: 65535 is reserved, and a key with a name is not written as a number. */
export function paramNumber(key: string): number | undefined {
  if (Object.hasOwn(named, key)) return named[key]
  const number = Number(/^key(0|[1-9]\d{0,4})$/.exec(key)?.[1] ?? Number.NaN)
  return number > 6 && number < 65_535 ? number : undefined
}

/** `1` → `'alpn'`, `667` → `'key667'`. */
export function paramKey(number: number): string {
  return Object.keys(named).find((key) => named[key] === number) ?? `key${number}`
}

/** The parameters in one form: keys by number, addresses in the shortest form. `at` leads the keys in errors. */
export function checkedParams(given: ServiceParams, at: string): ServiceParams {
  if (typeof given !== 'object' || given === null) return refuseValue(at, given, 'an object of parameters')
  const entries = Object.entries(given as Record<string, unknown>).filter(([, value]) => value !== undefined)
  const unknown = entries.find(([key]) => paramNumber(key) === undefined)
  if (unknown) refuseValue(at, unknown[0], `one of ${Object.keys(named).join(', ')}, or keyNNNNN from key7 to key65534`)
  const keys = entries.map(([key]) => key)
  const checked = entries.map(([key, value]) => [key, checkedParam(key, value, `${key} of ${at}`, keys)] as const)
  return Object.fromEntries(checked.sort(([a], [b]) => (paramNumber(a) ?? 0) - (paramNumber(b) ?? 0))) as ServiceParams
}

function checkedParam(key: string, value: unknown, at: string, keys: readonly string[]): unknown {
  switch (key) {
    case 'mandatory':
      return checkedMandatory(list(value, at), at, keys)
    case 'alpn':
      return list(value, at).map((id) => octets(id, at, 1, 255))
    case 'no-default-alpn':
      if (value !== true) return refuseValue(at, value, 'no value')
      return keys.includes('alpn') || refuseValue(at, value, 'alpn beside it (RFC 9460 §7.1.1)')
    case 'port':
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535) return value
      return refuseValue(at, value, 'a whole number from 0 to 65535')
    case 'ipv4hint':
      return list(value, at).map((each) => (isIpv4(each) ? each : refuseValue(at, each, 'IPv4 addresses')))
    case 'ipv6hint':
      return list(value, at).map((each) => shortIpv6(each) ?? refuseValue(at, each, 'IPv6 addresses'))
    case 'ech':
      if (typeof value === 'string' && isBase64(value)) return value
      return refuseValue(at, value, 'base64')
    default:
      return octets(value, at, 0, 65_535)
  }
}

/** Padded, and without bits that no octet has: one text for the same octets (RFC 4648 §3.5). */
const isBase64 = (text: string): boolean =>
  /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/][AQgw]==|[A-Za-z\d+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z\d+/]{4})$/.test(text)

function checkedMandatory(keys: readonly string[], at: string, present: readonly string[]): readonly string[] {
  for (const [place, key] of keys.entries()) {
    if (key === 'mandatory' || !present.includes(key)) refuseValue(at, key, 'keys of this record, without itself')
    if (keys.indexOf(key) !== place) refuseValue(at, key, 'each key once')
  }
  return [...keys].sort((a, b) => (paramNumber(a) ?? 0) - (paramNumber(b) ?? 0))
}

function list(value: unknown, at: string): readonly string[] {
  const isList = Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')
  return isList ? value : refuseValue(at, value, 'a list of texts that is not empty')
}

function octets(value: unknown, at: string, least: number, most: number): string {
  // oxlint-disable-next-line no-control-regex -- octets, whatever they are
  const isOctets = typeof value === 'string' && /^[\u0000-\u00ff]*$/.test(value)
  if (isOctets && value.length >= least && value.length <= most) return value
  return refuseValue(at, value, `${least} to ${most} octets`)
}

/** Reads `alpn="h2,h3" port=53`, field by field; `at` names the record in errors. */
export function parseParams(fields: readonly string[], at: string): ServiceParams {
  const params = new Map<string, unknown>()
  for (const field of fields) {
    const [, key = '', raw] = /^([a-z\d-]+)(?:=(.*))?$/is.exec(field) ?? []
    const name = key.toLowerCase()
    if (name === '') refuseValue(at, field, 'parameters such as alpn="h2"')
    if (params.has(name)) refuseValue(at, field, 'each parameter once')
    const value = raw === undefined ? '' : (unquoted(raw) ?? refuseValue(at, field, 'a text in quotes, or without'))
    params.set(name, parseParam(name, value, raw !== undefined, at))
  }
  return checkedParams(Object.fromEntries(params) as ServiceParams, at)
}

function parseParam(key: string, value: string, hasValue: boolean, at: string): unknown {
  switch (key) {
    case 'no-default-alpn':
      return hasValue ? value : true
    case 'port':
      return /^\d+$/.test(value) ? Number(value) : value
    case 'alpn':
      return splitList(value) ?? refuseValue(`alpn of ${at}`, value, 'protocols, parted by single commas')
    case 'mandatory':
    case 'ipv4hint':
    case 'ipv6hint':
      return value.split(',')
    default:
      return value
  }
}

/** RFC 9460 §A.1: commas part, `\,` and `\\` stand for themselves. */
function splitList(value: string): readonly string[] | undefined {
  if (!/^(?:[^\\]|\\[\\,])*$/s.test(value)) return undefined
  const items = ['']
  for (const [part] of value.matchAll(/\\?[\s\S]/g)) {
    if (part === ',') items.push('')
    else items.push(`${items.pop()}${part.slice(-1)}`)
  }
  return items
}

/** As `dig` prints it: `alpn="h2,h3" port=53`. */
export function paramsText(params: ServiceParams): string {
  return Object.entries(params as Record<string, unknown>)
    .map(paramText)
    .join(' ')
}

function paramText([key, value]: readonly [string, unknown]): string {
  switch (key) {
    case 'no-default-alpn':
      return key
    case 'alpn':
      return `alpn=${quoted((value as readonly string[]).map((id) => id.replaceAll(/[\\,]/g, '\\$&')).join(','))}`
    case 'mandatory':
    case 'ipv4hint':
    case 'ipv6hint':
      return `${key}=${(value as readonly string[]).join(',')}`
    case 'port':
    case 'ech':
      return `${key}=${String(value)}`
    default:
      return value === '' ? key : `${key}=${quoted(String(value))}`
  }
}
