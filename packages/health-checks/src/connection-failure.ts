import type { HttpFailure } from './http-transport.ts'

/** What this machine or the way there says; the address itself said nothing. */
const ofTheWay = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'ETIMEDOUT',
])

/**
 * What a connection's error says; `stands`: it was taken before.
 *
 * A name with several addresses is refused when each that could be asked refuses: a machine without IPv6 cannot ask there.
 * One that stays silent may yet serve.
 */
export function connectionFailure(error: unknown, stands: boolean): HttpFailure {
  const codes = error instanceof AggregateError ? error.errors.map(codeOf) : [codeOf(error)]
  const said = codes.filter((code) => !ofTheWay.has(code))
  if (said.length === 0) return { kind: 'unreachable', text: `could not be reached (${codes.join(', ')})` }
  if (stands) return { kind: 'broken', text: `took the connection and broke it (${codes.join(', ')})` }
  return said.every((code) => code === 'ECONNREFUSED') && !codes.includes('ETIMEDOUT')
    ? { kind: 'refused', text: 'refused the connection: nobody listens there' }
    : { kind: 'unreachable', text: `could not be reached (${codes.join(', ')})` }
}

/** Node's code of an error, or its message; TLS sometimes gives the code alone. */
export function codeOf(error: unknown): string {
  if (typeof error === 'string') return error
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  return typeof code === 'string' ? code : String(message)
}
