import { CutoverError, isCutoverError } from '@cutover/core'

import type { SendOptions } from './app-service-like.ts'

/**
 * Every code of `bindHostName` and of its steps.
 *
 * - `DNS_OPTION_INVALID`: bad input, before anything is read or written.
 * - `DNS_SITE_NOT_FOUND`: no such app, or it tells no verification id.
 * - `DNS_BINDING_NOT_FOUND`: the app has no such host name, and the step makes none.
 * - `DNS_BINDING_FOREIGN`: the host name or the certificate is neither as found nor as intended, and is not overwritten.
 * - `DNS_HOST_NAME_UNVERIFIED`: App Service does not see the TXT record `asuid.<name>` yet; retryable.
 * - `DNS_CHANGE_REJECTED`: App Service refuses; nothing was written.
 * - `DNS_NOT_AUTHORIZED`, `DNS_UNAVAILABLE`: as everywhere in this package.
 */
export type AppServiceErrorCode =
  | 'DNS_OPTION_INVALID'
  | 'DNS_SITE_NOT_FOUND'
  | 'DNS_BINDING_NOT_FOUND'
  | 'DNS_BINDING_FOREIGN'
  | 'DNS_HOST_NAME_UNVERIFIED'
  | 'DNS_CHANGE_REJECTED'
  | 'DNS_NOT_AUTHORIZED'
  | 'DNS_UNAVAILABLE'

/** What was tried, for the message and for `next`. */
export interface Attempt {
  /** `bind api.example.com to app orders` */
  readonly what: string
  /** `Microsoft.Web/sites/hostNameBindings/write` */
  readonly operation: string
  /** A write of something new: 404 says that what it needs is not there. */
  readonly creates?: boolean | undefined
}

/** Calls at once, so that what was done directly before is in the same turn. `undefined`: there is no such thing. */
export async function asked<T>(
  attempt: Attempt,
  signal: AbortSignal | undefined,
  call: (options: SendOptions) => Promise<T>,
): Promise<T | undefined> {
  let heard: { readonly status?: number; readonly parsedBody?: unknown } = {}
  const options: SendOptions = {
    ...(signal === undefined ? {} : { abortSignal: signal }),
    onResponse: (response) => {
      if (response.status >= 400) heard = response
    },
  }
  try {
    return await call(options)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isCutoverError(error)) throw error
    const { statusCode, message } = Object(error) as { readonly statusCode?: unknown; readonly message?: unknown }
    const status = typeof statusCode === 'number' ? statusCode : heard.status
    if (status === 404 && !attempt.creates) return undefined
    throw translated(
      error,
      status,
      sentence(heard.parsedBody) ?? String(message ?? error).split('\n')[0] ?? '',
      attempt,
    )
  }
}

/** App Service says `Message`, Resource Manager `error.message`. */
function sentence(body: unknown): string | undefined {
  const { Message, error } = Object(body) as { readonly Message?: unknown; readonly error?: unknown }
  const said = Message ?? (Object(error) as { readonly message?: unknown }).message
  return typeof said === 'string' && said !== '' ? said : undefined
}

function translated(
  cause: unknown,
  status: number | undefined,
  said: string,
  { what, operation }: Attempt,
): CutoverError {
  const make = (
    code: AppServiceErrorCode,
    why: string,
    { retryable = false, next }: { readonly retryable?: boolean; readonly next?: string } = {},
  ): CutoverError =>
    new CutoverError(code, `could not ${what}: ${why}`, { cause, retryable, ...(next !== undefined && { next }) })
  if (status === 401) return make('DNS_NOT_AUTHORIZED', said, { next: 'Check: az account show' })
  if (status === 403) return make('DNS_NOT_AUTHORIZED', said, { next: `Allow ${operation}` })
  if (status === 400 && /TXT record .*was not found/.test(said)) {
    return make('DNS_HOST_NAME_UNVERIFIED', said, {
      retryable: true,
      next: "Wait for the zone's negative TTL, since its resolver may remember that there was none, then run it again.",
    })
  }
  if (status === 409 && /another operation is in progress/i.test(said)) {
    return make('DNS_UNAVAILABLE', `Azure works on it: ${said}`, { retryable: true })
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    const next = /key ?vault/i.test(said)
      ? {
          next: 'Let the service principal "Microsoft Azure App Service" (abfa0a7c-a6b6-4736-8310-5855508787cd) read the vault: role Key Vault Certificate User.',
        }
      : {}
    return make('DNS_CHANGE_REJECTED', said, next)
  }
  return make('DNS_UNAVAILABLE', `${status === undefined ? 'no answer' : 'Azure is busy'}: ${said}`, {
    retryable: true,
  })
}
