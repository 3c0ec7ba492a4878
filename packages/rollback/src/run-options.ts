import { type Clock, CutoverError, type Duration, knownOptions, type OnEvent, type Outline } from '@cutover/core'

import { type DriftOptions, driftOf } from './drift-watch.ts'
import type { Journal } from './journal.ts'
import { assertLimits, type Limits } from './limits.ts'
import type { Notifier } from './notify/message.ts'
import { notifiersOf } from './notify/notifiers-of.ts'
import { maskOf } from './secrets/mask.ts'
import type { Sheet } from './sheet.ts'
import { criteriaOf, type RollbackCriterion } from './standing-guard.ts'

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
  /** Takes the page with which everything that is applied can be undone by hand: before each change, and after each that is undone. @default none */
  readonly sheet?: Sheet | undefined
  /** What was agreed about downtime and loss. @default none */
  readonly limits?: Limits | undefined
  /** When to go back, agreed before: each counted down, journalled, told. @default none */
  readonly criteria?: readonly RollbackCriterion[] | undefined
  /** Looks again whether what was applied still is; `false`: not. @default { every: '1m' } with the system clock, else not */
  readonly drift?: DriftOptions | false | undefined
  /** Listen to operators in other processes, once a second. @default true; under another clock than the system's only with a journal in memory */
  readonly operators?: boolean | undefined
  /**
   * Who is told: start, pause, question, approval, alarm, slip of the forecast, rollback, end. One message per fact, recorded when
   * it is accepted; one that fails or hangs delays no step. @default none
   */
  readonly notify?: readonly Notifier[] | undefined
  /**
   * Texts that must be in no record, event, error, sheet or message, of at least 6 characters; kept in memory only. What looks like a
   * secret, a key in a connection string, a signed URL, a token, is masked without being named here. @default none
   */
  readonly secrets?: readonly string[] | undefined
  /** Let Ctrl-C stop the script where it stands; a second one ends the process. @default true with the system clock */
  readonly interruptible?: boolean | undefined
}

/** A list that the compiler holds to be whole. */
const known: Readonly<Record<keyof RunOptions | 'id', true>> = {
  id: true,
  journal: true,
  clock: true,
  signal: true,
  onEvent: true,
  rollBack: true,
  adopt: true,
  outline: true,
  windowEndsAt: true,
  patience: true,
  interruptible: true,
  sheet: true,
  limits: true,
  criteria: true,
  operators: true,
  drift: true,
  notify: true,
  secrets: true,
}
const names = Object.keys(known)
const code = 'CUTOVER_OPTIONS_INVALID'

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID` before anything is opened. */
export function assertRun(options: RunOptions & { readonly id: string }, script: unknown): void {
  if (typeof options === 'function') throw new CutoverError(code, 'runCutover takes its options first, then the script')
  knownOptions(options, names, code, 'runCutover')
  const { id, journal, rollBack, adopt } = options
  if (typeof id !== 'string' || id === '') throw new CutoverError(code, `id is ${JSON.stringify(id)}; wanted a name`)
  if (typeof (journal as Partial<Journal> | null | undefined)?.open !== 'function') {
    const path = typeof journal === 'string' ? JSON.stringify(journal) : `'${id}.jsonl'`
    const came =
      typeof journal === 'object' && journal ? 'of another kind' : (JSON.stringify(journal) ?? String(journal))
    throw new CutoverError(code, `journal is ${came}; wanted a journal`, {
      next: `Write: journal: fileJournal(${path})`,
    })
  }
  for (const [name, value] of Object.entries({ rollBack, adopt })) {
    if (value !== undefined && typeof value !== 'boolean')
      throw new CutoverError(code, `${name} is ${JSON.stringify(value)}; wanted true or false`)
  }
  if (options.sheet !== undefined && typeof options.sheet !== 'function') {
    const { sheet } = options as { readonly sheet: unknown }
    throw new CutoverError(code, `sheet is ${JSON.stringify(sheet)}; wanted a function that takes the page`, {
      next: `Write: sheet: fileSheet(${typeof sheet === 'string' ? JSON.stringify(sheet) : "'undo.md'"})`,
    })
  }
  criteriaOf(options.criteria ?? [])
  assertLimits(options.limits)
  notifiersOf(options.notify)
  maskOf(options.secrets)
  if (options.drift !== false) driftOf(options.drift)
  if (typeof script !== 'function') {
    throw new CutoverError(code, `the script is ${JSON.stringify(script) ?? String(script)}; wanted a function`, {
      next: 'Write: await runCutover({ … }, async (cutover) => { … })',
    })
  }
}
