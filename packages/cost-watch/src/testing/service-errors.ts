import { isCutoverError } from '@cutover/core'

/** An error as an AWS SDK throws it: told by `name`, with what the service answered in `$metadata`. */
export function awsError(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: httpStatusCode >= 500 ? ('server' as const) : ('client' as const),
    $metadata: { httpStatusCode, attempts: 1, totalRetryDelay: 0 },
  })
}

/** What an SDK throws when its signal is aborted, whatever the signal's reason. */
export const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

/** The world's faults as the AWS SDK would throw them; an error of the service's own unchanged. */
export function asAwsError(error: unknown): unknown {
  if (isCutoverError(error, 'WORLD_REFUSED')) return awsError('TooManyRequestsException', 'Rate exceeded', 429)
  if (isCutoverError(error, 'WORLD_DENIED')) return awsError('AccessDeniedException', 'User is not authorized', 403)
  if (isCutoverError(error, 'WORLD_CONFLICT')) {
    return awsError('ResourceConflictException', 'The operation cannot be performed at this time.', 409)
  }
  if (isCutoverError(error, 'WORLD_TIMEOUT')) {
    return Object.assign(new Error('socket hang up', { cause: error }), { name: 'TimeoutError', $metadata: {} })
  }
  return error
}

interface ArmReply {
  readonly status: number
  readonly body: string
}

/** The world's faults as Resource Manager answers them; `undefined` for one that has no answer. */
export function asArmAnswer(error: unknown): ArmReply | undefined {
  if (isCutoverError(error, 'WORLD_REFUSED')) return refused(429, 'TooManyRequests', 'Rate limit is exceeded')
  if (isCutoverError(error, 'WORLD_DENIED'))
    return refused(403, 'AuthorizationFailed', 'The client has no authorization')
  if (isCutoverError(error, 'WORLD_CONFLICT')) return refused(409, 'Conflict', 'Another operation is in progress')
  return undefined
}

const refused = (status: number, code: string, message: string): ArmReply => ({
  status,
  body: JSON.stringify({ error: { code, message } }),
})
