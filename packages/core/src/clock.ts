/** Time, as everything in `@cutover` sees it. Nothing here reads a global clock, so a test owns time. */
export interface Clock {
  /** Wall time in epoch milliseconds; for records and deadlines that people read. */
  now(): number
  /** Milliseconds since some fixed moment; never jumps; for durations. */
  monotonic(): number
  /**
   * Resolves after `ms` milliseconds; at once when `ms` is 0 or less.
   *
   * Rejects with `signal.reason`, unchanged, when the signal is or becomes aborted. Leaves no timer and no listener.
   */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}

/** Node clamps a longer timer to 1 ms. */
const longestTimerMs = 2_147_483_647

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, { signal } = {}) {
    for (let left = ms; left > 0; left -= longestTimerMs) await nap(Math.min(left, longestTimerMs), signal)
    signal?.throwIfAborted()
  },
}

function nap(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
