import { CutoverError, isCutoverError } from '@cutover/core'

interface AwsError {
  readonly name?: string | undefined
  readonly message?: string | undefined
  readonly $metadata?: { readonly httpStatusCode?: number | undefined } | undefined
}

const conflicts = new Set(['PreconditionFailed', 'ConditionalRequestConflict'])
const absences = new Set(['NoSuchKey', 'NotFound'])

/** Their messages may repeat a signed request, session token included: neither they nor their error are passed on. */
const unauthenticated = new Set([
  'AuthorizationHeaderMalformed',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
])

export const isAbsent = (error: unknown): boolean => absences.has((error as AwsError)?.name ?? '')

/** An S3 or SQS error, told apart as the ports want; the signal's own reason, when that ended the call. */
export function awsError(
  error: unknown,
  {
    what,
    needs,
    rejected,
    signal,
  }: {
    readonly what: string
    /** The IAM action. */
    readonly needs: string
    readonly rejected: 'SYNC_OBJECT_REJECTED' | 'SYNC_MESSAGE_REJECTED'
    readonly signal: AbortSignal | undefined
  },
): unknown {
  if (signal?.aborted) return signal.reason
  if (isCutoverError(error)) return error
  const { name = 'Error', message = String(error), $metadata } = error as AwsError
  const status = $metadata?.httpStatusCode
  const text = `${what}: ${name}: ${message}`
  // If-Match where there is nothing is answered 404.
  if (conflicts.has(name) || isAbsent(error) || status === 412)
    return new CutoverError('SYNC_CONFLICT', text, { cause: error })
  if (unauthenticated.has(name)) {
    return new CutoverError('SYNC_NOT_AUTHORIZED', `${what}: the client's credentials are not accepted (${name})`, {
      cause: new Error(name),
      next: 'Check: aws sts get-caller-identity',
    })
  }
  if (status === 401 || status === 403)
    return new CutoverError('SYNC_NOT_AUTHORIZED', text, { cause: error, next: `Allow ${needs}, then go on.` })
  const isPassing = status === undefined || status === 429 || status >= 500 || /Throttl|SlowDown/.test(name)
  if (isPassing) return new CutoverError('SYNC_UNAVAILABLE', text, { cause: error, retryable: true })
  return new CutoverError(rejected, text, { cause: error })
}
