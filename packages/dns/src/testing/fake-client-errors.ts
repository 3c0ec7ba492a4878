import { isCutoverError } from '@cutover/core'

/** An error as an AWS SDK throws it: told by `name`, with what the service answered in `$metadata`. */
export function awsError(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, attempts: 1, totalRetryDelay: 0 } })
}

/** An error as an Azure SDK throws it. */
export function restError(code: string, message: string, statusCode: number | undefined): Error {
  const status = statusCode === undefined ? {} : { statusCode }
  return Object.assign(new Error(message), { name: 'RestError', code, ...status })
}

/** What an SDK throws when its signal is aborted, whatever the signal's reason. */
export const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

/** The world's faults as the AWS SDK would throw them; an error of the service's own unchanged. */
export function asAwsError(error: unknown, conflict: () => Error): unknown {
  if (isCutoverError(error, 'WORLD_REFUSED')) return awsError('TooManyRequestsException', 'Rate exceeded', 429)
  if (isCutoverError(error, 'WORLD_DENIED')) {
    return awsError('AccessDeniedException', 'User is not authorized to perform this action', 403)
  }
  // What an SDK's own retry meets after a success.
  if (isCutoverError(error, 'WORLD_CONFLICT')) return conflict()
  if (isCutoverError(error, 'WORLD_TIMEOUT')) {
    return Object.assign(new Error('socket hang up', { cause: error }), { name: 'TimeoutError', $metadata: {} })
  }
  return error
}

/** The world's faults as the Azure SDK would throw them. */
export function asRestError(error: unknown, conflict: () => Error): unknown {
  if (isCutoverError(error, 'WORLD_REFUSED')) return restError('TooManyRequests', 'Rate limit is exceeded', 429)
  if (isCutoverError(error, 'WORLD_DENIED')) return restError('AuthorizationFailed', 'not authorized', 403)
  if (isCutoverError(error, 'WORLD_CONFLICT')) return conflict()
  if (isCutoverError(error, 'WORLD_TIMEOUT')) return restError('REQUEST_SEND_ERROR', 'socket hang up', undefined)
  return error
}
