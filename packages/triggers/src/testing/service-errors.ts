import { isCutoverError } from '@cutover/core'

/** An error as an AWS SDK throws it: told by `name`, with what the service answered in `$metadata`. */
export interface AwsServiceError extends Error {
  readonly $fault: 'client' | 'server'
  readonly $metadata: { readonly httpStatusCode: number; readonly attempts: number; readonly totalRetryDelay: number }
}

export function awsError(name: string, message: string, httpStatusCode = 400): AwsServiceError {
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
  if (isCutoverError(error, 'WORLD_DENIED')) {
    return awsError('AccessDeniedException', 'User is not authorized to perform this action', 403)
  }
  // What an SDK's own retry meets after a success: the mapping is in transition.
  if (isCutoverError(error, 'WORLD_CONFLICT')) {
    return awsError('ResourceInUseException', 'Cannot update the event source mapping because it is in use.')
  }
  if (isCutoverError(error, 'WORLD_TIMEOUT')) {
    return Object.assign(new Error('socket hang up', { cause: error }), {
      name: 'TimeoutError',
      code: 'ECONNRESET',
      $metadata: { attempts: 1, totalRetryDelay: 0 },
    })
  }
  return error
}

/** An error as an Azure SDK throws it. */
export function restError(code: string, message: string, statusCode: number | undefined): Error {
  return Object.assign(new Error(message), {
    name: 'RestError',
    code,
    ...(statusCode === undefined ? {} : { statusCode }),
  })
}

/** The world's faults as the Azure SDK would throw them. */
export function asRestError(error: unknown): unknown {
  if (isCutoverError(error, 'WORLD_REFUSED')) return restError('TooManyRequests', 'Rate limit is exceeded', 429)
  if (isCutoverError(error, 'WORLD_DENIED')) {
    return restError('AuthorizationFailed', 'The client does not have authorization to perform this action', 403)
  }
  if (isCutoverError(error, 'WORLD_CONFLICT')) {
    return restError('Conflict', 'Cannot modify this site because another operation is in progress', 409)
  }
  if (isCutoverError(error, 'WORLD_TIMEOUT')) return restError('REQUEST_SEND_ERROR', 'socket hang up', undefined)
  return error
}
