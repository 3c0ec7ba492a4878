import { formatDuration, formatInstant } from '@cutover/core'

import { answerCommand, operatorCommand } from '../answer-command.ts'
import { givenBy } from '../given.ts'
import { type History, isAsked, type StepHistory } from '../history.ts'
import { reportOf } from '../report.ts'
import { backText } from './back-lines.ts'
import type { StandingOf } from './standing-of.ts'

/** Every step and how it stands, what stands beside them, then what a person reads at the end; or who runs it now. */
export function statusOf({ journal, history, holder, pending }: StandingOf): string {
  const { id, steps, text, end } = reportOf(history, journal.location)
  const isOver = history.closed !== undefined || history.decided !== undefined
  const rows = steps.map((step) => {
    const known = history.steps.get(step.step)
    const took = step.tookMs === undefined || step.tookMs < 1_000 ? '' : `  ${formatDuration(step.tookMs)}`
    const isOpen = !isOver && known !== undefined && isAsked(known)
    const until = step.end === 'begun' ? known?.value?.until : undefined
    const standing = known?.skipped ? 'SKIPPED' : isOpen ? 'asking' : until === undefined ? step.end : 'waiting'
    return {
      number: step.number,
      standing,
      text: until === undefined ? `${step.title}${took}` : `${step.title}, until ${formatInstant(until)}`,
      below: known ? below(known, journal.location) : [],
    }
  })
  const ahead = (history.outline ?? []).filter(({ step }) => !history.steps.has(step))
  const planned = (isOver ? [] : ahead).map(({ title, estimateMs }, i) => ({
    number: rows.length + i + 1,
    standing: 'ahead',
    text: estimateMs ? `${title}  estimate ${formatDuration(estimateMs)}` : title,
    below: [],
  }))
  const all = [...rows, ...planned]
  const width = Math.max(0, ...all.map(({ standing }) => standing.length))
  const lines = all.flatMap((row) => [
    `${String(row.number).padStart(4)}  ${row.standing.padEnd(width)}  ${row.text}`,
    ...row.below.map((line) => `${' '.repeat(width + 8)}${line}`),
  ])
  const isRunning = holder !== undefined && (end === 'interrupted' || end === 'waiting')
  const now = isRunning
    ? [
        `RUNNING${history.decided ? `, going back (${history.decided.why})` : ''}: ${holder.who}, process ${holder.pid}`,
        ...(history.decided
          ? []
          : [`  Back     ${backText(history)}`, `           ${operatorCommand(journal.location, 'roll-back')}`]),
      ]
    : [text]
  const asked = pending.map(
    ({ do: what, step, who, why }) =>
      `ASKED, not taken yet: ${what}${step === undefined ? '' : ` ${step}`}, ${who}: ${why}`,
  )
  return [id, ...lines, ...beside(history), ...asked, ...now].join('\n')
}

/** What a row has to say besides. */
function below(step: StepHistory, location: string): string[] {
  const { skipped, asking, number } = step
  if (skipped) {
    const accepted = skipped.accepted ? '; accepted by name' : '; to be accepted by name before the point of no return'
    return [`by ${skipped.who}: ${skipped.why}${accepted}`]
  }
  if (!asking || !isAsked(step)) return []
  const { quorum, from, expiresAt } = asking
  const yes = givenBy(step)
  const of = from === undefined ? '' : `; asked: ${from.join(', ')}`
  const expires = expiresAt === undefined ? '' : `; expires ${formatInstant(expiresAt)}`
  const given = yes.length === 0 ? '' : `: ${yes.join(', ')}`
  return [`${yes.length} of ${quorum} approved${given}${of}${expires}`, answerCommand(location, number, 'approve')]
}

/** What stands beside the steps now. */
function beside(history: History): string[] {
  const { paused, alarms, drifted, accepted, closed } = history
  if (closed) return []
  return [
    ...(paused ? [`PAUSED since ${time(paused.at)}, ${paused.who}: ${paused.why}`] : []),
    ...[...alarms.values()].map(({ title, why, owner, until, then, state, at }) => {
      const who = owner === undefined ? '' : `, ${owner}`
      const left =
        state === 'entered' && until !== undefined && then !== 'notify' ? ` until ${time(until)}, then ${then}` : ''
      return `ALARM since ${time(at)}${who}${left}: ${title}: ${why}`
    }),
    ...[...drifted.values()]
      .filter(({ step }) => !accepted.has(`@drift/${step}`))
      .map(({ step, is, found, by, at }) => {
        const title = history.steps.get(step)?.title ?? step
        const who = by === undefined ? '' : `, by ${by.who} at ${time(by.at)}`
        return `DRIFT seen ${time(at)}: ${title}: ${is === 'absent' ? 'it is as it was before' : `found ${JSON.stringify(found)}`}${who}`
      }),
  ]
}

const time = (at: number): string => formatInstant(at).slice(11, 19)
