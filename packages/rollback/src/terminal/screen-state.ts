import type { CutoverEvent } from '@cutover/core'

import { type Note, noted, withoutQuiet, withoutRunner } from './notes.ts'
import { begun, freshStep, type ShownStep, stepAfter } from './shown-step.ts'
import { type Used, usedOf } from './used.ts'

type Of<Kind extends CutoverEvent['kind']> = Extract<CutoverEvent, { kind: Kind }>

/** What a screen knows: the events so far, folded. */
export interface ScreenState {
  readonly cutover: string
  readonly journal: string | undefined
  readonly resumed: boolean
  readonly windowEndsAt: number | undefined
  /** An outline said how many steps there are. */
  readonly isOutlined: boolean
  /** In the order of the script; outlined ones that have not begun come last. */
  readonly steps: readonly ShownStep[]
  /** What is undone, in that order. */
  readonly wayBack: readonly ShownStep[]
  readonly goingBack: { readonly because: string; readonly since: number } | undefined
  readonly forecast: Of<'forecast'> | undefined
  /** An operator has stopped it before the next step. */
  readonly paused: Of<'paused'> | undefined
  /** Guards, criteria and limits that are not well now. */
  readonly alarms: readonly Of<'alarm'>[]
  /** Applied changes that are not as they were left. */
  readonly drifts: readonly Of<'drift'>[]
  /** Questions about something beside the steps. */
  readonly questions: readonly Of<'parked'>[]
  readonly used: Used | undefined
  /** Sentences that belong to no step. */
  readonly notes: readonly Note[]
  readonly ended: Of<'ended'> | undefined
  /** The time of the last event. */
  readonly at: number
}

export const blank: ScreenState = {
  cutover: '',
  journal: undefined,
  resumed: false,
  windowEndsAt: undefined,
  isOutlined: false,
  steps: [],
  wayBack: [],
  goingBack: undefined,
  forecast: undefined,
  paused: undefined,
  alarms: [],
  drifts: [],
  questions: [],
  used: undefined,
  notes: [],
  ended: undefined,
  at: 0,
}

/** The state after an event. Pure; no event is refused, whatever came before it. */
export function fold(state: ScreenState, event: CutoverEvent): ScreenState {
  const now = { ...state, at: event.at }
  switch (event.kind) {
    case 'opened':
      return opened(event)
    case 'forecast':
      return { ...now, forecast: event }
    case 'rolling-back':
      return { ...now, ...wentOn(state, event), steps: turnedBack(state, event) }
    case 'ended':
      return {
        ...now,
        ended: event,
        steps: state.steps.map(halted),
        wayBack: state.wayBack.map(halted),
        notes: withoutRunner(state),
      }
    case 'paused':
      return { ...now, paused: event }
    case 'resumed':
      return { ...now, paused: undefined, notes: noted(state, event.kind, event.text) }
    case 'alarm': {
      const others = state.alarms.filter(({ id }) => id !== event.id)
      if (event.state === 'resolved') return { ...now, alarms: others, notes: noted(state, event.kind, event.text) }
      return { ...now, alarms: [...others, event] }
    }
    case 'drift':
      return { ...now, drifts: [...state.drifts.filter(({ step }) => step !== event.step), event] }
    case 'change-forgotten':
      return { ...now, notes: noted(state, event.kind, event.text) }
    case 'note':
      return { ...now, ...afterNote(state, event) }
    case 'parked':
      if (!event.step.startsWith('@')) return { ...now, ...withStep(state, event.step, event) }
      return { ...now, questions: [...state.questions.filter(({ step }) => step !== event.step), event] }
    case 'waiting':
      // Before it is opened, a journal may wait until the lease of another is over.
      return state.journal === undefined
        ? { ...now, cutover: event.step, notes: noted(blank, event.kind, event.text) }
        : { ...now, ...withStep(state, event.step, event), ended: undefined }
    default:
      // Who watches sees it end (parked, killed) and go on in another process.
      return { ...now, ...withStep(state, event.step, event), ended: undefined, notes: withoutQuiet(state) }
  }
}

/** What kept the script from going on is moot; the way back asks its own questions. */
const wentOn = (state: ScreenState, { because, at }: Of<'rolling-back'>): Partial<ScreenState> => ({
  goingBack: { because, since: state.goingBack?.since ?? at },
  ended: undefined,
  paused: undefined,
  questions: [],
})

function afterNote(state: ScreenState, event: Of<'note'>): Partial<ScreenState> {
  const { code, step, text } = event
  if (code === 'CUTOVER_LIMITS') return { used: usedOf(event.data) ?? state.used }
  if (code === 'CUTOVER_DRIFT_OVER')
    return { drifts: state.drifts.filter((drift) => drift.step !== step), notes: noted(state, code, text) }
  // Who watches sees another process go on.
  if (code === 'CUTOVER_RUNNER') return { ended: undefined, notes: noted(state, code, text) }
  const answered = code === 'CUTOVER_ANSWERED' ? step : undefined
  if (answered?.startsWith('@')) {
    return {
      questions: state.questions.filter((question) => question.step !== answered),
      drifts: state.drifts.filter((drift) => `@drift/${drift.step}` !== answered),
      notes: noted(state, code, text),
    }
  }
  return step === undefined ? { notes: noted(state, code, text) } : withStep(state, step, event)
}

function opened(event: Extract<CutoverEvent, { kind: 'opened' }>): ScreenState {
  const { cutover, journal, resumed, windowEndsAt, outline, at } = event
  const steps = (outline ?? []).map(({ step, title, estimateMs }) => freshStep(step, title, estimateMs))
  return { ...blank, cutover, journal, resumed, windowEndsAt, isOutlined: outline !== undefined, steps, at }
}

type Steps = Pick<ScreenState, 'steps' | 'wayBack'>

/** On the way back a step's events belong to its undoing, unless that has not begun. */
function withStep({ steps, wayBack, goingBack }: ScreenState, step: string, event: CutoverEvent): Partial<Steps> {
  const isUndo = event.kind === 'step-undoing' || event.kind === 'step-undone'
  const isAsked = event.kind === 'parked' && goingBack !== undefined
  if (isUndo || isAsked || wayBack.some((known) => known.step === step)) {
    const from = steps.find((known) => known.step === step)
    return { wayBack: changed(wayBack, step, event, freshStep(step, from?.title ?? step)) }
  }
  return { steps: changed(steps, step, event, freshStep(step, step)) }
}

function changed(steps: readonly ShownStep[], step: string, event: CutoverEvent, fresh: ShownStep): ShownStep[] {
  if (steps.some((known) => known.step === step))
    return steps.map((known) => (known.step === step ? stepAfter(known, event) : known))
  const at = steps.findLastIndex(begun) + 1
  return [...steps.slice(0, at), stepAfter(fresh, event), ...steps.slice(at)]
}

/** What was under way when it was decided to go back: the one that is the reason has failed, the others were stopped. */
function turnedBack({ steps }: ScreenState, { because, at }: Extract<CutoverEvent, { kind: 'rolling-back' }>) {
  return steps.map((step): ShownStep => {
    const isReason = because.startsWith(`${step.title}: `)
    if (step.standing !== 'running') return step
    const tookMs = step.startedAt === undefined ? undefined : at - step.startedAt
    const said = isReason ? because.slice(step.title.length + 2) : undefined
    return { ...step, standing: isReason ? 'failed' : 'stopped', tookMs, said, progress: undefined, wait: undefined }
  })
}

const halted = (step: ShownStep): ShownStep => (step.standing === 'running' ? { ...step, standing: 'stopped' } : step)
