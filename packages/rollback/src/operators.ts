import { type Clock, CutoverError, formatInstant, knownOptions } from '@cutover/core'

import { History } from './history.ts'
import type { Journal } from './journal.ts'
import { assertBegun } from './nothing-begun.ts'
import type { OperatorRequest } from './operator-request.ts'

export interface OperatorOptions {
  /** Recorded, and read by everybody. */
  readonly who: string
  readonly why: string
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

export interface OperatorStepOptions extends OperatorOptions {
  /** The step's path, or its number. */
  readonly step: string | number
}

const names: readonly (keyof OperatorStepOptions)[] = ['who', 'why', 'clock', 'step']

/**
 * Stops before the next step; the one under way is finished. Guards stay awake. Also for a cutover that nobody runs now.
 *
 * @throws CutoverError `CUTOVER_REQUEST_INVALID`, `CUTOVER_NOTHING_BEGUN`; `CUTOVER_ENDED` when it has ended.
 */
export const pause = (journal: Journal, options: OperatorOptions): Promise<void> => request(journal, 'pause', options)

/** Goes on after `pause`. @throws CutoverError as `pause` */
export const resume = (journal: Journal, options: OperatorOptions): Promise<void> => request(journal, 'resume', options)

/**
 * Counts a check as passed that has not passed, also while it is asked. It stays visible as skipped, and must be accepted by name
 * before the point of no return.
 *
 * @throws CutoverError as `pause`; `CUTOVER_REQUEST_INVALID` for a step that is no check, or has its answer
 */
export const skip = (journal: Journal, options: OperatorStepOptions): Promise<void> => request(journal, 'skip', options)

/** Goes back, from wherever it stands; a step that only waits is left at once. @throws CutoverError as `pause`; `CUTOVER_PAST_NO_RETURN` */
export const rollBack = (journal: Journal, options: OperatorOptions): Promise<void> =>
  request(journal, 'roll-back', options)

/** Accepts that the steps of the outline which have not begun differ, the next time it is run. @throws CutoverError as `pause` */
export const amend = (journal: Journal, options: OperatorOptions): Promise<void> => request(journal, 'amend', options)

/** Says yes to an `approval`. The first word of each person counts. @throws CutoverError as `pause`; `CUTOVER_REQUEST_INVALID` when nobody asks there */
export const approve = (journal: Journal, options: OperatorStepOptions): Promise<void> =>
  request(journal, 'approve', options)

/** Says no to an `approval`. @throws CutoverError as `approve` */
export const decline = (journal: Journal, options: OperatorStepOptions): Promise<void> =>
  request(journal, 'decline', options)

async function request(
  journal: Journal,
  what: OperatorRequest['do'],
  options: OperatorOptions & { readonly step?: string | number | undefined },
): Promise<void> {
  knownOptions(options, names, 'CUTOVER_REQUEST_INVALID', what)
  const { who, why, step } = options
  if (![who, why].every((text) => typeof text === 'string' && text.trim() !== ''))
    throw invalid('who and why are recorded: wanted both, and not empty')
  const { requests } = journal
  if (!requests) throw invalid(`the journal ${journal.location} takes no requests from other processes`)
  await assertBegun(journal)
  const history = new History(await journal.read())
  if (history.closed && !(what === 'roll-back' && history.closed === 'completed'))
    throw new CutoverError('CUTOVER_ENDED', `it has ended: ${history.closed}`)
  if (what === 'roll-back' && history.noReturn !== undefined) {
    throw new CutoverError(
      'CUTOVER_PAST_NO_RETURN',
      `REFUSED: nothing is undone since the point of no return: ${history.noReturn}`,
    )
  }
  if (history.decided) {
    const { at, why: because } = history.decided
    throw invalid(`it goes back since ${formatInstant(at)}: ${because}`)
  }
  const isOfStep = what === 'skip' || what === 'approve' || what === 'decline'
  const named = isOfStep ? stepOf(history, what, step) : undefined
  await requests.send({ do: what, ...(named !== undefined && { step: named }), who, why })
}

/** The path of the step that is meant. A check that has not been asked is known by its path alone. */
function stepOf(history: History, what: 'skip' | 'approve' | 'decline', step: string | number | undefined): string {
  const steps = [...history.steps.values()]
  const known = steps.find((each) => each.step === step || each.number === Number(step))
  if (what === 'skip') {
    if (known && (known.kind !== 'check' || known.answer?.status === 'pass'))
      throw invalid(`step ${known.number}, ${known.title}, is no check that could be skipped`)
    if (known && history.questions.has(known.step))
      throw invalid(`step ${known.number}, ${known.title}: a question is open: answer it; pass counts it as passed`)
    if (known) return known.step
    if (typeof step === 'string' && step.trim() !== '' && !/^\d+$/.test(step)) return step
    throw invalid(`step is ${JSON.stringify(step)}; wanted the path of a check`)
  }
  if (known?.asking) return known.step
  const asked = steps.filter(({ asking }) => asking !== undefined).map((each) => each.step)
  throw invalid(
    `step is ${JSON.stringify(step)}; wanted one that asks for approval: ${asked.join(', ') || 'none does'}`,
  )
}

const invalid = (text: string): CutoverError => new CutoverError('CUTOVER_REQUEST_INVALID', text)
