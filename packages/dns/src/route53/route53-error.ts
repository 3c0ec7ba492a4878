import { CutoverError, isCutoverError } from '@cutover/core'

/**
 * - `DNS_CONFLICT`: the zone does not have what was expected; nothing was written by this request.
 * - `DNS_CHANGE_REJECTED`: the record is not allowed there; nothing was written.
 * - `DNS_UNAVAILABLE`: throttled, busy, or no answer; retryable, and a write may have happened.
 * - `DNS_NOT_AUTHORIZED`: a permission or valid credentials are missing; `next` names the IAM action.
 * - `DNS_ZONE_NOT_FOUND`: no hosted zone has that id.
 * - `DNS_CHANGE_UNKNOWN`: the service knows no change with the receipt's id.
 * - `DNS_RECORD_LOCKED`: a protection forbids every change of it; nothing was written.
 * - `DNS_BATCH_TOO_LARGE`: more than one request can carry; nothing was sent.
 * - `DNS_OPTION_INVALID`: an option of `route53Zone`.
 */
export type Route53ErrorCode =
  | 'DNS_CONFLICT'
  | 'DNS_CHANGE_REJECTED'
  | 'DNS_UNAVAILABLE'
  | 'DNS_NOT_AUTHORIZED'
  | 'DNS_ZONE_NOT_FOUND'
  | 'DNS_CHANGE_UNKNOWN'
  | 'DNS_RECORD_LOCKED'
  | 'DNS_BATCH_TOO_LARGE'
  | 'DNS_OPTION_INVALID'

/** What was tried, for the message and for `next`. */
export interface Attempt {
  /** `change api.example.com CNAME in zone Z1`. */
  readonly what: string
  readonly action: `route53:${'ListResourceRecordSets' | 'ChangeResourceRecordSets' | 'GetChange' | `${'List' | 'Create' | 'Delete'}ResourceRecordSetProtections`}`
  readonly resource: string
}

/** What an SDK's error has; each may be missing. */
interface Refusal {
  readonly name?: unknown
  readonly message?: unknown
  readonly messages?: unknown
  readonly Messages?: unknown
  readonly $metadata?: { readonly httpStatusCode?: unknown } | undefined
}

const busy = new Set([
  'ConcurrentModification',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
])

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

/**
 * What Route 53 says when the state differs from the one that a change was built on. A record of another *type* at the name
 * (`a conflicting RRSet … already exists in zone`) is no such difference, and must not match.
 */
const differs = /values provided do not match|but it already exists|but it was not found/i

/** What it says of a record with a protection. */
const protectedOnly = /\bprotect(?:ed|ion)\b/i

/** An SDK's error as ours; an error of ours, and an abort, unchanged. */
export function translated(error: unknown, attempt: Attempt, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason
  if (isCutoverError(error)) return error
  const refusal: Refusal = typeof error === 'object' && error !== null ? error : {}
  const name = typeof refusal.name === 'string' ? refusal.name : 'Error'
  const status = Number(refusal.$metadata?.httpStatusCode ?? 0)
  const could = `could not ${attempt.what}`

  if (unauthenticated.has(name)) {
    return new CutoverError('DNS_NOT_AUTHORIZED', `${could}: the client's credentials are not accepted (${name})`, {
      cause: new Error(name),
      next: 'Check: aws sts get-caller-identity',
    })
  }
  const said = sentence(refusal, error)
  // A reason that stands outside an <Error> element comes as `Messages` of an error that the SDK cannot name.
  const isBatch = name === 'InvalidChangeBatch' || refusal.Messages !== undefined
  if (isBatch && differs.test(said)) {
    return new CutoverError('DNS_CONFLICT', `${could}: it is not as expected: ${said}`, { cause: error })
  }
  if (isBatch && protectedOnly.test(said)) {
    return new CutoverError('DNS_RECORD_LOCKED', `${could}: ${said}`, {
      cause: error,
      next: 'Ask who protected it and why, then end the protection: aws route53 delete-resource-record-set-protections',
    })
  }
  if (name === 'ProtectionAlreadyExists' || name === 'InvalidResourceRecordSetProtectionBatch') {
    return new CutoverError('DNS_CONFLICT', `${could}: it is not as expected: ${said}`, { cause: error })
  }
  if (busy.has(name) || status >= 500 || status === 429) {
    return new CutoverError('DNS_UNAVAILABLE', `${could}: Route 53 is busy: ${said}`, { cause: error, retryable: true })
  }
  if (status === 403 || name.startsWith('AccessDenied')) {
    return new CutoverError('DNS_NOT_AUTHORIZED', `${could}: ${said}`, {
      cause: error,
      next: `Allow ${attempt.action} on ${attempt.resource}`,
    })
  }
  if (name === 'NoSuchHostedZone') {
    return new CutoverError('DNS_ZONE_NOT_FOUND', `${could}: ${said}`, {
      cause: error,
      next: 'aws route53 list-hosted-zones',
    })
  }
  if (name === 'NoSuchChange') return new CutoverError('DNS_CHANGE_UNKNOWN', `${could}: ${said}`, { cause: error })
  if (status >= 400) return new CutoverError('DNS_CHANGE_REJECTED', `${could}: ${said}`, { cause: error })
  return new CutoverError('DNS_UNAVAILABLE', `${could}: no answer: ${said}`, { cause: error, retryable: true })
}

/** What the service said, in one line; an `InvalidChangeBatch` has its reasons in one of three places. */
function sentence({ name, message, messages, Messages }: Refusal, error: unknown): string {
  const texts = [message, messages, Messages].flatMap(textsIn)
  const distinct = texts.filter((text, place) => !texts.slice(0, place).some((earlier) => earlier.includes(text)))
  const said = distinct.join('; ') || String(error)
  return `${typeof name === 'string' ? name : 'Error'}: ${said.split('\n')[0]}`
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
