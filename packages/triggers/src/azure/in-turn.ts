import type { Clock } from '@cutover/core'

/** The last write of each app, by client: handles of one app share it, tests with clients of their own do not. */
const lastWrites = new WeakMap<object, Map<string, Promise<void>>>()

/** How long a write waits for the one before it, in milliseconds; the service answers within seconds. */
const patienceMs = 30_000

/**
 * Reads and writes the settings of one app one after the other: two triggers that are switched at once would each write back
 * what it read before the other's write.
 *
 * A courtesy, not a lock: other processes do not see it, and a write that never ends is waited for `patienceMs` and then left
 * behind, so that a hanging request cannot keep a rollback from happening. An abort while waiting rejects with
 * `signal.reason`, and nothing was sent.
 */
export async function inTurn<T>(
  app: { readonly client: object; readonly id: string },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  write: () => Promise<T>,
): Promise<T> {
  const apps = lastWrites.get(app.client) ?? new Map<string, Promise<void>>()
  lastWrites.set(app.client, apps)
  const previous = apps.get(app.id)
  const { promise: mine, resolve: done } = Promise.withResolvers<void>()
  apps.set(app.id, mine)
  let isMyTurn = false
  try {
    if (previous) await settledOrLate(previous, clock, signal)
    signal.throwIfAborted()
    isMyTurn = true
    return await write()
  } finally {
    // Who gave up waiting leaves the next one to wait for the same write.
    done(isMyTurn ? undefined : previous)
    if (isMyTurn && apps.get(app.id) === mine) apps.delete(app.id)
  }
}

async function settledOrLate(previous: Promise<void>, clock: Clock, signal: AbortSignal): Promise<void> {
  const nap = new AbortController()
  const stop = (): void => nap.abort()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([previous, clock.sleep(patienceMs, { signal: nap.signal }).catch(stop)])
  } finally {
    signal.removeEventListener('abort', stop)
    nap.abort()
  }
}
