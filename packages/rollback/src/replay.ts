import { systemClock } from '@cutover/core'

import type { Cutover } from './cutover.ts'
import { History } from './history.ts'
import type { OpenJournal } from './journal.ts'
import { assertBegun, assertJournalOf } from './nothing-begun.ts'
import { assertRun, type RunOptions } from './run-options.ts'
import { Run } from './run.ts'
import { Scope } from './scope.ts'

/**
 * Runs a script as far as its journal goes, to know its changes: reads, and writes nothing, neither to the journal, whose lease it
 * does not take, nor to a service; what lives with a step is not started.
 *
 * @throws CutoverError `CUTOVER_NOTHING_BEGUN`, `CUTOVER_JOURNAL_OF_ANOTHER`, `CUTOVER_OPTIONS_INVALID`
 */
export async function replay(
  options: { readonly id: string } & RunOptions,
  script: (cutover: Cutover) => Promise<unknown>,
): Promise<Run> {
  assertRun(options, script)
  const { journal, clock = systemClock } = options
  await assertBegun(journal)
  const history = new History(await journal.read())
  assertJournalOf(options.id, history, journal)
  const run = new Run({ ...options, onEvent: undefined, sheet: undefined }, looking, history, clock)
  run.looksOnly = true
  await script(new Scope(run, [])).catch(() => {})
  return run
}

/** A journal that takes nothing: the script stops where it would write. */
const looking: OpenJournal = {
  fence: 0,
  entries: [],
  isFresh: true,
  hold: () => refuse(),
  renew: () => Promise.resolve(),
  append: () => Promise.reject(new Error('only looking')),
  close: () => Promise.resolve(),
}

const refuse = (): never => {
  throw new Error('only looking')
}
