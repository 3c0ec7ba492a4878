import type { Clock } from '@cutover/core'

/** What `withDeadline` answers when time was over first. */
export const late: unique symbol = Symbol('late')

/**
 * Runs work that is aborted after `ms` milliseconds on `clock`, or with `signal`; never waits for work that ignores it.
 *
 * Rejects with `signal.reason`, unchanged. Afterwards no timer and no listener is left.
 */
export async function withDeadline<T>(
  ms: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | typeof late> {
  signal.throwIfAborted()
  const stop = new AbortController()
  const done = new AbortController()
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true })
  })
  const abort = (): void => stop.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  clock.sleep(ms, { signal: done.signal }).then(
    () => stop.abort(new Error(`not done within ${ms} ms`)),
    () => {},
  )
  try {
    return await Promise.race([work(stop.signal), stopped])
  } catch (error) {
    signal.throwIfAborted()
    if (stop.signal.aborted) return late
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
    done.abort()
  }
}
