import { CutoverError, isCutoverError } from '@cutover/core'

import type { SendOptions } from './web-apps-like.ts'

/** What was tried, for the message and for `next`. */
export interface Attempt {
  /** `read the settings of app orders` */
  readonly what: string
  /** `Microsoft.Web/sites/config/list/action` */
  readonly operation: string
}

/** What a `RestError` has; each may be missing. */
interface Refusal {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly statusCode?: unknown
}

/**
 * Calls at once, so that what was done directly before is in the same turn.
 *
 * @param isFine Statuses that mean success although the SDK rejects.
 */
export async function asked<T>(
  attempt: Attempt,
  signal: AbortSignal | undefined,
  call: (options: SendOptions) => Promise<T>,
  isFine?: (status: number | undefined) => boolean,
): Promise<T | undefined> {
  let status: number | undefined
  const options: SendOptions = {
    ...(signal === undefined ? {} : { abortSignal: signal }),
    onResponse: (response) => {
      ;({ status } = response)
    },
  }
  try {
    return await call(options)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isCutoverError(error)) throw error
    const refusal = (typeof error === 'object' && error !== null ? error : {}) as Refusal
    const known = typeof refusal.statusCode === 'number' ? refusal.statusCode : status
    if (isFine?.(known)) return undefined
    throw translated(error, refusal, known, attempt)
  }
}

/** `status` is what the service answered, also where the SDK could not read it: an error without a body is a TypeError there. */
function translated(
  error: unknown,
  { code, message }: Refusal,
  status: number | undefined,
  attempt: Attempt,
): CutoverError {
  const could = `could not ${attempt.what}`
  const first = String(typeof message === 'string' && message !== '' ? message : error).split('\n')[0]
  const isUnread = error instanceof TypeError && status !== undefined
  const said = isUnread ? `status ${status} without a body` : typeof code === 'string' ? `${code}: ${first}` : first
  const cause = error
  if (status === 401 || status === 403) {
    const next = status === 401 ? 'Check: az account show' : `Allow ${attempt.operation}`
    return new CutoverError('TRIGGERS_NOT_AUTHORIZED', `${could}: ${said}`, { cause, next })
  }
  if (status === 404) return new CutoverError('TRIGGERS_NOT_FOUND', `${could}: ${said}`, { cause })
  if (status === 409) {
    return new CutoverError('TRIGGERS_BUSY', `${could}: Azure works on it: ${said}`, { cause, retryable: true })
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return new CutoverError('TRIGGERS_REJECTED', `${could}: ${said}`, { cause })
  }
  const why = status === undefined ? 'no answer' : 'Azure is busy'
  return new CutoverError('TRIGGERS_UNAVAILABLE', `${could}: ${why}: ${said}`, { cause, retryable: true })
}
