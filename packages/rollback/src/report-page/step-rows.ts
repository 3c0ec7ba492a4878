import { formatDuration, formatInstant } from '@cutover/core'

import { type History, isAsked, type StepHistory } from '../history.ts'
import type { Report } from '../report.ts'
import type { Times } from './times-of.ts'

/** A row per step, in the order in which they began; then those of the plan that did not begin. */
export function stepRows(history: History, { steps }: Report, times: ReadonlyMap<string, Times>): string[][] {
  const rows = steps.map(({ number, step, title, end }) => {
    const known = history.steps.get(step)
    const { beganAt, tookMs, undoneAt, undoneTookMs } = times.get(step) ?? {}
    const undone = undoneAt === undefined ? '' : `${time(undoneAt)}, ${formatDuration(undoneTookMs ?? 0)}`
    return [
      String(number),
      title,
      known ? resultOf(known, end, history.decided !== undefined) : end,
      beganAt === undefined ? '' : time(beganAt),
      tookMs === undefined ? '' : formatDuration(tookMs),
      undone,
      known ? whoOf(known, history) : '',
    ]
  })
  const ahead = (history.outline ?? []).filter(({ step }) => !history.steps.has(step))
  return [...rows, ...ahead.map(({ title }) => ['', title, 'not begun', '', '', '', ''])]
}

function resultOf(step: StepHistory, end: string, isOver: boolean): string {
  const { skipped, answer } = step
  if (skipped) return skipped.accepted ? 'SKIPPED, accepted by name' : 'SKIPPED'
  if (isAsked(step)) return isOver ? 'not answered' : 'asking'
  return answer ? `${answer.status}: ${answer.text}` : end
}

/** Everybody who had a word in it. */
function whoOf({ step, votes, skipped }: StepHistory, { answered }: History): string {
  const answer = answered.get(step)
  const names = [...votes.map(({ who }) => who), ...(skipped ? [skipped.who] : []), ...(answer ? [answer.who] : [])]
  return [...new Set(names)].join(', ')
}

const time = (at: number): string => formatInstant(at).slice(11, 19)
