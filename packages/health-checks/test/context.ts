import { type Clock, type Context, systemClock } from '@cutover/core'

/** What a runner gives a check, for a world or for the real clock. */
export function contextOf(options: { readonly clock?: Clock; readonly signal?: AbortSignal } = {}): Context {
  const { clock = systemClock, signal = new AbortController().signal } = options
  return { clock, signal, key: 'test', fence: () => {}, report: () => {} }
}
