import type { History, StepHistory } from './history.ts'
import type { Question } from './journal.ts'
import { reportText } from './report-text.ts'

export type End = 'completed' | 'rolled-back' | 'rolled-back-with-residue' | 'parked' | 'waiting' | 'interrupted'

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

/** What was agreed, what was to be expected, and what came of it. */
export interface Objective {
  readonly target: number | undefined
  readonly forecast: number | undefined
  readonly actual: number | undefined
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
  /** How long going back may take, was forecast to take when it was decided, and took; milliseconds, `undefined` where nobody said or knows. */
  readonly rto: Objective
  /** How many accepted writes or messages may be lost, were predicted to be, and were measured to be. */
  readonly rpo: Objective
  /** The same of the time in which clients were not served, in milliseconds. */
  readonly downtime: Objective
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
  const unfinished = history.waiting && !history.decided ? 'waiting' : 'interrupted'
  const end: End = history.closed ?? (history.questions.size > 0 ? 'parked' : unfinished)
  const wentBackInMs =
    history.decided && end.startsWith('rolled-back') ? history.lastAt - history.decided.at : undefined
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
      end: stepEnd({ ...rest, kind }, history.lastAt),
      tookMs: endedAt === undefined ? undefined : endedAt - beganAt,
    })),
    because: history.decided?.why,
    rto: { target: history.agreed?.rtoMs, forecast: history.decided?.forecastMs, actual: wentBackInMs },
    rpo: {
      target: history.agreed?.maxDataLoss,
      forecast: history.agreed?.predicted?.dataLoss,
      actual: history.measured?.dataLoss,
    },
    downtime: {
      target: history.agreed?.maxDowntimeMs,
      forecast: history.agreed?.predicted?.downtimeMs,
      actual: history.measured?.downtimeMs,
    },
    rolledBackInMs: wentBackInMs,
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
  return { ...base, text: reportText(base, history, location) }
}

function stepEnd(
  step: Pick<StepHistory, 'kind' | 'residue' | 'undone' | 'outcome' | 'answer' | 'intentSeq' | 'value'>,
  lastAt: number,
): ReportedStep['end'] {
  if (step.residue !== undefined) return 'residue'
  if (step.undone !== undefined)
    return step.undone === 'reverted' ? 'undone' : step.undone === 'by-hand' ? 'undone-by-hand' : 'never-happened'
  if (step.outcome) return step.outcome.how === 'already' ? 'already' : 'done'
  if (step.intentSeq !== undefined) return 'in-doubt'
  if (step.answer) return step.answer.status
  return step.value && (step.value.until ?? lastAt) <= lastAt ? 'done' : 'begun'
}
