import { formatDuration, formatInstant } from '@cutover/core'

import { answerCommand } from '../answer-command.ts'
import type { History, StepHistory } from '../history.ts'
import type { Message } from './message.ts'

/** What people are told about, of all that the journal says now. Pure: what is over already, an answered question, is not in it. */
export function factsOf(history: History, journal: string): readonly Message[] {
  if (history.id === undefined) return []
  const cutover = history.id
  const back = `going back: run it with rollBack: true; its journal is ${journal}`
  const message = (
    fact: string,
    kind: Message['kind'],
    at: number,
    title: string,
    text: string,
    more: Partial<Pick<Message, 'details' | 'commands'>> = {},
  ): Message => ({ fact, kind, cutover, at, title: `${cutover}: ${title}`, text, details: [], commands: [], ...more })

  const planned = (history.outline ?? []).length
  const facts = [
    message('start', 'start', history.startedAt, 'begins', `It has begun, journal ${journal}.`, {
      details: planned === 0 ? [] : [{ name: 'Steps', value: String(planned) }],
    }),
  ]
  const { paused, decided, waiting, closed } = history
  if (paused) {
    const text = `Nothing new is begun until somebody resumes it. ${paused.who}: ${paused.why}`
    const commands =
      journal === 'memory' ? [] : [`npx --no-install cutover resume ${quoted(journal)} --who NAME --why TEXT`]
    facts.push(message(`pause ${paused.at}`, 'pause', paused.at, 'PAUSED before the next step', text, { commands }))
  }
  for (const alarm of history.alarms.values()) {
    if (alarm.state === 'resolved') continue
    const { id, state, at, title, why, owner, until } = alarm
    const details = [
      ...(owner === undefined ? [] : [{ name: 'Owner', value: owner }]),
      ...(until === undefined || until <= at ? [] : [{ name: 'To be resolved by', value: formatInstant(until) }]),
    ]
    facts.push(message(`alarm ${id} ${state} ${at}`, 'alarm', at, `ALARM ${state}: ${title}`, why, { details }))
  }
  for (const step of history.steps.values()) {
    const { asking } = step
    if (!asking || (step.answer && step.answer.seq > asking.seq) || decided) continue
    const text = 'People are asked; without their word nothing goes on.'
    const details = asking.expiresAt === undefined ? [] : [{ name: 'Expires', value: formatInstant(asking.expiresAt) }]
    const commands = [answerCommand(journal, step.number, 'approve')]
    const fact = `approval ${step.step} ${asking.since}`
    facts.push(message(fact, 'approval', asking.since, `APPROVAL wanted: ${step.title}`, text, { details, commands }))
  }
  for (const { step, at, code, question, look, answers } of history.questions.values()) {
    const number = history.steps.get(step)?.number
    const details = [
      { name: 'Code', value: code },
      ...answers.map(({ answer, means }) => ({ name: answer, value: means })),
    ]
    const commands = [...look, answerCommand(journal, number ?? step, 'ANSWER')]
    facts.push(
      message(`question ${step} ${at}`, 'question', at, 'PARKED: waits for an answer', question, { details, commands }),
    )
  }
  if (decided) {
    const details = [{ name: 'Code', value: decided.code }, ...ofSteps('To undo', history.toUndo())]
    facts.push(
      message(`rollback ${decided.at}`, 'rollback', decided.at, 'GOES BACK', `Because: ${decided.why}`, { details }),
    )
  }
  if (waiting && !decided) {
    const { step, title, until } = waiting
    const text = `${title}. Nothing is to be done before ${formatInstant(until)}; then run it again.`
    facts.push(message(`waiting ${step}`, 'waiting', history.lastAt, 'waits, without a process', text))
  }
  if (closed) {
    const text = `${said[closed]} It took ${formatDuration(history.lastAt - history.startedAt)}.`
    const why = decided === undefined ? [] : [{ name: 'Because', value: decided.why }]
    const details = [...why, ...ofSteps('Left as it is', residueOf(history))]
    const isReversible = closed === 'completed' && history.noReturn === undefined
    facts.push(
      message(`end ${closed}`, 'end', history.lastAt, ended[closed], isReversible ? `${text} ${back}` : text, {
        details,
      }),
    )
  }
  return facts
}

const ended = {
  completed: 'COMPLETED',
  'rolled-back': 'ROLLED BACK',
  'rolled-back-with-residue': 'ROLLED BACK WITH RESIDUE',
} as const

const said = {
  completed: 'All steps are done.',
  'rolled-back': 'Everything that was applied is undone.',
  'rolled-back-with-residue': 'It has gone back, but for what people left as it is.',
} as const

const residueOf = (history: History): StepHistory[] =>
  [...history.steps.values()].filter(({ residue }) => residue !== undefined)

const ofSteps = (name: string, steps: readonly StepHistory[]): Message['details'] =>
  steps.length === 0 ? [] : [{ name, value: steps.map(({ number, title }) => `${number} ${title}`).join('; ') }]

/** For a shell. */
const quoted = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
