import type { CutoverEvent } from '@cutover/core'

import { answerCommand } from '../answer-command.ts'
import { counted, timeOf } from './instant-text.ts'
import { type Line, span, wrap } from './line.ts'
import type { Look } from './look.ts'

const indent = '      '

/** Whose word is awaited, and how it is given. */
export function approvalLines(
  { from, quorum, given, expiresAt, step, number }: Extract<CutoverEvent, { kind: 'approval' }>,
  look: Look,
): Line[] {
  const { now, glyphs, journal, width } = look
  const yes = given.length === 0 ? '' : `: ${given.join(', ')}`
  const of = from === undefined ? '' : `; asked: ${from.filter((who) => !given.includes(who)).join(', ')}`
  const expires =
    expiresAt === undefined ? '' : `; expires ${timeOf(expiresAt)} (${counted(Math.max(0, expiresAt - now))} left)`
  const text = `${given.length} of ${quorum} approved${yes}${of}${expires}`
  return [
    ...wrap(glyphs.text(text), width - indent.length - 2).map((part, i): Line => [
      span(i === 0 ? `${indent}${glyphs.more} ` : `${indent}  `, 'busy'),
      span(part),
    ]),
    [span(`${indent}With    `, 'faint'), span(answerCommand(journal, number ?? step, 'approve'))],
    [span(`${indent}        `), span('or decline', 'faint')],
  ]
}
