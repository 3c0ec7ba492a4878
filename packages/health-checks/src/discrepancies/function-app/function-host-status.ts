import { CutoverError, knownOptions } from '@cutover/core'

import { refuseOption } from '../../health-error.ts'
import { asked, type SourceErrorCode } from '../../sources/service-error.ts'
import type { FunctionHost } from '../consumers-bound.ts'

export interface FunctionHostStatusOptions {
  /** `https://orders.azurewebsites.net` */
  readonly url: string
  /** Answers the app's master key; asked for at each ask, never shown. */
  readonly masterKey: () => Promise<string>
  /** `fetch`, or what has its form. */
  readonly fetch: (
    url: string,
    init: { readonly headers: Record<string, string>; readonly redirect: 'manual'; readonly signal?: AbortSignal },
  ) => Promise<{ readonly status: number; json(): Promise<unknown> }>
}

/**
 * What the Functions host says of itself at `/admin/host/status`, for `status` of `functionAppHost`: `Running`, and the listeners that
 * did not start, which no listing shows.
 *
 * It is one instance's word: behind its balancer the next may say otherwise.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; the function rejects with a `SourceErrorCode`.
 */
export function functionHostStatus(options: FunctionHostStatusOptions): NonNullable<FunctionHost['status']> {
  knownOptions(options, ['url', 'masterKey', 'fetch'], 'HEALTH_OPTIONS_INVALID', 'functionHostStatus')
  const { url, masterKey, fetch } = options
  if (!URL.canParse(url) || !/^https?:/.test(url)) refuseOption('url', url, 'an absolute http or https URL')
  if (typeof masterKey !== 'function') refuseOption('masterKey', 'another', 'a function that answers it')
  if (typeof fetch !== 'function') refuseOption('fetch', fetch, 'fetch, or what has its form')
  const { origin, host } = new URL(url)
  const what = `ask the Functions host at ${host}`

  return async ({ signal } = {}) => {
    const attempt = { what, action: 'Microsoft.Web/sites/host/listkeys/action, for the master key' }
    const { status, body } = await asked(attempt, signal, async () => {
      const headers = { 'x-functions-key': await masterKey() }
      const init = { headers, redirect: 'manual' as const, ...(signal === undefined ? {} : { signal }) }
      const answer = await fetch(`${origin}/admin/host/status`, init)
      return { status: answer.status, body: answer.status === 200 ? await answer.json() : undefined }
    })
    if (status !== 200) {
      const refused = status === 401 || status === 403
      const code: SourceErrorCode = refused ? 'HEALTH_NOT_AUTHORIZED' : 'HEALTH_SOURCE_UNAVAILABLE'
      throw new CutoverError(code, `could not ${what}: it answered ${status}`, { retryable: !refused })
    }
    const { state, errors } = Object(body) as { readonly state?: unknown; readonly errors?: unknown }
    return {
      state: typeof state === 'string' ? state : 'unknown',
      errors: Array.isArray(errors) ? errors.map(String) : [],
    }
  }
}
