import { CutoverError, isCutoverError } from '@cutover/core'

/** Deeper is not looked: what an SDK hangs on its errors has no end. */
const deepest = 6

/**
 * The error, its causes and its stack without their secrets. One that has some is replaced: what an SDK hangs on an error, a request
 * with its headers, is left out.
 */
export function maskError(error: unknown, text: (from: string) => string, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? text(error) : error
  if (depth > deepest || !holdsSecret(error, text, new Set(), 0)) return error
  const cause = error.cause === undefined ? undefined : maskError(error.cause, text, depth + 1)
  const message = text(error.message)
  if (isCutoverError(error)) {
    const next = error.next === undefined ? undefined : text(error.next)
    return withStack(new CutoverError(error.code, message, { cause, retryable: error.retryable, next }), error, text)
  }
  const clean = new Error(message, cause === undefined ? undefined : { cause })
  clean.name = error.name
  return withStack(clean, error, text)
}

function withStack(clean: Error, error: Error, text: (from: string) => string): Error {
  clean.stack = text(error.stack ?? '')
  return clean
}

/** Getters are not called: they may do anything. */
function holdsSecret(value: unknown, text: (from: string) => string, seen: Set<unknown>, depth: number): boolean {
  if (typeof value === 'string') return text(value) !== value
  if (typeof value !== 'object' || value === null || seen.has(value) || depth > deepest) return false
  seen.add(value)
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(
    (property) => 'value' in property && holdsSecret(property.value, text, seen, depth + 1),
  )
}
