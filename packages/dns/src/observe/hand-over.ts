/** Passes on what several give to one who takes it; each giver waits until its own was taken, so there is never more than one of each. */
export interface HandOver<T> {
  /** Resolves when it was taken; at once when nobody takes any more. */
  give(item: T): Promise<void>
  end(): void
  fail(error: unknown): void
  /** What was given, in order, until `end`; rejects with the error of `fail` when what was given before is taken. */
  taken(): AsyncGenerator<T, void>
}

export function handOver<T>(): HandOver<T> {
  const given: { readonly item: T; readonly taken: () => void }[] = []
  let end: { readonly error?: unknown } | undefined
  let wake: (() => void) | undefined
  const close = (how: { readonly error?: unknown }): void => {
    end ??= how
    wake?.()
  }
  return {
    give(item) {
      if (end) return Promise.resolve()
      return new Promise((taken) => {
        given.push({ item, taken })
        wake?.()
      })
    },
    end: () => close({}),
    fail: (error) => close({ error }),
    async *taken() {
      try {
        for (;;) {
          const next = given.shift()
          if (next) {
            try {
              yield next.item
            } finally {
              next.taken()
            }
          } else if (end) {
            if ('error' in end) throw end.error
            return
          } else {
            await new Promise<void>((resolve) => (wake = resolve))
          }
        }
      } finally {
        end ??= {}
        for (const { taken } of given.splice(0)) taken()
      }
    },
  }
}
