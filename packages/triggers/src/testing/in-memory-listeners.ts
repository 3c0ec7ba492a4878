import type { FakeWorld } from '@cutover/core/testing'

import type { Listeners } from '../listeners.ts'

/** Our adapter over a fake service, and what the fake's data plane does. */
export interface InMemoryListeners<Name extends string> extends Listeners<Name> {
  /** Those that take work now, whatever the control plane says; a copy. */
  readonly listening: readonly Name[]
}

/** How a call of a function over HTTP, or an event that was sent to it, ended. */
export type Invoked = 'handled' | 'refused' | 'dropped'

export interface DataPlane<Name extends string> {
  readonly id: string
  readonly names: readonly Name[]
  listens(name: Name): boolean
  /** Called rather than taking work: both sides may answer at once, so the world is told of no listener. */
  isCalled(name: Name): boolean
  /** Milliseconds from now until each moment at which something changes by itself. */
  nextChangesMs(): readonly number[]
}

/** Tells the world of every moment at which a trigger begins or ends to listen; to be called after each change. */
export function watchListening<Name extends string>(world: FakeWorld, plane: DataPlane<Name>): () => void {
  const last = new Map<Name, boolean>()
  const tell = (): void => {
    for (const name of plane.names) {
      const on = plane.listens(name)
      if ((last.get(name) ?? false) === on) continue
      last.set(name, on)
      if (!plane.isCalled(name)) world.observe({ kind: 'listening', source: name, side: plane.id, on })
    }
  }
  tell()
  return () => {
    tell()
    for (const ms of plane.nextChangesMs()) world.later(ms, tell)
  }
}

/** Lets an adapter's writes be known as fenced: a client has no fence parameter, so what was called in the same turn counts. */
export function noticingFences<Name extends string>(
  adapter: Listeners<Name>,
  notice: (fence: (() => void) | undefined) => void,
): Listeners<Name> {
  return {
    ...adapter,
    write(name, setting, context) {
      const fence = (): void => {
        context.fence()
        notice(context.fence)
        queueMicrotask(() => notice(undefined))
      }
      return adapter.write(name, setting, { ...context, fence })
    },
  }
}
