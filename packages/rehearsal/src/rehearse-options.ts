import type { Fault, FakeWorld } from '@cutover/core/testing'
import type { RunOptions } from '@cutover/rollback'

/** Something that must hold at the end of every run; answers what is wrong. */
export interface Invariant<Parts> {
  readonly name: string
  holds(parts: Parts, world: FakeWorld): string | undefined
}

export interface RehearseOptions<Parts> {
  /** Builds one fresh world; called once per run. Write it first: the types of the others follow from it. */
  world(world: FakeWorld): Parts
  /** Your own code, unchanged. Called again after each simulated crash, with the same parts and journal. */
  cutover(parts: NoInfer<Parts>, run: RunOptions): Promise<unknown>
  /** Starts clients that use the workload meanwhile, with `world.repeat`; answers how to stop them. */
  load?(parts: NoInfer<Parts>, world: FakeWorld): () => void
  readonly invariants?: readonly Invariant<NoInfer<Parts>>[] | undefined
  /** @default every fault */
  readonly faults?: readonly Fault[] | undefined
  /** 1: every effect meets every fault. 2: and every later effect of that run a second one. @default 1 */
  readonly depth?: 1 | 2 | undefined
  /** How many pairs are tried at depth 2, spread evenly by `seed`. @default 2_000 */
  readonly pairs?: number | 'all' | undefined
  /** @default 1 */
  readonly seed?: number | undefined
  /** How late a late effect is, in milliseconds; within the `lateMs` that your changes declare. @default 40_000 */
  readonly lateMs?: number | undefined
  /** Runs only this one, with a trace: the id that a violation carries. */
  readonly replay?: string | undefined
  /** Told now and then how far it is. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}
