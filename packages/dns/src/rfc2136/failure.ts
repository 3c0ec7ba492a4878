import { CutoverError } from '@cutover/core'

import { rcodeName, tsigErrorName } from './registry.ts'

/** Where a DNS server listens, over TCP and UDP. */
export interface Endpoint {
  /** An address, or a name that the machine's resolver knows. */
  readonly server: string
  readonly port: number
}

/** `127.0.0.1:53`, `[::1]:53`. */
export function shown({ server, port }: Endpoint): string {
  return server.includes(':') ? `[${server}]:${port}` : `${server}:${port}`
}

/** No answer, or none that says anything about the record: never to be taken for "no such record". */
export function unavailable(
  at: Endpoint,
  what: string,
  options: { readonly cause?: unknown; readonly retryable?: boolean; readonly next?: string | undefined } = {},
): CutoverError<'DNS_UNAVAILABLE'> {
  return new CutoverError('DNS_UNAVAILABLE', `${shown(at)} ${what}`, { retryable: true, ...options })
}

/** The server does not accept us, or we do not accept its answer. */
export function notAuthorized(at: Endpoint, what: string, next: string): CutoverError<'DNS_NOT_AUTHORIZED'> {
  return new CutoverError('DNS_NOT_AUTHORIZED', `${shown(at)} ${what}`, { next })
}

/** The server refuses the update as such. */
export function rejected(at: Endpoint, what: string, next?: string): CutoverError<'DNS_CHANGE_REJECTED'> {
  return new CutoverError('DNS_CHANGE_REJECTED', `${shown(at)} ${what}`, { next })
}

/** What a `tsigError` in an answer says to the operator (RFC 8945 §5.3). */
export function tsigRefused(
  at: Endpoint,
  error: number,
  { keyName, algorithm, skewSeconds }: { keyName: string; algorithm: string; skewSeconds?: number | undefined },
): CutoverError<'DNS_NOT_AUTHORIZED'> {
  const name = tsigErrorName(error)
  const next: Readonly<Record<string, string>> = {
    BADKEY: `Compare the key's name and algorithm (${keyName}, ${algorithm}) with the server's key statement.`,
    BADSIG: `Compare the secret of ${keyName} with the server's key statement: the two differ.`,
    BADTIME: 'Set both clocks (NTP): a signature is valid for a short time only.',
  }
  const skew = skewSeconds === undefined ? '' : `; its clock is ${Math.abs(skewSeconds)} s ${ahead(skewSeconds)} ours`
  return notAuthorized(
    at,
    `does not accept the signature of key ${keyName}: ${name}${skew}`,
    next[name] ?? `Compare the key ${keyName} with the server's key statement.`,
  )
}

const ahead = (seconds: number): string => (seconds > 0 ? 'ahead of' : 'behind')

/** What an RCODE says that answers no query: an error, never an absence. */
export function queryFailed(at: Endpoint, question: string, code: number): CutoverError {
  const name = rcodeName(code)
  if (name === 'NOTAUTH') {
    return notAuthorized(at, `answered NOTAUTH to ${question}`, 'Ask the server that is authoritative for the zone.')
  }
  const next = name === 'REFUSED' ? 'Check that this server has the zone, and its allow-query.' : undefined
  return unavailable(at, `answered ${name} to ${question}`, { next })
}
