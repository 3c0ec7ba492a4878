import { type Clock, isCutoverError } from '@cutover/core'

import type { Waiting } from '../listeners.ts'

/** A write of an app's settings: resolves when the service has answered it, and never when nobody knows. */
interface Sent {
  readonly answered: Promise<void>
  /** From here on it takes no effect any more, answered or not; in `clock.monotonic()`. */
  readonly overAt: number
}

/** The last write of each app, by client: handles of one app share it, tests with clients of their own do not. */
const lastWrites = new WeakMap<object, Map<string, Sent>>()

/**
 * Reads and writes the settings of one app one after the other: a write replaces them all, so two triggers that are switched at
 * once would undo each other. A write without an answer may still come, with all that was read before it: it is waited for
 * until `lateMs` are over.
 *
 * Other processes do not see this. An abort while waiting rejects with `signal.reason`, and nothing was sent.
 */
export async function inTurn(
  app: { readonly client: object; readonly id: string; readonly lateMs: number },
  { clock, signal, report }: Waiting,
  write: () => Promise<void>,
): Promise<void> {
  const apps = lastWrites.get(app.client) ?? new Map<string, Sent>()
  lastWrites.set(app.client, apps)
  const previous = apps.get(app.id)
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  const earliest = Math.max(clock.monotonic(), previous?.overAt ?? 0)
  const mine: Sent = { answered, overAt: earliest + app.lateMs }
  apps.set(app.id, mine)
  let sent = false
  try {
    if (previous && clock.monotonic() < previous.overAt) {
      report({ kind: 'waiting', why: `the settings of ${app.id} are being written` })
      await over(previous, clock, signal)
    }
    signal.throwIfAborted()
    sent = true
    await write()
    answer()
  } catch (error) {
    // Who gave up waiting leaves the next one to wait for the same write.
    if (!sent) void previous?.answered.then(answer)
    else if (isCutoverError(error) && error.code !== 'TRIGGERS_UNAVAILABLE') answer()
    throw error
  }
}

async function over({ answered, overAt }: Sent, clock: Clock, signal: AbortSignal): Promise<void> {
  const nap = new AbortController()
  const stop = (): void => nap.abort()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const late = clock.sleep(overAt - clock.monotonic(), { signal: nap.signal })
    await Promise.race([answered, late.catch(stop)])
  } finally {
    signal.removeEventListener('abort', stop)
    nap.abort()
  }
}
