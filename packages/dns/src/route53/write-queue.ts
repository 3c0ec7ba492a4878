import type { Clock } from '@cutover/core'

/** The last write of each zone, by client: handles of one zone share it, tests with clients of their own do not. */
const lastWrites = new WeakMap<object, Map<string, Promise<void>>>()

/**
 * Writes to one zone one after the other: Route 53 refuses a request for a zone while it works on another
 * (`PriorRequestNotComplete`).
 *
 * A courtesy, not a lock: a write that never ends is waited for `patienceMs`, and then left behind, so that a hanging request
 * cannot keep a rollback from happening. What is safe is decided by compare-and-swap at the service. An abort while waiting
 * rejects with `signal.reason`, and nothing was sent.
 */
export async function inTurn<T>(
  zone: { readonly client: object; readonly id: string },
  options: { readonly clock: Clock; readonly patienceMs: number; readonly signal: AbortSignal | undefined },
  write: () => Promise<T>,
): Promise<T> {
  const zones = lastWrites.get(zone.client) ?? new Map<string, Promise<void>>()
  lastWrites.set(zone.client, zones)
  const previous = zones.get(zone.id)
  const { promise: mine, resolve: done } = Promise.withResolvers<void>()
  zones.set(zone.id, mine)
  let isMyTurn = false
  try {
    if (previous) await settledOrLate(previous, options)
    options.signal?.throwIfAborted()
    isMyTurn = true
    return await write()
  } finally {
    // Who gave up waiting leaves the next one to wait for the same write.
    done(isMyTurn ? undefined : previous)
    if (isMyTurn && zones.get(zone.id) === mine) zones.delete(zone.id)
  }
}

async function settledOrLate(
  previous: Promise<void>,
  { clock, patienceMs, signal }: { clock: Clock; patienceMs: number; signal: AbortSignal | undefined },
): Promise<void> {
  const nap = new AbortController()
  const stop = (): void => nap.abort()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([previous, clock.sleep(patienceMs, { signal: nap.signal }).catch(stop)])
  } finally {
    signal?.removeEventListener('abort', stop)
    nap.abort()
  }
}
