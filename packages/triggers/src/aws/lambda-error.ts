import { CutoverError, isCutoverError } from '@cutover/core'

/** What was tried, for the message and for `next`. */
export interface Attempt {
  /** `switch mapping 1f0c… of function orders` */
  readonly what: string
  /** `lambda:UpdateEventSourceMapping` */
  readonly action: string
}

/** What an SDK's error has; each may be missing. */
interface Refusal {
  readonly name?: unknown
  readonly message?: unknown
  readonly $metadata?: { readonly httpStatusCode?: unknown } | undefined
}

const throttled = new Set([
  'CodeArtifactUserPendingException',
  'RequestThrottled',
  'RequestThrottledException',
  'ServiceException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
])

/** It works on an earlier request for the same mapping or function. */
const inTransition = new Set(['ResourceInUseException', 'ResourceConflictException', 'ResourceNotReadyException'])

const missing = new Set(['ResourceNotFoundException', 'AWS.SimpleQueueService.NonExistentQueue', 'QueueDoesNotExist'])

/** Their messages may repeat a signed request, session token included: neither they nor their error are passed on. */
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

/** Calls at once, so that what was done directly before is in the same turn. */
export async function asked<T>(attempt: Attempt, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw translated(error, attempt, signal)
  }
}

/** An SDK's error as ours; an error of ours, and an abort, unchanged. */
function translated(error: unknown, attempt: Attempt, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason
  if (isCutoverError(error)) return error
  const { name: given, message, $metadata } = (typeof error === 'object' && error !== null ? error : {}) as Refusal
  const name = typeof given === 'string' ? given : 'Error'
  const status = Number($metadata?.httpStatusCode ?? 0)
  const could = `could not ${attempt.what}`
  if (unauthenticated.has(name)) {
    return new CutoverError(
      'TRIGGERS_NOT_AUTHORIZED',
      `${could}: the client's credentials are not accepted (${name})`,
      { cause: new Error(name), next: 'Check: aws sts get-caller-identity' },
    )
  }
  const said = `${name}: ${String(typeof message === 'string' && message !== '' ? message : error).split('\n')[0]}`
  if (missing.has(name)) return new CutoverError('TRIGGERS_NOT_FOUND', `${could}: ${said}`, { cause: error })
  if (inTransition.has(name)) {
    return new CutoverError('TRIGGERS_BUSY', `${could}: AWS works on it: ${said}`, { cause: error, retryable: true })
  }
  if (throttled.has(name) || status >= 500 || status === 429) {
    return new CutoverError('TRIGGERS_UNAVAILABLE', `${could}: AWS is busy: ${said}`, { cause: error, retryable: true })
  }
  if (status === 403 || name.startsWith('AccessDenied')) {
    return new CutoverError('TRIGGERS_NOT_AUTHORIZED', `${could}: ${said}`, {
      cause: error,
      next: `Allow ${attempt.action}`,
    })
  }
  if (status >= 400) return new CutoverError('TRIGGERS_REJECTED', `${could}: ${said}`, { cause: error })
  return new CutoverError('TRIGGERS_UNAVAILABLE', `${could}: no answer: ${said}`, { cause: error, retryable: true })
}
