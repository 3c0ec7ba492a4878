import { watchMade } from '@cutover/core'

/** Listens for changes and procedures that a script makes and never hands to `apply` or `run`; the answered function tells. */
export function watchForgotten(): { isUsed: () => void; stop(): readonly string[] } {
  const made = new Map<object, { readonly id: string; readonly madeAt: () => string }>()
  const used = new Set<string>()
  const stopWatching = watchMade(
    (id, subject, madeAt) => void made.set(subject, { id, madeAt }),
    (subject) => {
      const id = made.get(subject)?.id
      if (id !== undefined) used.add(id)
      made.delete(subject)
    },
  )
  return {
    isUsed: () => {},
    stop() {
      stopWatching()
      return [...made.values()].flatMap(({ id, madeAt }) => (used.has(id) ? [] : [`${id}, made at ${madeAt()}`]))
    },
  }
}
