import type { Check, Duration, Steps } from '@cutover/core'

import type { Forecast } from './forecast.ts'
import type { GuardOptions } from './standing-guard.ts'

export interface UntilOptions {
  /** When it is worth running again while a check is undecided. @default '1h' */
  readonly every?: Duration | undefined
}

/** What a script is given. One call at a time; for several, `all`. */
export interface Cutover extends Steps {
  /**
   * Waits for days without a process: unless the instant (epoch milliseconds, recorded) has come, or the check passes, the run ends
   * with `waiting`, which is no error. Run again, it goes on from here. A check that fails goes back, as `require` does. At the top
   * of a script, not in a branch of `all`, whose other branches it would stop.
   */
  until(name: string, what: (() => number) | Check, options?: UntilOptions): Promise<void>
  /** How long going back would take now. */
  forecast(): Forecast
  /**
   * Asks a check beside the steps, also while people wait, until the point of no return; what follows from a fail is `then`.
   * Undecided decides nothing. No step: call it before what it guards.
   *
   * @throws CutoverError `CUTOVER_OPTIONS_INVALID`, `DURATION_INVALID`
   */
  guard(check: Check, options: GuardOptions): void
  /** Goes back. @throws always: let it pass. */
  rollBack(why: string): Promise<never>
  /** After this nothing is undone: what fails is a question. */
  pointOfNoReturn(why: string): Promise<void>
}
