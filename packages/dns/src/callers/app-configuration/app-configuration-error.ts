import { CutoverError, isCutoverError } from '@cutover/core'

import type { EndpointErrorCode } from '../endpoint-error-code.ts'

/** Calls at once, so that what was done directly before is in the same turn. `undefined`: there is no such setting. */
export async function asked<T>(
  what: string,
  signal: AbortSignal | undefined,
  call: (options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call(signal === undefined ? {} : { abortSignal: signal })
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isCutoverError(error)) throw error
    const { statusCode, message } = Object(error) as { readonly statusCode?: unknown; readonly message?: unknown }
    if (statusCode === 404) return undefined
    throw translated(error, typeof statusCode === 'number' ? statusCode : 0, what, firstLine(message))
  }
}

/** An answer without a body has no message. */
const firstLine = (message: unknown): string =>
  typeof message === 'string' && message !== '' ? (message.split('\n')[0] ?? '') : 'no message'

function translated(cause: unknown, status: number, what: string, said: string): CutoverError {
  const make = (
    code: EndpointErrorCode,
    why: string,
    { retryable = false, next }: { readonly retryable?: boolean; readonly next?: string } = {},
  ): CutoverError =>
    new CutoverError(code, `could not ${what}: ${why}`, { cause, retryable, ...(next !== undefined && { next }) })
  switch (true) {
    case status === 412:
      return make('DNS_CONFLICT', 'somebody else wrote first; nothing was written (412)')
    case status === 401:
      return make('DNS_NOT_AUTHORIZED', 'the credentials are not accepted (401)', { next: 'Check: az account show' })
    case status === 403:
      return make('DNS_NOT_AUTHORIZED', `${said} (403)`, {
        next: 'Allow the role App Configuration Data Owner on the store.',
      })
    case status === 409:
      return make('DNS_CHANGE_REJECTED', 'the setting is locked (409)', { next: 'Unlock: az appconfig kv unlock' })
    case status >= 400 && status < 500 && status !== 408 && status !== 429:
      return make('DNS_CHANGE_REJECTED', `${said} (${status})`)
    default:
      return make('DNS_UNAVAILABLE', status === 0 ? `no answer: ${said}` : `App Configuration is busy (${status})`, {
        retryable: true,
      })
  }
}
