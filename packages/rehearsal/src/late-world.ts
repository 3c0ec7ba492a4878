import { type CallOptions, FakeWorld, type FakeWorldOptions } from '@cutover/core/testing'

import { type FaultPlan, isLate } from './fault-plan.ts'

/**
 * A world in which what is late can also come right before a later write: the moments that matter to whoever does not wait.
 * It counts the writes that were sent before it came, so that nobody tries a moment that there is not.
 */
export class LateWorld extends FakeWorld {
  /** By the number of the late write: how many writes were sent between it and its being done. */
  readonly overtaken: Map<number, number> = new Map()
  readonly #before: ReadonlyMap<number, number | undefined>
  #underWay: { readonly before: number; readonly arrive: () => void }[] = []

  constructor(options: FakeWorldOptions, plan: FaultPlan) {
    super(options)
    this.#before = new Map(plan.flatMap(({ effect, fault, before }) => (isLate(fault) ? [[effect, before]] : [])))
  }

  override call<T>(operation: string, options: CallOptions, body: () => T): Promise<T> {
    if (options.write !== true) return super.call(operation, options, body)
    const number = this.effects.length + 1
    if (!this.#before.has(number)) {
      return super.call(operation, options, () => {
        this.#letArrive(operation)
        return body()
      })
    }
    let hasArrived = false
    const arrive = (): T | undefined => {
      if (hasArrived) return undefined
      hasArrived = true
      this.overtaken.set(number, this.effects.length - number)
      return body()
    }
    const reply = super.call(operation, options, arrive as () => T)
    const before = this.#before.get(number)
    // A caller that is stopped, or not let in, has sent nothing yet.
    if (before !== undefined && this.effects.length === number) this.#underWay.push({ before, arrive })
    return reply
  }

  /** Another write is being done: what is to come before it comes now. */
  #letArrive(operation: string): void {
    if (this.#underWay.length === 0) return
    const number = this.effects.length
    const due = this.#underWay.filter(({ before }) => before <= number)
    this.#underWay = this.#underWay.filter(({ before }) => before > number)
    for (const { arrive } of due) {
      this.note(`late, but before #${number} ${operation}`)
      try {
        arrive()
      } catch {
        // The service refuses it, and nobody hears of that.
      }
    }
  }
}
