import type { CutoverEvent } from '@cutover/core'

import { answerCommand } from '../answer-command.ts'
import type { Glyphs } from './glyphs.ts'
import { type Line, span, widthOf, wrap } from './line.ts'

interface QuestionLook {
  readonly indent: string
  readonly width: number
  readonly glyphs: Glyphs
  readonly journal: string
}

/** The block below a parked step: what happened, with what to look, what can be answered, and how. Commands are never cut. */
export function questionLines(
  { question, look, answers, code }: Extract<CutoverEvent, { kind: 'parked' }>,
  title: string,
  step: string | number,
  { indent, width, glyphs, journal }: QuestionLook,
): Line[] {
  const field = (name: string, text: string): Line => [span(`${indent}${name.padEnd(8)}`, 'faint'), span(text)]
  const widest = Math.max(0, ...answers.map(({ answer }) => answer.length))
  const room = width - widthOf(indent)
  return [
    [],
    ...wrap(glyphs.text(withoutTitle(question, title)), room).map((text): Line => [span(indent + text, 'strong')]),
    ...look.map((command, i) => field(i === 0 ? 'Look' : '', glyphs.text(command))),
    ...answers.map(({ answer, means }, i): Line => [
      span(`${indent}${(i === 0 ? 'Answer' : '').padEnd(8)}`, 'faint'),
      span(answer.padEnd(widest + 3), 'doubt'),
      span(glyphs.text(means)),
    ]),
    field('With', answerCommand(journal, step, 'ANSWER')),
    field('', 'then run it again'),
    field('', code),
    [],
  ]
}

/** What a sentence says about a step, where its title stands above it. */
export const withoutTitle = (text: string, title: string): string =>
  text.startsWith(`${title}: `) ? text.slice(title.length + 2) : text
