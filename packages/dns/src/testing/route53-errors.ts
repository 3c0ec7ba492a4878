/** An error as `@aws-sdk/client-route-53` throws it: told by `name`, with what the service answered in `$metadata`. */
export interface Route53ServiceError extends Error {
  readonly $fault: 'client' | 'server'
  readonly $metadata: { readonly httpStatusCode: number; readonly attempts: number; readonly totalRetryDelay: number }
}

export function serviceError(name: string, message: string, httpStatusCode = 400): Route53ServiceError {
  return Object.assign(new Error(message), {
    name,
    $fault: httpStatusCode >= 500 ? ('server' as const) : ('client' as const),
    $metadata: { httpStatusCode, attempts: 1, totalRetryDelay: 0 },
  })
}

/** Route 53 lists its reasons in brackets. */
export const invalidBatch = (reason: string): Route53ServiceError => serviceError('InvalidChangeBatch', `[${reason}]`)

/** What the SDK throws where there was no answer: no status, and a code of the socket's. */
export const noAnswer = (cause: unknown): Error =>
  Object.assign(new Error('socket hang up', { cause }), {
    name: 'TimeoutError',
    code: 'ECONNRESET',
    $metadata: { attempts: 1, totalRetryDelay: 0 },
  })

/** What the SDK throws when its `abortSignal` is aborted, whatever the signal's reason. */
export const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' })
