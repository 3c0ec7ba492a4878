import { isIpv4, shortIpv6 } from './address.ts'
import { fieldsOf, quoted, unquoted } from './character-string.ts'
import { dnsName } from './dns-name.ts'
import { lowerCase } from './name-labels.ts'
import type { CaaData, MxData, RecordDataOf, ServiceData, SrvData } from './record-data.ts'
import { checkedParams, paramsText, parseParams } from './service-params.ts'
import { refuseValue } from './value-error.ts'

interface Format<Data> {
  /** Reads the fields; what they hold is looked at by `checked`. */
  parsed(value: string, at: string): Data
  /** In the one form that is compared. */
  checked(data: Data, at: string): Data
  text(data: Data): string
}

export type RecordFormats = { readonly [Type in keyof RecordDataOf]: Format<RecordDataOf[Type]> }

/** RFC 1035 §3.2.1: the length of one record's data is a number of 16 bits; a TXT text takes one more octet per 255. */
const longestText = 65_279

const itself = (checked: (value: string, at: string) => string): Format<string> => ({
  parsed: (value) => value,
  checked: (value, at) => (typeof value === 'string' ? checked(value, at) : refuseValue(at, value, 'a text')),
  text: (value) => value,
})

const mx: Format<MxData> = {
  parsed(value, at) {
    const [preference, exchange] = fields(value, at, ['preference', 'exchange'], '10 mail.example.com')
    return { preference: numberOf(preference, `preference of ${at}`), exchange }
  },
  checked: ({ preference, exchange }, at) => ({
    preference: number(preference, `preference of ${at}`, 0xffff),
    exchange: nameOrRoot(exchange, `exchange of ${at}`),
  }),
  text: ({ preference, exchange }) => `${preference} ${exchange}`,
}

const srv: Format<SrvData> = {
  parsed(value, at) {
    const names = ['priority', 'weight', 'port', 'target'] as const
    const [priority, weight, port, target] = fields(value, at, names, '0 5 443 api.example.com')
    return {
      priority: numberOf(priority, `priority of ${at}`),
      weight: numberOf(weight, `weight of ${at}`),
      port: numberOf(port, `port of ${at}`),
      target,
    }
  },
  checked: ({ priority, weight, port, target }, at) => ({
    priority: number(priority, `priority of ${at}`, 0xffff),
    weight: number(weight, `weight of ${at}`, 0xffff),
    port: number(port, `port of ${at}`, 0xffff),
    target: nameOrRoot(target, `target of ${at}`),
  }),
  text: ({ priority, weight, port, target }) => `${priority} ${weight} ${port} ${target}`,
}

const caa: Format<CaaData> = {
  parsed(value, at) {
    const [flags, tag, raw] = fields(value, at, ['flags', 'tag', 'value'], '0 issue "ca.example.net"')
    const octets = unquoted(raw) ?? refuseValue(`value of ${at}`, raw, 'a text in quotes, others than ASCII escaped')
    return { flags: numberOf(flags, `flags of ${at}`), tag, value: octets }
  },
  checked({ flags, tag, value }, at) {
    number(flags, `flags of ${at}`, 0xff)
    if (typeof tag !== 'string' || !/^[a-z\d]{1,255}$/i.test(tag)) {
      refuseValue(`tag of ${at}`, tag, 'letters and digits, such as issue')
    }
    // oxlint-disable-next-line no-control-regex -- octets, whatever they are
    if (typeof value !== 'string' || !/^[\u0000-\u00ff]{0,65000}$/.test(value)) {
      refuseValue(`value of ${at}`, value, 'at most 65000 octets')
    }
    return { flags, tag: lowerCase(tag), value }
  },
  text: ({ flags, tag, value }) => `${flags} ${tag} ${quoted(value)}`,
}

const service: Format<ServiceData> = {
  parsed(value, at) {
    const [priority, target, ...params] = fields(value, at, ['priority', 'target', '…'], '1 . alpn="h2"')
    return { priority: numberOf(priority, `priority of ${at}`), target, params: parseParams(params, `params of ${at}`) }
  },
  checked({ priority, target, params }, at) {
    const checked = checkedParams(params, `params of ${at}`)
    if (priority === 0 && Object.keys(checked).length > 0) {
      refuseValue(`params of ${at}`, checked, 'none beside priority 0, which is an alias (RFC 9460 §2.4.2)')
    }
    return {
      priority: number(priority, `priority of ${at}`, 0xffff),
      target: nameOrRoot(target, `target of ${at}`),
      params: checked,
    }
  },
  text: ({ priority, target, params }) => `${priority} ${target} ${paramsText(params)}`.trimEnd(),
}

/** How each type's values are read, looked at and written. */
export const recordFormats: RecordFormats = {
  A: itself((value, at) => (isIpv4(value) ? value : refuseValue(at, value, 'an IPv4 address such as 192.0.2.1'))),
  AAAA: itself((value, at) => shortIpv6(value) ?? refuseValue(at, value, 'an IPv6 address such as 2001:db8::1')),
  CNAME: itself(dnsName),
  NS: itself(dnsName),
  TXT: itself((value, at) => {
    if (!value.isWellFormed()) refuseValue(at, value, 'a text without half of a surrogate pair')
    if (new TextEncoder().encode(value).length <= longestText) return value
    return refuseValue(at, value, `a text of at most ${longestText} octets`)
  }),
  MX: mx,
  SRV: srv,
  CAA: caa,
  HTTPS: service,
  SVCB: service,
}

/** As many fields as there are names; `…` stands for any number more. */
function fields<const Names extends readonly string[]>(
  value: string,
  at: string,
  names: Names,
  example: string,
): readonly string[] & { readonly [Place in keyof Names]: string } {
  const found = fieldsOf(value) ?? []
  const isOpen = names.at(-1) === '…'
  if (isOpen ? found.length >= names.length - 1 : found.length === names.length) return found as never
  return refuseValue(at, value, `${names.join(', ')} such as ${example}`)
}

const numberOf = (field: string, at: string): number =>
  /^\d+$/.test(field) ? Number(field) : refuseValue(at, field, 'a whole number')

function number(value: number, at: string, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  return refuseValue(at, value, `a whole number from 0 to ${most}`)
}

const nameOrRoot = (name: string, at: string): string => (name === '.' ? name : dnsName(name, at))
