import { CutoverError, isCutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'

/** What was tried, for the message and for `next`. */
export interface Attempt {
  /** `read the metrics of orders` */
  readonly what: string
  /** `cloudwatch:GetMetricData` */
  readonly action: string
}

const throttled = new Set([
  'LimitExceededException',
  'RequestThrottled',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
])
const missing = new Set(['ResourceNotFoundException', 'DataUnavailableException'])

/** Their messages may repeat a signed request, session token included: neither they nor their error are passed on. */
const unauthenticated = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
])

/** Calls at once, so that what was done directly before is in the same turn; an SDK's error becomes ours. */
export async function asked<T>(attempt: Attempt, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw translated(error, attempt, signal)
  }
}

function translated(error: unknown, { what, action }: Attempt, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason
  if (isCutoverError(error)) return error
  const {
    name: given,
    message,
    $metadata,
  } = Object(error) as {
    readonly name?: unknown
    readonly message?: unknown
    readonly $metadata?: { readonly httpStatusCode?: unknown }
  }
  const name = typeof given === 'string' ? given : 'Error'
  const status = Number($metadata?.httpStatusCode ?? 0)
  const could = `could not ${what}`
  if (unauthenticated.has(name)) {
    return failed('COST_NOT_AUTHORIZED', `${could}: the client's credentials are not accepted (${name})`, {
      cause: new Error(name),
      next: 'Check: aws sts get-caller-identity',
    })
  }
  const said = `${name}: ${String(typeof message === 'string' && message !== '' ? message : error).split('\n')[0]}`
  const cause = error
  if (throttled.has(name) || status === 429) {
    return failed('COST_THROTTLED', `${could}: ${said}`, { cause, retryable: true })
  }
  if (missing.has(name)) return failed('COST_NOT_FOUND', `${could}: ${said}`, { cause })
  if (name === 'AccessDenied' || name === 'AccessDeniedException' || status === 403) {
    return failed('COST_NOT_AUTHORIZED', `${could}: ${said}`, { cause, next: `Allow ${action}.` })
  }
  if (status >= 400 && status < 500) return failed('COST_REJECTED', `${could}: ${said}`, { cause })
  return failed('COST_UNAVAILABLE', `${could}: ${said}`, { cause, retryable: true })
}

const failed = (
  code: CostErrorCode,
  message: string,
  options: ConstructorParameters<typeof CutoverError>[2],
): CutoverError<CostErrorCode> => new CutoverError(code, message, options)
