import type { CutoverEvent } from '@cutover/core'

import { operatorCommand } from '../answer-command.ts'
import { counted, timeOf } from './instant-text.ts'
import { cutLine, type Line, lineWidth, span, spread, type Tone, wrap } from './line.ts'
import type { Look } from './look.ts'
import { questionLines } from './question-lines.ts'
import type { ScreenState } from './screen-state.ts'

const indent = '      '

/** What stands beside the steps now: a pause, alarms that are counted down, drift, and questions about them. */
export function standingLines(state: ScreenState, look: Look): Line[] {
  // A question about it says all that its alarm, or its drift, would say.
  const asked = new Set(state.questions.map(({ step }) => step))
  const blocks = [
    ...(state.paused && !state.ended ? [pausedLines(state.paused, look)] : []),
    ...(state.ended && state.ended.end !== 'parked'
      ? []
      : state.alarms.filter(({ id }) => !asked.has(`@alarm/${id}`)).map((alarm) => alarmLines(alarm, look))),
    ...state.drifts.filter(({ step }) => !asked.has(`@drift/${step}`)).map((drift) => driftLines(drift, look)),
    ...state.questions.map((question) => besideLines(question, look)),
  ]
  return blocks.length === 0 ? [] : [[], ...blocks.flat()]
}

type Of<Kind extends CutoverEvent['kind']> = Extract<CutoverEvent, { kind: Kind }>

function pausedLines({ who, why, at }: Of<'paused'>, look: Look): Line[] {
  const { now, journal } = look
  return [
    ...headed(look.glyphs.stopped, 'Paused before the next step', `PAUSED ${counted(now - at)}`, 'doubt', look),
    ...said(`${who}: ${why}`, look),
    [span(`${indent}With    `, 'faint'), span(operatorCommand(journal, 'resume'))],
  ]
}

function alarmLines(alarm: Of<'alarm'>, look: Look): Line[] {
  const { title, state, owner, until, then } = alarm
  const { now } = look
  const who = owner === undefined ? '' : `${owner}, `
  const left = until === undefined || until <= now ? `${then} now` : `${then} in ${counted(until - now)}`
  const what = then === 'notify' ? '' : `${who}${left}`
  const states: Readonly<Record<typeof state, readonly [string, Tone]>> = {
    failing: [what === '' ? 'failing' : `failing: ${what}`, 'doubt'],
    blind: ['nobody can say', 'doubt'],
    entered: [what === '' ? 'ALARM' : `ALARM: ${what}`, 'bad'],
    exceeded: [`ALARM: ${who}${then} ${timeOf(alarm.at)}`, 'bad'],
    resolved: ['', 'good'],
  }
  const [right, tone] = states[state]
  return [...headed('!', title, right, tone, look), ...said(whyOf(alarm), look)]
}

/** What the check has said: the sentence without its title, and without what the row says. */
function whyOf({ title, text, owner, then }: Of<'alarm'>): string {
  const at = text.indexOf(`${title}: `)
  const rest = at === -1 ? text : text.slice(at + title.length + 2).replace(/^nobody can say: /, '')
  const end = Math.max(
    rest.lastIndexOf(`; ${owner} has until `),
    rest.endsWith(`; ${then}`) ? rest.lastIndexOf('; ') : -1,
  )
  return end === -1 ? rest : rest.slice(0, end)
}

function driftLines({ title, is, found, by }: Of<'drift'>, look: Look): Line[] {
  const seen = is === 'absent' ? 'it is as it was before' : `found ${JSON.stringify(found)}`
  const who = by === undefined ? '' : `, by ${by.who} at ${timeOf(by.at)}`
  return [...headed('!', title, 'DRIFT', 'bad', look), ...said(`${seen}${who}; asked before the next step`, look)]
}

function besideLines(question: Of<'parked'>, look: Look): Line[] {
  const { journal, glyphs, width } = look
  const [head = '', ...rest] = question.question.split(': ')
  return [
    ...headed(glyphs.question, head, 'PARKED', 'doubt', look),
    ...questionLines({ ...question, question: rest.join(': ') || head }, head, question.step, {
      indent,
      width,
      glyphs,
      journal,
    }),
  ]
}

/** What it is, and on the right how it stands: below it where the two do not fit beside each other. */
function headed(sign: string, title: string, right: string, tone: Tone, { width, glyphs }: Look): Line[] {
  const left: Line = [span(` ${sign} `, tone), span(glyphs.text(title), 'strong')]
  const stands: Line = [span(glyphs.text(right), tone)]
  if (lineWidth(left) + 2 + lineWidth(stands) <= width) return [spread(left, stands, width, glyphs.more)]
  return [cutLine(left, width, glyphs.more), cutLine([span(indent), ...stands], width, glyphs.more)]
}

const said = (text: string, { glyphs, width }: Look): Line[] =>
  wrap(glyphs.text(text), width - indent.length).map((part): Line => [span(indent + part)])
