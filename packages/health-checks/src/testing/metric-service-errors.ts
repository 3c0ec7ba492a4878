import { isCutoverError } from '@cutover/core'

/** An error as an AWS SDK throws it. */
export const awsError = (name: string, message: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(message), {
    name,
    $fault: httpStatusCode >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode, attempts: 1, totalRetryDelay: 0 },
  })

/** An error as an Azure SDK throws it. */
export const restError = (
  code: string,
  message: string,
  statusCode: number | undefined,
  headers: Readonly<Record<string, string>> = {},
): Error =>
  Object.assign(new Error(message), {
    name: 'RestError',
    code,
    ...(statusCode === undefined ? {} : { statusCode }),
    response: { headers: { get: (name: string) => headers[name] } },
  })

/** What an SDK throws when its signal is aborted. */
export const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

/** The world's faults as the AWS SDK would throw them. */
export function asAwsError(error: unknown): unknown {
  if (isCutoverError(error, 'WORLD_REFUSED')) return awsError('ThrottlingException', 'Rate exceeded', 400)
  if (isCutoverError(error, 'WORLD_DENIED')) return awsError('AccessDeniedException', 'User is not authorized', 403)
  if (isCutoverError(error, 'WORLD_TIMEOUT'))
    return Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })
  return error
}

/** The world's faults as the Azure SDK would throw them. */
export function asRestError(error: unknown): unknown {
  if (isCutoverError(error, 'WORLD_REFUSED'))
    return restError('TooManyRequests', 'Rate limit is exceeded', 429, { 'retry-after': '17' })
  if (isCutoverError(error, 'WORLD_DENIED'))
    return restError('AuthorizationFailed', 'The client does not have authorization to perform this action', 403)
  if (isCutoverError(error, 'WORLD_TIMEOUT')) return restError('REQUEST_SEND_ERROR', 'socket hang up', undefined)
  return error
}
