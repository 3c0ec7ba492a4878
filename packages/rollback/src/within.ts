import { type Clock, CutoverError, formatDuration } from '@cutover/core'

/**
 * What somebody else's code answers, but not for ever: code that hangs, or does not listen to its signal, keeps nobody from going
 * on, back, or to an end.
 *
 * @throws CutoverError `CUTOVER_NO_ANSWER` after `ms`; what the code itself throws; the signal's reason.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  // AbortSignal.any costs more than all the rest.
  const over = new AbortController()
  const stop = (): void => over.abort(signal.reason)
  signal.addEventListener('abort', stop)
  const late = clock.sleep(ms, { signal: over.signal }).then((): never => {
    throw new CutoverError('CUTOVER_NO_ANSWER', `no answer within ${formatDuration(ms)}`, { retryable: true })
  })
  try {
    return await Promise.race([read(over.signal), late])
  } finally {
    signal.removeEventListener('abort', stop)
    over.abort()
  }
}
