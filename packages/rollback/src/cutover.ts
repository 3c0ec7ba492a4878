import type { Check, Steps } from '@cutover/core'

import type { Forecast } from './forecast.ts'
import type { GuardOptions } from './standing-guard.ts'

/** What a script is given. One call at a time; for several, `all`. */
export interface Cutover extends Steps {
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
