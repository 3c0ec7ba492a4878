import { CutoverError, formatDuration } from '@cutover/core'

import { answerCommand } from '../answer-command.ts'
import type { History, StepHistory } from '../history.ts'
import { backLines, backText } from './back-lines.ts'
import type { StandingOf } from './standing-of.ts'
import type { Request } from './usage.ts'

/**
 * What a request will do, and how long that takes, before anybody is asked.
 *
 * @throws CutoverError `CUTOVER_REQUEST_INVALID` for what could not do anything
 */
export function previewOf(request: Exclude<Request, { name: 'answer' }>, standing: StandingOf, now: number): string[] {
  const { history, holder, journal } = standing
  const runner =
    holder === undefined
      ? 'nobody runs it now: taken when it is run again'
      : `run by ${holder.who}, process ${holder.pid}`
  const head = `${history.id ?? ''}: ${runner}`
  switch (request.name) {
    case 'pause':
      return [
        head,
        `Stops before the next step${underWay(history)}. Guards and criteria stay awake.`,
        ...aheadLines(history)
          .slice(0, 1)
          .map((line) => field('Next', line.trim())),
        field('Back', backText(history)),
      ]
    case 'resume': {
      const { paused } = history
      const since = paused
        ? [`Paused for ${formatDuration(Math.max(0, now - paused.at))}, by ${paused.who}: ${paused.why}`]
        : []
      return [
        head,
        ...since,
        `Goes on with the next step.${aheadText(history)}`,
        ...aheadLines(history),
        field('Back', backText(history)),
      ]
    }
    case 'roll-back':
      return [
        head,
        `Goes back: ${backText(history)}. A step that only waits is left at once; one that writes is finished first.`,
        ...backLines(history),
      ]
    case 'skip': {
      const step = checkOf(history, request.step)
      if (step && history.questions.has(step.step)) {
        throw new CutoverError(
          'CUTOVER_REQUEST_INVALID',
          `REFUSED: step ${step.number}, ${step.title}, is parked: a question is answered`,
          {
            next: answerCommand(journal.location, step.number, 'pass'),
          },
        )
      }
      return [
        head,
        `Counts ${step ? `step ${step.number}, ${step.title}` : request.step}, as passed without having passed.`,
        ...(step?.answer ? [field('Said', `${step.answer.status}: ${step.answer.text}`)] : []),
        'It stays visible as skipped, and must be accepted by name before the point of no return.',
        ...aheadLines(history).slice(0, 3),
        field('Back', backText(history)),
      ]
    }
    case 'amend':
      return [
        head,
        'The next time it is run, its plan may differ in the steps that have not begun:',
        ...(aheadLines(history).length === 0 ? ['      (no plan was recorded)'] : aheadLines(history)),
        field('Back', backText(history)),
      ]
  }
}

function underWay(history: History): string {
  const step = [...history.steps.values()].findLast(
    ({ intentSeq, outcome, settled, undone }) =>
      intentSeq !== undefined && !(outcome && settled) && !outcome && undone === undefined,
  )
  if (!step) return ''
  const estimate = history.outline?.find((line) => line.step === step.step)?.estimateMs
  return `; step ${step.number}, ${step.title}, is finished first${estimate ? ` (estimate ${formatDuration(estimate)})` : ''}`
}

const ahead = (history: History) => (history.outline ?? []).filter(({ step }) => !history.steps.has(step))

const aheadLines = (history: History): string[] =>
  ahead(history).map(
    ({ title, estimateMs }, i) =>
      `${String(history.steps.size + i + 1).padStart(4)}  ${title}${estimateMs ? `  estimate ${formatDuration(estimateMs)}` : ''}`,
  )

function aheadText(history: History): string {
  const ms = ahead(history).reduce((sum, { estimateMs = 0 }) => sum + estimateMs, 0)
  return ms === 0 ? '' : ` Ahead, as far as it is estimated: ${formatDuration(ms)}.`
}

const checkOf = (history: History, step: string): StepHistory | undefined =>
  [...history.steps.values()].find((each) => each.step === step || each.number === Number(step))

export const field = (name: string, text: string): string => `  ${name.padEnd(8)} ${text}`
