import { isCutoverError } from '@cutover/core'

import { armError } from './arm-error.ts'
import type { Answer } from './provider.ts'

/**
 * What is answered when a provider throws. A state machine that also serves a fake client refuses as the official clients do, with
 * a `statusCode` and a `code`: that is the service speaking. Anything else is a mistake, and the `name` goes to the log; the
 * message, which may repeat what the machine was given, only to the caller.
 */
export function answerTo(error: unknown): { readonly answer: Answer; readonly mistake: string | undefined } {
  const message = error instanceof Error ? error.message : String(error)
  const { statusCode, code } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly statusCode?: unknown
    readonly code?: unknown
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600 && typeof code === 'string') {
    return { answer: armError(statusCode, code, message), mistake: undefined }
  }
  const mistake = isCutoverError(error) ? error.code : error instanceof Error ? error.name : typeof error
  return { answer: armError(500, 'InternalServerError', message), mistake }
}
