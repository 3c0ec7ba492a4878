import { refuseOption } from './health-error.ts'
import type { HttpMethod, HttpRequest } from './http-transport.ts'

export interface ProbeTarget {
  /** With the real name: `https://api.example.com/health`. Its query is sent, and never printed: function keys travel there. */
  readonly url: string
  /** Connects here, an IP address or a host name, instead of resolving the URL's host. */
  readonly address?: string | undefined
  /** Connects to this port; Host and SNI stay as they are. @default the URL's */
  readonly port?: number | undefined
  /** @default 'GET' */
  readonly method?: HttpMethod | undefined
  /** Sent with the request; their values are never printed. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** PEM certificates of a private CA, trusted instead of the machine's. */
  readonly ca?: string | readonly string[] | undefined
}

export interface Target {
  readonly request: HttpRequest
  /** `https://api.example.com/health`, without the query. */
  readonly shownUrl: string
  /** `20.50.2.1:443` */
  readonly asked: string
  /** `text` without what was sent in headers and query: a server may echo it. */
  readonly redact: (text: string) => string
}

/** A body longer than this is not read to its end. */
const maxBodyBytes = 1_048_576

/** @throws CutoverError `HEALTH_OPTIONS_INVALID` naming the field; never with a secret. */
export function probeTarget({ url, address, port, method = 'GET', headers = {}, ca }: ProbeTarget): Target {
  if (typeof url !== 'string') refuseOption('url', url, 'an absolute http or https URL')
  if (!URL.canParse(url))
    refuseOption('url', url.replace(/\?.*$/s, '?…').replace(/\/\/.*@/s, '//…@'), 'an absolute http or https URL')
  const { protocol, host, hostname, port: ownPort, pathname, search, searchParams, username, password } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') refuseOption('url', `${protocol}…`, 'an http or https URL')
  if (username !== '' || password !== '')
    refuseOption('url', 'one with a password', 'that in headers, which are never printed')
  if (!['GET', 'HEAD', 'OPTIONS'].includes(method))
    refuseOption('method', method, 'GET, HEAD or OPTIONS: a check changes nothing')
  checkWhere({ address, port, ca })
  if (typeof headers !== 'object' || headers === null) refuseOption('headers', 'not an object', '{ name: value }')
  const checked = checkedHeaders(headers)
  const secure = protocol === 'https:'
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const connectTo = address ?? name
  const connectPort = port ?? (ownPort === '' ? (secure ? 443 : 80) : Number(ownPort))
  const sent = [
    ...Object.values(headers).flatMap((value) => [value, value.split(' ').at(-1) ?? '']),
    ...searchParams.values(),
    ...search.split(/[?&]/).map((pair) => pair.replace(/^[^=]*=/, '')),
  ]
  return {
    request: {
      method,
      secure,
      name,
      address: connectTo,
      port: connectPort,
      path: `${pathname}${search}`,
      headers: { 'user-agent': '@cutover/health-checks', ...checked, host },
      ca,
      maxBodyBytes,
    },
    shownUrl: `${protocol}//${host}${pathname}`,
    asked: shownAddress(connectTo, connectPort),
    redact: redacting(sent),
  }
}

/** `20.50.2.1:443`, `[fd00::1]:443`. */
export const shownAddress = (address: string, port: number): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`

/** Where a connection goes, and whom it trusts. */
export function checkWhere({ address, port, ca }: Pick<ProbeTarget, 'address' | 'port' | 'ca'>): void {
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    refuseOption('port', port, 'a whole number from 1 to 65535')
  }
  if (address !== undefined) checkAddress(address)
  if (
    ca !== undefined &&
    ![ca].flat().every((pem) => typeof pem === 'string' && pem.includes('-----BEGIN CERTIFICATE-----'))
  ) {
    refuseOption('ca', 'without a certificate', 'PEM text (-----BEGIN CERTIFICATE-----…), not a path')
  }
}

/** The longest first, so that no rest of it stays. Shorter than four characters is no secret, and would blot out everything. */
export function redacting(sent: readonly string[]): (text: string) => string {
  const secrets = sent.filter(({ length }) => length >= 4).sort((a, b) => b.length - a.length)
  return (text) => secrets.reduce((left, secret) => left.replaceAll(secret, '[sent]'), text)
}

function checkAddress(address: unknown): void {
  if (typeof address !== 'string')
    return refuseOption('address', address, 'an IP address (without brackets) or a host name')
  if (/^[^:]+:\d+$/.test(address)) refuseOption('address', address, 'an address alone, and the port in port')
  if (!/^[\w.:%-]+$/.test(address)) refuseOption('address', address, 'an IP address (without brackets) or a host name')
}

function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    if (lower === 'host') refuseOption('headers', 'one with Host', 'the real name in url')
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) refuseOption('headers', name, 'the name of an HTTP header')
    if (typeof value !== 'string') refuseOption(`headers.${name}`, 'not a text', 'one line of Latin-1 text')
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      refuseOption(`headers.${name}`, 'not printable', 'one line of Latin-1 text')
    checked[lower] = value
  }
  return checked
}
