import type { Clock, Duration, OnEvent, Outline } from '@cutover/core'

import type { Journal } from './journal.ts'

/** What a runner brings: the same object for a real run, a test and a rehearsal. */
export interface RunOptions {
  readonly journal: Journal
  /** @default systemClock */
  readonly clock?: Clock | undefined
  /** Stops the script where it stands; run again, it goes on. */
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: OnEvent | undefined
  /** Go back instead of on, also after completion: the script is run again to know its changes, then everything is undone. @default false */
  readonly rollBack?: boolean | undefined
  /** Begin although the first change is true already; such changes are never undone. @default false */
  readonly adopt?: boolean | undefined
  /** The steps to expect, from a rehearsal or an earlier run: recorded when the journal is opened first; for people, never obeyed. */
  readonly outline?: Outline | undefined
  /** When the maintenance window ends, epoch milliseconds: for the latest abort that still fits. */
  readonly windowEndsAt?: number | undefined
  /** How long a step that is refused, or cannot be looked at, is tried again. @default '15m' */
  readonly patience?: Duration | undefined
  /** Let Ctrl-C stop the script where it stands; a second one ends the process. @default true with the system clock */
  readonly interruptible?: boolean | undefined
}
