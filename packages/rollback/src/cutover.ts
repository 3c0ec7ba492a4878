import type { Steps } from '@cutover/core'

import type { Forecast } from './forecast.ts'

/** What a script is given. One call at a time; for several, `all`. */
export interface Cutover extends Steps {
  /** How long going back would take now. */
  forecast(): Forecast
  /** Goes back. @throws always: let it pass. */
  rollBack(why: string): Promise<never>
  /** After this nothing is undone: what fails is a question. */
  pointOfNoReturn(why: string): Promise<void>
}
