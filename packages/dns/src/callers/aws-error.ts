import { CutoverError, isCutoverError } from '@cutover/core'

import type { EndpointErrorCode } from './endpoint-error-code.ts'

/** What was tried, for the message and for `next`. */
export interface Attempt {
  /** `write PAYMENTS_URL of function orders` */
  readonly what: string
  /** `lambda:UpdateFunctionConfiguration` */
  readonly action: string
  /**
   * The service repeats what it was sent in its messages: neither they nor their error are passed on. Lambda does, with all
   * variables, when they are too long ("String measured: {…}").
   */
  readonly quiet?: boolean | undefined
}

/** What an SDK's error has; each may be missing. */
interface Refusal {
  readonly name?: unknown
  readonly message?: unknown
  readonly $metadata?: { readonly httpStatusCode?: unknown } | undefined
}

const throttled = new Set([
  'RequestThrottled',
  'RequestThrottledException',
  'ServiceException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TooManyUpdates',
])

/** It works on an earlier request for the same function. */
const inTransition = new Set(['ResourceConflictException', 'ResourceNotReadyException'])
const missing = new Set(['ResourceNotFoundException', 'ParameterNotFound', 'ParameterVersionNotFound'])

/** Their messages may repeat a signed request, session token included. */
const unauthenticated = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
])

/** Calls at once, so that what was done directly before is in the same turn. `undefined`: there is no such thing. */
export async function asked<T>(
  attempt: Attempt,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isCutoverError(error)) throw error
    const { name: given, $metadata } = (typeof error === 'object' && error !== null ? error : {}) as Refusal
    const name = typeof given === 'string' ? given : 'Error'
    if (missing.has(name)) return undefined
    throw translated(error, name, Number($metadata?.httpStatusCode ?? 0), attempt)
  }
}

function translated(
  error: unknown,
  name: string,
  status: number,
  { what, action, quiet = false }: Attempt,
): CutoverError {
  const hidden = quiet || unauthenticated.has(name)
  const cause = hidden ? new Error(name) : error
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error)
  const said = hidden || message === '' ? name : `${name}: ${message}`
  const could = `could not ${what}`
  const make = (
    code: EndpointErrorCode,
    why: string,
    { retryable = false, next }: { readonly retryable?: boolean; readonly next?: string } = {},
  ): CutoverError => new CutoverError(code, `${could}: ${why}${said}`, { cause, retryable, ...(next && { next }) })
  if (unauthenticated.has(name)) {
    return make('DNS_NOT_AUTHORIZED', "the client's credentials are not accepted: ", {
      next: 'Check: aws sts get-caller-identity',
    })
  }
  if (name === 'PreconditionFailedException' || status === 412) {
    return make('DNS_CONFLICT', 'somebody else wrote first; nothing was written: ')
  }
  if (inTransition.has(name)) return make('DNS_UNAVAILABLE', 'AWS works on it: ', { retryable: true })
  if (throttled.has(name) || status >= 500 || status === 429) {
    return make('DNS_UNAVAILABLE', 'AWS is busy: ', { retryable: true })
  }
  if (status === 403 || name.startsWith('AccessDenied')) {
    return make('DNS_NOT_AUTHORIZED', '', { next: `Allow ${action}` })
  }
  if (status >= 400) return make('DNS_CHANGE_REJECTED', '')
  return make('DNS_UNAVAILABLE', 'no answer: ', { retryable: true })
}
