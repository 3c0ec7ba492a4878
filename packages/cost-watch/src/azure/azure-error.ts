import { CutoverError, isCutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import type { ArmAttempt } from './arm-request.ts'
import { textOf } from './exact-json.ts'

/** An error of an Azure SDK as ours; an abort, and an error of ours, unchanged. */
export async function asked<T>(
  { what, operation }: ArmAttempt,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (isCutoverError(error)) throw error
    const { statusCode, code, message } = Object(error) as { statusCode?: unknown; code?: unknown; message?: unknown }
    const status = Number(statusCode ?? 0)
    const said = `could not ${what}: ${textOf(code) || status}: ${(textOf(message) || String(error)).split('\n')[0]}`
    throw new CutoverError<CostErrorCode>(codeOf(status), said, {
      cause: error,
      retryable: status === 0 || status === 429 || status >= 500,
      next: status === 403 ? `Allow ${operation}.` : undefined,
    })
  }
}

function codeOf(status: number): CostErrorCode {
  if (status === 401 || status === 403) return 'COST_NOT_AUTHORIZED'
  if (status === 404) return 'COST_NOT_FOUND'
  if (status === 429) return 'COST_THROTTLED'
  return status >= 400 && status < 500 ? 'COST_REJECTED' : 'COST_UNAVAILABLE'
}
