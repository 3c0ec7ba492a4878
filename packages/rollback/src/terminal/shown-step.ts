import type { CutoverEvent } from '@cutover/core'

type Of<Kind extends CutoverEvent['kind']> = Extract<CutoverEvent, { kind: Kind }>

/** One row of the screen, and what stands below it. */
export interface ShownStep {
  readonly step: string
  readonly title: string
  readonly standing:
    | 'outlined'
    | 'running'
    | 'done'
    | 'already'
    | 'recorded'
    | 'failed'
    | 'undecided'
    | 'skipped'
    | 'undone'
    | 'stopped'
    | 'parked'
  readonly startedAt: number | undefined
  readonly tookMs: number | undefined
  readonly estimateMs: number | undefined
  readonly withinMs: number | undefined
  readonly progress: Of<'progress'> | undefined
  readonly wait: Of<'waiting'> | undefined
  /** The last that it, or a check, has said about itself. */
  readonly said: string | undefined
  readonly question: Of<'parked'> | undefined
  readonly approval: Of<'approval'> | undefined
}

export const freshStep = (step: string, title: string, estimateMs?: number): ShownStep => ({
  step,
  title,
  standing: 'outlined',
  startedAt: undefined,
  tookMs: undefined,
  estimateMs,
  withinMs: undefined,
  progress: undefined,
  wait: undefined,
  said: undefined,
  question: undefined,
  approval: undefined,
})

export const begun = ({ standing }: ShownStep): boolean => standing !== 'outlined'

/** Nothing about it will change any more, unless it is undone. */
export const isSettled = ({ standing }: ShownStep): boolean => standing !== 'outlined' && standing !== 'running'

/** The step after one of its own events. */
export function stepAfter(step: ShownStep, event: CutoverEvent): ShownStep {
  switch (event.kind) {
    case 'step-started':
    case 'step-undoing': {
      const { title, at, estimateMs = step.estimateMs } = event
      const withinMs = event.kind === 'step-started' ? event.withinMs : undefined
      return { ...freshStep(step.step, title), standing: 'running', startedAt: at, estimateMs, withinMs }
    }
    case 'progress':
      return { ...running(step, event.at), progress: event }
    case 'waiting':
      return { ...running(step, event.at), wait: event, said: undefined }
    case 'approval':
      return { ...running(step, event.at), title: event.title, approval: event, said: undefined }
    case 'note':
      // Answered, it waits for its next run.
      return event.code === 'CUTOVER_ANSWERED' && step.question
        ? { ...step, standing: 'stopped', question: undefined, said: event.text }
        : { ...step, said: event.text }
    case 'step-done': {
      const { title, tookMs, how } = event
      return { ...step, title, standing: how, tookMs, wait: undefined, said: undefined }
    }
    case 'step-undone':
      return { ...step, title: event.title, standing: 'undone', tookMs: event.tookMs, wait: undefined, said: undefined }
    case 'check-answered':
      return answered(step, event)
    case 'parked':
      return { ...step, standing: 'parked', question: event, wait: undefined, progress: undefined, said: undefined }
    default:
      return step
  }
}

const running = (step: ShownStep, at: number): ShownStep =>
  step.standing === 'outlined' ? { ...step, standing: 'running', startedAt: at } : step

const standings = { pass: 'done', fail: 'failed', undecided: 'undecided' } as const

function answered(step: ShownStep, { title, status, final, at, text }: Of<'check-answered'>): ShownStep {
  const prefix = [`${title}: ${status}: `, `${title}: `].find((start) => text.startsWith(start)) ?? ''
  const said = text.slice(prefix.length)
  if (!final) return { ...running(step, at), title, wait: undefined, said }
  const tookMs = step.startedAt === undefined ? undefined : at - step.startedAt
  if (said.startsWith('SKIPPED by ')) {
    return {
      ...step,
      title,
      standing: 'skipped',
      tookMs,
      wait: undefined,
      progress: undefined,
      question: undefined,
      said,
    }
  }
  const standing = status === 'pass' && tookMs === undefined ? 'recorded' : standings[status]
  return { ...step, title, standing, tookMs, wait: undefined, progress: undefined, question: undefined, said }
}
