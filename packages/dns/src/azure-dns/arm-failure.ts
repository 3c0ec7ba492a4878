import { CutoverError, isCutoverError } from '@cutover/core'

import type { SendOptions } from './azure-dns-like.ts'

/**
 * - `DNS_CONFLICT`: the authority does not have what was expected; nothing was written by this request.
 * - `DNS_CHANGE_REJECTED`: the record is not allowed there, or a lock stands on it; nothing was written.
 * - `DNS_UNAVAILABLE`: throttled, busy, or no answer; retryable, and a write may have happened.
 * - `DNS_NOT_AUTHORIZED`: a permission or valid credentials are missing; `next` names the operation.
 * - `DNS_ZONE_NOT_FOUND`: no zone, or profile, has that name in that resource group.
 * - `DNS_OPTION_INVALID`: an option of the factory.
 */
export type ArmErrorCode =
  | 'DNS_CONFLICT'
  | 'DNS_CHANGE_REJECTED'
  | 'DNS_UNAVAILABLE'
  | 'DNS_NOT_AUTHORIZED'
  | 'DNS_ZONE_NOT_FOUND'
  | 'DNS_OPTION_INVALID'

/** What was tried, for the message and for `next`. */
export interface Attempt {
  /** `change api CNAME in zone example.com` */
  readonly what: string
  /** `Microsoft.Network/dnsZones/CNAME/write` */
  readonly operation: string
  /** Which 404 is an answer: one with this code. */
  readonly absent?: string | undefined
}

/** What a `RestError` has; each may be missing. */
interface Refusal {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly statusCode?: unknown
  readonly response?: { readonly headers?: { get?(name: string): unknown } | undefined } | undefined
}

/** How a record is refused that cannot stand beside another. Any other 409 is somebody else's work in progress. */
const standsBeside = /same name already exists/i

/** Calls at once, so that what was done directly before is in the same turn; `undefined` for what is absent. */
export async function asked<T>(
  attempt: Attempt,
  signal: AbortSignal | undefined,
  call: (options: SendOptions) => Promise<T>,
): Promise<{ readonly answer: T; readonly status: number | undefined } | undefined> {
  let status: number | undefined
  const options: SendOptions = {
    ...(signal === undefined ? {} : { abortSignal: signal }),
    onResponse: (response) => {
      ;({ status } = response)
    },
  }
  try {
    return { answer: await call(options), status }
  } catch (error) {
    const refusal = refusalOf(error)
    const isAbsent = attempt.absent !== undefined && refusal.code === attempt.absent && refusal.statusCode === 404
    if (isAbsent && !signal?.aborted) return undefined
    throw translated(error, attempt, signal, status)
  }
}

/** An SDK's error as ours; an error of ours, and an abort, unchanged. `seen` is the status, where the SDK did not tell it. */
export function translated(error: unknown, attempt: Attempt, signal: AbortSignal | undefined, seen?: number): unknown {
  if (signal?.aborted) return signal.reason
  if (isCutoverError(error)) return error
  const refusal = refusalOf(error)
  const status = typeof refusal.statusCode === 'number' ? refusal.statusCode : seen
  const said = sentence(refusal, error, status)
  const could = `could not ${attempt.what}`
  if (typeof refusal.name === 'string' && /Credential|Authentication/.test(refusal.name)) {
    // What a credential says may repeat what it was given: neither it nor its error are passed on.
    const [cause, next] = [new Error(refusal.name), 'Check: az account show']
    return new CutoverError('DNS_NOT_AUTHORIZED', `${could}: no token for Azure (${refusal.name})`, { cause, next })
  }
  const fail = (code: ArmErrorCode, why: string, next?: string, retryable = false): CutoverError<ArmErrorCode> =>
    new CutoverError(code, `${could}: ${why}`, { cause: causeOf(refusal, said), next, retryable })

  if (status === 401) return fail('DNS_NOT_AUTHORIZED', said, 'Check: az account show')
  if (status === 403) return fail('DNS_NOT_AUTHORIZED', said, `Allow ${attempt.operation}`)
  if (status === 404) {
    if (refusal.code === 'NotFound') return fail('DNS_CONFLICT', `it is not there any more: ${said}`)
    return fail(
      'DNS_ZONE_NOT_FOUND',
      said,
      'Check the names of the zone or profile, its resource group and subscription.',
    )
  }
  if (status === 412) return fail('DNS_CONFLICT', `it is not as expected: ${said}`)
  if (status === 409 && refusal.code === 'ScopeLocked') {
    return fail('DNS_CHANGE_REJECTED', said, 'Look: az lock list --resource-group <resource group>')
  }
  if (status === 409 && standsBeside.test(said)) return fail('DNS_CHANGE_REJECTED', said)
  if (status === 409 || status === 408 || status === 429) {
    return fail('DNS_UNAVAILABLE', `Azure is busy: ${said}`, waitFor(refusal), true)
  }
  if (status !== undefined && status >= 400 && status < 500) return fail('DNS_CHANGE_REJECTED', said)
  const why = status === undefined ? 'no answer' : 'Azure is busy'
  return fail('DNS_UNAVAILABLE', `${why}: ${said}`, waitFor(refusal), true)
}

const refusalOf = (error: unknown): Refusal => (typeof error === 'object' && error !== null ? error : {})

/** Without the request, whose headers have a token. */
const causeOf = ({ name, code, statusCode }: Refusal, said: string): Error =>
  Object.assign(new Error(said), { name: typeof name === 'string' ? name : 'Error', code, statusCode })

function waitFor({ response }: Refusal): string | undefined {
  const seconds = Number(response?.headers?.get?.('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? `Wait ${seconds} s, then run it again.` : undefined
}

/** What the service said, in one line; what is throttled may come as JSON in a text. */
function sentence({ code, message }: Refusal, error: unknown, status: number | undefined): string {
  if (error instanceof TypeError && status !== undefined) return `status ${status} without a body`
  const text =
    typeof message === 'string' && message !== '' ? message : status === undefined ? String(error) : `status ${status}`
  const first = text.split('\n')[0]?.slice(0, 500) ?? ''
  return typeof code === 'string' && code !== '' ? `${code}: ${first}` : first
}
