import type { EndpointSetting } from '../callers/endpoint-setting.ts'

/** Lets writes be known as fenced: an SDK's client has no parameter for that, so what was fenced in the same turn counts. */
export interface FenceNote {
  /** What was fenced in this turn. */
  readonly current: (() => void) | undefined
  /** The same fence, and noted. */
  noted(fence: () => void): () => void
}

export function fenceNote(): FenceNote {
  let current: (() => void) | undefined
  return {
    get current() {
      return current
    },
    noted: (fence) => () => {
      fence()
      current = fence
      queueMicrotask(() => {
        current = undefined
      })
    },
  }
}

/** A handle whose writes are known to be fenced. */
export const fencedSetting = (setting: EndpointSetting, note: FenceNote): EndpointSetting => ({
  ...setting,
  replace: (expected, value, context) =>
    setting.replace(expected, value, { ...context, fence: note.noted(context.fence) }),
})

/** The same with its keys in order: nothing depends on it, and two states that are the same look the same. */
export const sorted = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))) as T
