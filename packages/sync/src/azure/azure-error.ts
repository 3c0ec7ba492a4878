import { CutoverError, isCutoverError } from '@cutover/core'

interface RestError {
  readonly name?: string | undefined
  readonly message?: string | undefined
  readonly code?: string | undefined
  readonly statusCode?: number | undefined
  readonly details?: { readonly errorCode?: string | undefined } | undefined
}

/** `BlobNotFound`; of a HEAD, which has no body, the status must do. */
export const isNoBlob = (error: unknown): boolean => {
  const { statusCode } = error as RestError
  return codeOf(error) === 'BlobNotFound' || (statusCode === 404 && codeOf(error) === undefined)
}

/** Gone, or received by somebody else since. */
export const isNotHeld = (error: unknown): boolean =>
  ['MessageNotFound', 'PopReceiptMismatch'].includes(codeOf(error) ?? '')

export const isGone = (error: unknown): boolean => codeOf(error) === 'MessageNotFound'

const codeOf = (error: unknown): string | undefined => {
  const { code, details } = error as RestError
  return details?.errorCode ?? code
}

/** A storage error, told apart as the ports want; the signal's own reason, when that ended the call. */
export function azureError(
  error: unknown,
  {
    what,
    needs,
    rejected,
    signal,
  }: {
    readonly what: string
    /** The Azure role. */
    readonly needs: string
    readonly rejected: 'SYNC_OBJECT_REJECTED' | 'SYNC_MESSAGE_REJECTED'
    readonly signal: AbortSignal | undefined
  },
): unknown {
  if (signal?.aborted) return signal.reason
  if (isCutoverError(error)) return error
  const { statusCode, message = String(error) } = error as RestError
  const code = codeOf(error)
  const text = `${what}: ${code ?? statusCode ?? 'no answer'}: ${message.split('\n')[0]}`
  // The error itself holds the request, and a URL with a signature perhaps: it is not passed on.
  const cause = Object.assign(new Error(message.split('\n')[0]), { code, statusCode })
  // A blob that must not exist, and does, is answered 409; one that is not the expected, 412.
  if (statusCode === 412 || code === 'BlobAlreadyExists') return new CutoverError('SYNC_CONFLICT', text, { cause })
  if (statusCode === 401 || statusCode === 403) {
    // Its message repeats what was signed, and its request the signature: neither is passed on.
    const why = code ?? String(statusCode)
    return new CutoverError('SYNC_NOT_AUTHORIZED', `${what}: ${why}`, {
      cause: new Error(why),
      next: `Grant ${needs}, then go on.`,
    })
  }
  if (statusCode === undefined || statusCode === 429 || statusCode >= 500)
    return new CutoverError('SYNC_UNAVAILABLE', text, { cause, retryable: true })
  return new CutoverError(rejected, text, { cause })
}
