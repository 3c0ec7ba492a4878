import { CutoverError, isCutoverError } from '@cutover/core'

/** Why a cloud could not be read. A check that meets one is undecided: it is no word about the target. */
export type SourceErrorCode =
  | 'HEALTH_NOT_AUTHORIZED'
  | 'HEALTH_NOT_FOUND'
  | 'HEALTH_SOURCE_REJECTED'
  | 'HEALTH_SOURCE_UNAVAILABLE'

/** What was tried, for the message and for `next`. */
export interface Attempt {
  /** `read metrics of function orders` */
  readonly what: string
  /** What the caller must be allowed to do: `cloudwatch:GetMetricData`. */
  readonly action: string
}

/** What an error of an AWS or Azure SDK has; each may be missing. */
interface Refusal {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly statusCode?: unknown
  readonly $metadata?: { readonly httpStatusCode?: unknown } | undefined
  readonly response?: { readonly headers?: { get?(name: string): unknown } } | undefined
}

/** Their messages may repeat a signed request, session token included: neither they nor their error are passed on. */
const unauthenticated: ReadonlySet<string> = new Set([
  'AuthenticationFailed',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
  'CredentialsProviderError',
  'ExpiredAuthenticationToken',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAuthenticationToken',
  'InvalidAuthenticationTokenAudience',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
])

const throttled: ReadonlySet<string> = new Set([
  'LimitExceededException',
  'RequestThrottled',
  'RequestThrottledException',
  'ServiceException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
  'TooManyRequestsException',
])

/** Reads once, and puts an SDK's error into our words. An abort ends it also where the client does not pass the signal on. */
export async function asked<T>(attempt: Attempt, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted()
  try {
    return await untilAborted(call(), signal)
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw isCutoverError(error) ? error : translated(error, attempt)
  }
}

/** `LogsQueryClient` of `@azure/monitor-query-logs` 1.0 takes `abortSignal`, and forgets it. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function translated(error: unknown, { what, action }: Attempt): CutoverError<SourceErrorCode> {
  const refusal = (typeof error === 'object' && error !== null ? error : {}) as Refusal
  const name = [refusal.code, refusal.name].find((text) => typeof text === 'string' && text !== 'RestError')
  const kind = typeof name === 'string' && name !== '' ? name : 'Error'
  const status = Number(refusal.statusCode ?? refusal.$metadata?.httpStatusCode ?? 0)
  const could = `could not ${what}`
  if (unauthenticated.has(kind) || status === 401) {
    return new CutoverError('HEALTH_NOT_AUTHORIZED', `${could}: the client's credentials are not accepted (${kind})`, {
      cause: new Error(kind),
      next: 'Check: aws sts get-caller-identity, or az account show',
    })
  }
  const { message } = refusal
  const said = `${kind}: ${String(typeof message === 'string' && message !== '' ? message : error).split('\n')[0]}`
  const cause = error
  if (throttled.has(kind) || status >= 500 || status === 429 || status === 408) {
    const wait = longestWait(refusal)
    return new CutoverError('HEALTH_SOURCE_UNAVAILABLE', `${could}: the service is busy: ${said}`, {
      cause,
      retryable: true,
      next: wait === undefined ? undefined : `Ask again in ${wait} s`,
    })
  }
  if (status === 403 || kind.startsWith('AccessDenied')) {
    return new CutoverError('HEALTH_NOT_AUTHORIZED', `${could}: ${said}`, { cause, next: `Allow ${action}` })
  }
  // SQS says 400, with the name of its older protocol or of its newer one.
  if (status === 404 || kind.startsWith('ResourceNotFound') || /QueueDoesNotExist|NonExistentQueue/.test(kind)) {
    return new CutoverError('HEALTH_NOT_FOUND', `${could}: ${said}`, { cause })
  }
  if (status >= 400) return new CutoverError('HEALTH_SOURCE_REJECTED', `${could}: ${said}`, { cause })
  return new CutoverError('HEALTH_SOURCE_UNAVAILABLE', `${could}: no answer that can be read: ${said}`, {
    cause,
    retryable: true,
  })
}

/** Each says it in a header of its own; the longest counts. */
const waitHeaders: readonly (readonly [name: string, perSecond: number])[] = [
  ['retry-after', 1],
  ['retry-after-ms', 1_000],
  ['x-ms-retry-after-ms', 1_000],
]

function longestWait({ response }: Refusal): number | undefined {
  const waits = waitHeaders
    .map(([name, perSecond]) => Number(response?.headers?.get?.(name) ?? Number.NaN) / perSecond)
    .filter((seconds) => Number.isFinite(seconds))
  return waits.length === 0 ? undefined : Math.ceil(Math.max(...waits))
}
