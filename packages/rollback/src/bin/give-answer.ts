import { CutoverError, isCutoverError, systemClock } from '@cutover/core'

import { answer, noQuestion } from '../answer.ts'
import { givenBy } from '../given.ts'
import type { History } from '../history.ts'
import type { Answer } from '../journal.ts'
import { backLines, backText } from './back-lines.ts'
import { operate, requestOf } from './operate.ts'
import { field } from './preview.ts'
import { refuseLate } from './refuse-late.ts'
import { type StandingOf, standingOf } from './standing-of.ts'
import type { Request } from './usage.ts'

type AnswerRequest = Extract<Request, { name: 'answer' }>

/** How often and how long another one who answers at the same moment is waited for, in milliseconds. */
const tries = 15
const pauseMs = 200

/** What is asked, what the answer means, and how long going back would take. */
export function questionPreview({ step, answer: said }: AnswerRequest, standing: StandingOf): string[] {
  const { history } = standing
  const approval = approvalOf(standing, step, said)
  if (approval) {
    const { from, quorum = 1 } = approval.asking ?? {}
    const given = givenBy(approval)
    return [
      `${approval.number}  ${approval.title}`,
      field(
        'Asked',
        `${given.length} of ${quorum} approved${given.length === 0 ? '' : `: ${given.join(', ')}`}${from ? `; of ${from.join(', ')}` : ''}`,
      ),
      field(
        said,
        said === 'approve'
          ? given.length + 1 >= quorum
            ? 'goes on at once'
            : 'waits for the others'
          : 'one no fails it',
      ),
      field('Back', backText(history)),
    ]
  }
  const question = questionOf(history, step)
  if (!question) throw noQuestion(history, step)
  const number = history.steps.get(question.step)?.number
  return [
    `${number ?? ''}  ${history.steps.get(question.step)?.title ?? question.step}`.trim(),
    `   ${question.question}`,
    ...question.answers.map(({ answer: possible, means }) => `   ${possible.padEnd(12)}  ${means}`),
    field('Back', backText(history)),
    ...(said === 'roll-back' ? backLines(history) : []),
  ]
}

export async function* giveAnswer(request: AnswerRequest, standing: StandingOf): AsyncGenerator<string> {
  const { step, answer: said, who, why } = request
  if (approvalOf(standing, step, said)) {
    yield* operate(standing, requestOf(standing, said as 'approve' | 'decline', request))
    return
  }
  for (let i = 1; ; i++) {
    try {
      await answer(standing.journal, { step, answer: said as Answer, who, why })
      yield `Recorded: ${said}, ${who}: ${why}. Now run it again.`
      return
    } catch (error) {
      // Two who answer at once hold the lease one after the other; the second is then told who was faster.
      if (!isCutoverError(error, 'CUTOVER_JOURNAL_IN_USE') || i === tries) throw error
      await systemClock.sleep(pauseMs)
      if (!questionOf((await standingOf(standing.journal)).history, step))
        throw noQuestion((await standingOf(standing.journal)).history, step)
    }
  }
}

/** @throws CutoverError as `refuseLate`; `CUTOVER_ANSWER_INVALID` for an answer that the question does not list */
export function refuseAnswer(request: AnswerRequest, standing: StandingOf): void {
  const { step, answer: said } = request
  if (approvalOf(standing, step, said)) {
    refuseLate(
      standing.history,
      standing.pending,
      requestOf(standing, said as 'approve' | 'decline', request),
      systemClock.now(),
    )
    return
  }
  const question = questionOf(standing.history, step)
  if (!question) throw noQuestion(standing.history, step)
  if (!question.answers.some((possible) => possible.answer === said)) {
    throw new CutoverError(
      'CUTOVER_ANSWER_INVALID',
      `answer is ${JSON.stringify(said)}; wanted ${question.answers.map((possible) => possible.answer).join(' | ')}`,
    )
  }
}

const questionOf = (history: History, step: string) =>
  [...history.questions.values()].find(
    (open) => open.step === step || history.steps.get(open.step)?.number === Number(step),
  )

/** People are asked to approve there. */
function approvalOf({ history }: StandingOf, step: string, said: string) {
  if (said !== 'approve' && said !== 'decline') return undefined
  return [...history.steps.values()].find(
    (each) => (each.step === step || each.number === Number(step)) && each.asking !== undefined,
  )
}
