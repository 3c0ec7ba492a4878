import { FakeWorld, type Fault } from '@cutover/core/testing'

import { canMeet, type FaultPlan, type PlannedFault } from './fault-plan.ts'

/** A run with one fault that was safe, and what it wrote: the beginning of pairs. */
export interface First {
  readonly fault: PlannedFault
  readonly operations: readonly string[]
}

/** Every later effect of every run with one fault, with every fault that it can meet. */
export class Pairs {
  readonly total: number
  readonly #firsts: readonly First[]
  readonly #faults: readonly Fault[]

  constructor(firsts: readonly First[], faults: readonly Fault[]) {
    this.#firsts = firsts
    this.#faults = faults
    let total = 0
    for (const { fault, operations } of firsts)
      for (const operation of operations.slice(fault.effect)) total += this.#faultsOf(operation).length
    this.total = total
  }

  *all(): Generator<FaultPlan> {
    for (const { fault: first, operations } of this.#firsts) {
      for (let effect = first.effect + 1; effect <= operations.length; effect++) {
        for (const fault of this.#faultsOf(operations[effect - 1] ?? '')) yield [first, { effect, fault }]
      }
    }
  }

  /** One by chance out of each of `count` stretches of equal length. */
  *some(count: number, seed: number): Generator<FaultPlan> {
    const chance = new FakeWorld({ seed })
    const start = (stretch: number): number => Math.floor((stretch * this.total) / count)
    let stretch = 0
    let next = -1
    let number = 0
    for (const pair of this.all()) {
      if (number === start(stretch)) {
        next = number + Math.floor(chance.random() * (start(stretch + 1) - number))
        stretch += 1
      }
      if (number === next) yield pair
      number += 1
    }
  }

  #faultsOf(operation: string): readonly Fault[] {
    return this.#faults.filter((fault) => canMeet(operation, fault))
  }
}
