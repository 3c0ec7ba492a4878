import { CutoverError, isCutoverError, sameJson } from '@cutover/core'

import type { SyncErrorCode } from '../sync-error-code.ts'

/** Fails a case of a conformance suite; tied to no test runner. */
export function equal(found: unknown, wanted: unknown, what: string): void {
  if (!sameJson(found, wanted)) failed(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`)
}

export function failed(message: string, cause?: unknown): never {
  throw new CutoverError('CONFORMANCE_FAILED', message, { cause })
}

export const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'it did not reject',
    (error: unknown) => error,
  )

export async function rejects(call: Promise<unknown>, code: SyncErrorCode, what: string): Promise<void> {
  const error = await rejection(call)
  if (!isCutoverError(error, code)) failed(`${what}: wanted ${code}, got ${String(error)}`, error)
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (content: Uint8Array | undefined): string | undefined =>
  content && new TextDecoder().decode(content)
