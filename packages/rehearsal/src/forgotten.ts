import { watchMade } from '@cutover/core'

interface Made {
  readonly id: string
  readonly madeAt: () => string
  isUsed: boolean
}

/** Listens for changes and procedures that a script makes and never hands to `apply` or `run`. */
export class ForgottenWatch {
  readonly #made: Made[] = []
  readonly #bySubject = new Map<object, Made>()
  readonly #usedIds = new Set<unknown>()
  readonly #stop: () => void

  constructor() {
    this.#stop = watchMade(
      (id, subject, madeAt) => {
        const made = { id, madeAt, isUsed: false }
        this.#made.push(made)
        this.#bySubject.set(subject, made)
      },
      (subject) => {
        const made = this.#bySubject.get(subject)
        if (made) made.isUsed = true
        // Also one that was copied, or made twice, is not forgotten.
        this.#usedIds.add((subject as { readonly id?: unknown }).id)
      },
    )
  }

  /** What was forgotten. A script that did not come to its end may have made some ahead of their turn: those are not. */
  stop({ isComplete }: { readonly isComplete: boolean }): readonly string[] {
    this.#stop()
    const candidates = isComplete
      ? this.#made
      : this.#made.slice(
          0,
          this.#made.findLastIndex(({ isUsed }) => isUsed),
        )
    return candidates
      .filter(({ id, isUsed }) => !isUsed && !this.#usedIds.has(id))
      .map(({ id, madeAt }) => `${id}, made at ${madeAt()}`)
  }
}
