import { formatDuration } from '@cutover/core'

import type { History, StepHistory } from './history.ts'
import type { Question } from './journal.ts'

export type End = 'completed' | 'rolled-back' | 'rolled-back-with-residue' | 'parked' | 'interrupted'

export interface ReportedStep {
  readonly number: number
  readonly step: string
  readonly title: string
  readonly kind: 'change' | 'check' | 'value'
  readonly end:
    | 'done'
    | 'already'
    | 'undone'
    | 'never-happened'
    | 'undone-by-hand'
    | 'residue'
    | 'in-doubt'
    | 'pass'
    | 'fail'
    | 'undecided'
    | 'begun'
  readonly tookMs: number | undefined
}

/** What a journal says about a cutover, at any moment. */
export interface Report {
  readonly id: string
  readonly end: End
  readonly startedAt: number
  readonly endedAt: number
  readonly steps: readonly ReportedStep[]
  /** Why it went back. */
  readonly because: string | undefined
  /** From the decision to the end of the way back, in milliseconds. */
  readonly rolledBackInMs: number | undefined
  readonly residue: readonly { readonly step: string; readonly why: string }[]
  readonly questions: readonly (Question & { readonly step: string; readonly number: number })[]
  /** What a person reads: what happened, what is left to do. */
  readonly text: string
}

/** Reads a history as a report. Pure. */
export function reportOf(history: History, location: string): Report {
  const steps = [...history.steps.values()]
  const end: End = history.closed ?? (history.questions.size > 0 ? 'parked' : 'interrupted')
  const base = {
    id: history.id ?? '',
    end,
    startedAt: history.startedAt,
    endedAt: history.lastAt,
    steps: steps.map(({ number, step, title, kind, beganAt, endedAt, ...rest }) => ({
      number,
      step,
      title,
      kind,
      end: stepEnd({ ...rest, kind }),
      tookMs: endedAt === undefined ? undefined : endedAt - beganAt,
    })),
    because: history.decided?.why,
    rolledBackInMs: history.decided && end.startsWith('rolled-back') ? history.lastAt - history.decided.at : undefined,
    residue: steps.flatMap(({ step, residue }) => (residue === undefined ? [] : [{ step, why: residue }])),
    questions: [...history.questions.values()].map(({ step, code, question, look, answers }) => ({
      step,
      number: history.steps.get(step)?.number ?? 0,
      code,
      question,
      look,
      answers,
    })),
  }
  return { ...base, text: textOf(base, history, location) }
}

function stepEnd(
  step: Pick<StepHistory, 'kind' | 'residue' | 'undone' | 'outcome' | 'answer' | 'intentSeq' | 'value'>,
): ReportedStep['end'] {
  if (step.residue !== undefined) return 'residue'
  if (step.undone !== undefined)
    return step.undone === 'reverted' ? 'undone' : step.undone === 'by-hand' ? 'undone-by-hand' : 'never-happened'
  if (step.outcome) return step.outcome.how === 'already' ? 'already' : 'done'
  if (step.intentSeq !== undefined) return 'in-doubt'
  if (step.answer) return step.answer.status
  return step.value ? 'done' : 'begun'
}

function textOf(report: Omit<Report, 'text'>, history: History, location: string): string {
  const total = Math.max(report.steps.length, history.outline?.length ?? 0)
  const changes = report.steps.filter(({ kind, end }) => kind === 'change' && end !== 'already')
  const undone = changes.filter(({ end }) => end === 'undone' || end === 'never-happened' || end === 'undone-by-hand')
  switch (report.end) {
    case 'completed':
      return [
        `COMPLETED in ${formatDuration(report.endedAt - report.startedAt)}: ${changes.length} changes, ${report.steps.length} steps`,
        `  Go back  run it with rollBack: true; its journal is ${location}`,
      ].join('\n')
    case 'rolled-back':
      return [
        `ROLLED BACK in ${formatDuration(report.rolledBackInMs ?? 0)}: ${report.because}`,
        `  ${undone.length} of ${changes.length} undone, the source is as found. Nothing is left to do.`,
        `  Again    run it with a new journal; this one is ${location}`,
      ].join('\n')
    case 'rolled-back-with-residue':
      return [
        'ROLLED BACK, AND SOMETHING IS LEFT FOR YOU',
        ...report.residue.map(({ step, why }) => `  ${titleOf(report, step)}: left as it is (${why})`),
        `  The other ${undone.length} changes are as found. Decided because: ${report.because}`,
      ].join('\n')
    case 'parked':
      return report.questions
        .map((question) => parkedText(question, titleOf(report, question.step), total, location))
        .join('\n')
    case 'interrupted':
      return [
        `INTERRUPTED after ${report.steps.length} steps; nothing was undone`,
        '  Go on    run it again',
        `  Go back  run it with rollBack: true; its journal is ${location}`,
      ].join('\n')
  }
}

const titleOf = (report: Pick<Report, 'steps'>, step: string): string =>
  report.steps.find((candidate) => candidate.step === step)?.title ?? step

function parkedText(question: Report['questions'][number], title: string, total: number, location: string): string {
  return [
    `PARKED at step ${question.number} of ${total}: ${title}`,
    `  ${question.question}`,
    ...question.look.map((command) => `  Look     ${command}`),
    ...question.answers.map(
      ({ answer, means }) =>
        `  Answer   npx cutover answer ${location} ${question.number} ${answer} --who NAME --why TEXT    ${means}`,
    ),
    '  then run it again',
    question.code,
  ].join('\n')
}
