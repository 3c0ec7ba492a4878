import { formatDuration, type CutoverEvent } from '@cutover/core'

import { answerCommand } from '../answer-command.ts'
import type { Glyphs } from './glyphs.ts'
import { amount, counted, dayOf, timeOf } from './instant-text.ts'
import { withoutTitle } from './question-lines.ts'
import type { ScreenState } from './screen-state.ts'

/** The lines of one event where nothing can be drawn over; `state` is the one after it. Pure. */
export function logLines(event: CutoverEvent, state: ScreenState, glyphs: Glyphs): string[] {
  const place = 'step' in event && event.step !== undefined ? placeOf(event.step, state) : '-'
  return saidOf(event, state).map(([word, text]) =>
    glyphs.text(`${timeOf(event.at)} ${state.cutover} ${place} ${word.padEnd(6)} ${text}`),
  )
}

/** `5/11`, or `5` when nobody knows how many there are. */
function placeOf(step: string, { steps, isOutlined }: ScreenState): string {
  const number = steps.findIndex((known) => known.step === step) + 1
  if (number === 0) return '-'
  return isOutlined ? `${number}/${steps.length}` : String(number)
}

const titleOf = (step: string, { steps }: ScreenState): string =>
  steps.find((known) => known.step === step)?.title ?? step

type Said = readonly (readonly [word: string, text: string])[]

function saidOf(event: CutoverEvent, state: ScreenState): Said {
  switch (event.kind) {
    case 'opened':
      return [['open', `${dayOf(event.at)} UTC, ${event.resumed ? 'goes on' : 'begins'}, journal ${event.journal}`]]
    case 'step-started':
      return [['start', event.title]]
    case 'progress': {
      const of = event.total === undefined ? '' : ` of ${amount(event.total)}`
      const eta = event.etaMs === undefined ? '' : `, ${counted(event.etaMs)} left`
      return [['at', `${amount(event.done)}${of} ${event.unit}${eta}`]]
    }
    case 'waiting': {
      const until = event.until === undefined ? '' : ` until ${timeOf(event.until)}`
      return [['wait', `${event.why}${until}${backNow(state)}`]]
    }
    case 'step-done':
      return [doneText(event, state)]
    case 'check-answered':
      return [['check', checkText(event, state)]]
    case 'rolling-back':
      return [['back', event.because]]
    case 'step-undoing':
      return [['undo', event.title]]
    case 'step-undone':
      return [['undone', `${formatDuration(event.tookMs).padEnd(5)} ${event.title}`]]
    case 'parked':
      return [
        ['parked', `${withoutTitle(event.question, titleOf(event.step, state))} (${event.code})`],
        ...event.look.map((command) => ['look', command] as const),
        ...event.answers.map(({ answer, means }) => ['answer', `${answer}: ${means}`] as const),
        ['with', answerCommand(state.journal ?? '', event.number ?? event.step, 'ANSWER')],
      ]
    case 'ended':
      return [['end', event.text]]
    case 'paused':
    case 'resumed':
      return [['pause', event.text]]
    case 'alarm':
      return [['alarm', event.text]]
    case 'drift':
      return [['drift', event.text]]
    case 'approval':
      return [
        ['ask', event.text],
        ['with', answerCommand(state.journal ?? '', event.number ?? event.step, 'approve')],
      ]
    case 'change-forgotten':
    case 'note':
      return [['note', event.text]]
    case 'forecast':
      return []
  }
}

function doneText(event: Extract<CutoverEvent, { kind: 'step-done' }>, state: ScreenState): readonly [string, string] {
  if (event.how === 'recorded') return ['before', event.title]
  const { progress } = state.steps.find(({ step }) => step === event.step) ?? {}
  const came = event.how === 'already' ? 'is so already' : progress ? `${amount(progress.done)} ${progress.unit}` : ''
  return ['done', `${formatDuration(event.tookMs).padEnd(5)} ${came}`]
}

/** What it said, without the title, which its start has told. */
function checkText(event: Extract<CutoverEvent, { kind: 'check-answered' }>, state: ScreenState): string {
  const { said = event.text } = state.steps.find(({ step }) => step === event.step) ?? {}
  return `${event.status}${event.final ? '' : ' so far'}: ${said}`
}

const backNow = ({ forecast }: ScreenState): string =>
  forecast && (forecast.backMs > 0 || !forecast.unestimated) ? `; back now ${counted(forecast.backMs)}` : ''
