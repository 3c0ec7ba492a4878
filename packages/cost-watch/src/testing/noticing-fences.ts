import type { SpendCap } from '../cap/spend-cap.ts'

/** An adapter that tells its fake what was fenced, for the rest of the turn. */
export function noticingFences(cap: SpendCap, notice: (fence: (() => void) | undefined) => void): SpendCap {
  return {
    ...cap,
    write: (change, { signal, fence }) =>
      cap.write(change, {
        signal,
        fence() {
          fence()
          notice(fence)
          void Promise.resolve().then(() => notice(undefined))
        },
      }),
  }
}
