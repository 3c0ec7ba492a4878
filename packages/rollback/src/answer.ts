import { type Clock, CutoverError, formatInstant, knownOptions, systemClock } from '@cutover/core'

import { History } from './history.ts'
import type { Answer, Journal } from './journal.ts'
import { assertBegun } from './nothing-begun.ts'

export interface AnswerOptions {
  /** The step's name or number; needed when more than one question is open. */
  readonly step?: string | number | undefined
  readonly answer: Answer
  readonly who: string
  readonly why: string
  readonly clock?: Clock | undefined
}

const names: readonly (keyof AnswerOptions)[] = ['step', 'answer', 'who', 'why', 'clock']

/**
 * Records what a person says to the question of a parked cutover; the next run goes on from there. The first answer wins.
 *
 * @throws CutoverError `CUTOVER_NO_QUESTION`, `CUTOVER_ANSWER_INVALID`, `CUTOVER_NOTHING_BEGUN` before anything is
 * written; `CUTOVER_JOURNAL_IN_USE`.
 */
export async function answer(journal: Journal, options: AnswerOptions): Promise<void> {
  knownOptions(options, names, 'CUTOVER_ANSWER_INVALID', 'answer')
  const { step, answer: said, who, why, clock = systemClock } = options
  if (![who, why].every((text) => typeof text === 'string' && text.trim() !== ''))
    throw new CutoverError('CUTOVER_ANSWER_INVALID', 'who and why are recorded: wanted both, and not empty')
  await assertBegun(journal)
  const opened = await journal.open({ clock })
  try {
    const history = new History(opened.entries)
    const open = [...history.questions.values()]
    const asked = open.filter(
      (question) =>
        step === undefined || question.step === step || history.steps.get(question.step)?.number === Number(step),
    )
    const question = asked[0]
    if (question === undefined || asked.length > 1) {
      throw noQuestion(history, step)
    }
    if (!question.answers.some((possible) => possible.answer === said)) {
      throw new CutoverError(
        'CUTOVER_ANSWER_INVALID',
        `answer is ${JSON.stringify(said)}; wanted ${question.answers.map((possible) => possible.answer).join(' | ')}`,
      )
    }
    const { scope, lane } = history.steps.get(question.step) ?? {}
    const at = Math.max(clock.now(), history.lastAt)
    await opened.append({
      t: 'answered',
      step: question.step,
      scope: scope || undefined,
      lane: lane || undefined,
      answer: said,
      who,
      why,
      seq: history.next,
      fence: opened.fence,
      at,
    })
  } finally {
    // The answer is recorded: a lease that cannot be given back ends by itself.
    await opened.close().catch(() => {})
  }
}

/** What is asked instead, and who was faster. */
export function noQuestion(history: History, step: string | number | undefined): CutoverError {
  const open = [...history.questions.values()]
  const list = open.map((one) => `${history.steps.get(one.step)?.number ?? ''} ${one.step}`.trim()).join(', ') || 'none'
  return new CutoverError(
    'CUTOVER_NO_QUESTION',
    `step is ${JSON.stringify(step)}; open questions: ${list}${before(history, step)}`,
  )
}

/** Who was faster. */
function before({ answered, steps }: History, step: string | number | undefined): string {
  const said = [...answered.values()].findLast(
    (one) => step === undefined || one.step === step || steps.get(one.step)?.number === Number(step),
  )
  if (said === undefined) return ''
  return `; ${said.step} was answered ${said.answer} by ${said.who}, ${formatInstant(said.at)}: ${said.why}`
}
