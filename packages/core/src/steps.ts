import { type ChangeSpec, unappliedNet } from './change.ts'
import type { Answer, AskOptions, Check } from './check.ts'
import type { Clock } from './clock.ts'
import { assertKind } from './right-kind.ts'

export interface StepOptions {
  /** The step's name, when the id is used twice in one scope. @default the change's or check's `id` */
  readonly as?: string | undefined
}

export interface RequireOptions extends StepOptions, AskOptions {
  /** @default 'roll-back' */
  readonly onFail?: 'roll-back' | 'park' | undefined
}

/** The steps that a procedure, and a cutover's own script, can take. One call at a time: for more, `all`. */
export interface Steps {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Applies one change and answers what is true afterwards; a second run answers the same without doing it. */
  apply<After>(change: ChangeSpec<unknown, After, unknown>, options?: StepOptions): Promise<After>
  /** Goes on only if the check passes. */
  require<Evidence>(check: Check<Evidence>, options?: RequireOptions): Promise<Answer<Evidence>>
  /** Asks, for branching. */
  check<Evidence>(check: Check<Evidence>, options?: StepOptions & AskOptions): Promise<Answer<Evidence>>
  /** Records a value that would differ on a second run: the time, a random id, a read of the world. */
  value<T>(name: string, make: () => T | Promise<T>): Promise<T>
  /** Waits until an instant, epoch milliseconds, which is recorded. */
  waitUntil(name: string, at: () => number): Promise<void>
  /** Branches that do not depend on each other. */
  all<Results extends Readonly<Record<string, unknown>>>(branches: {
    readonly [Name in keyof Results]: (steps: Steps) => Promise<Results[Name]>
  }): Promise<Results>
  /** Runs a procedure's steps under its own path. */
  run<Result>(procedure: Procedure<Result>, options?: StepOptions): Promise<Result>
}

/** A verb of several phases; does nothing until it is run with `cutover.run(procedure)`. */
export interface Procedure<Result = void> {
  readonly id: string
  readonly title: string
  steps(steps: Steps): Promise<Result>
  then(
    this: 'A Procedure does nothing until it is run. Write: await cutover.run(procedure)',
    onFulfilled: (value: never) => void,
    onRejected: (error: never) => void,
  ): never
}

/** Makes a procedure of several steps. */
export function defineProcedure<Result>(procedure: Omit<Procedure<Result>, 'then'>): Procedure<Result> {
  assertKind('procedure', procedure, 'defineProcedure')
  return unappliedNet(procedure, procedure.id, 'procedure', defineProcedure)
}
