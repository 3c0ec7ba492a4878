import { formatDuration } from '@cutover/core'

import { forecastLines, undoneText } from './forecast-lines.ts'
import type { Glyphs } from './glyphs.ts'
import { dayOf, minuteOf, timeOf } from './instant-text.ts'
import { cutLine, type Line, type Span, span, spread, wrap } from './line.ts'
import type { Look } from './look.ts'
import type { ScreenState } from './screen-state.ts'
import { begun, isSettled, type ShownStep } from './shown-step.ts'
import { standingLines } from './standing-lines.ts'
import { stepLines } from './step-lines.ts'

export interface ScreenOptions {
  /** The time to count from, epoch milliseconds. */
  readonly now: number
  readonly width: number
  /** Outlined steps are left out rather than that what is under way scrolls away. @default no limit */
  readonly height?: number | undefined
  readonly glyphs: Glyphs
  readonly title?: string | undefined
  /** How long going back may take. */
  readonly rtoMs?: number | undefined
}

/** What a state looks like, from the header to the bottom line. Pure. */
export function screenLines(state: ScreenState, options: ScreenOptions): Line[] {
  const { glyphs, width, height = Infinity } = options
  const look: Look = { now: options.now, width, glyphs, journal: state.journal ?? '' }
  const rows = state.steps.map((step, i) => ({ step, lines: stepLines(step, i + 1, look) }))
  const settled = rows.findIndex(({ step }) => !isSettled(step))
  const outlined = rows.findLastIndex(({ step }) => begun(step)) + 1
  const isOver = state.ended !== undefined || state.goingBack !== undefined
  const above = rows.slice(0, outlined).flatMap(({ lines }) => lines)
  const live = rows.slice(settled === -1 ? outlined : settled, outlined).flatMap(({ lines }) => lines)
  const beside = [...standingLines(state, look), ...noteLines(state, look)]
  const below = [...wayBackLines(state, look), ...beside, ...bottomLines(state, options)]
  const ahead = isOver ? [] : rows.slice(outlined).flatMap(({ lines }) => lines)
  const room = height - live.length - below.length
  const all = [...headerLines(state, options), ...above, ...shortened(ahead, room, glyphs), ...below]
  return all.filter((line, i) => line.length > 0 || all[i - 1]?.length !== 0)
}

function headerLines(state: ScreenState, { now, width, glyphs, title, rtoMs }: ScreenOptions): Line[] {
  const name: Span[] = [span(glyphs.text(state.cutover), 'strong')]
  if (title !== undefined) name.push(span(`${glyphs.dot}${glyphs.text(title)}`))
  const known = [
    ...(state.windowEndsAt === undefined ? [] : [`window until ${minuteOf(state.windowEndsAt)} UTC`]),
    ...(rtoMs === undefined ? [] : [`rto ${formatDuration(rtoMs)}`]),
    ...(state.journal === undefined ? [] : [`journal ${glyphs.text(state.journal)}`]),
    ...(state.resumed ? ['goes on'] : []),
  ]
  const clock = span(`${dayOf(now)} ${timeOf(now)} UTC`, 'faint')
  const second: Line = known.length === 0 ? [] : [span(known.join(glyphs.dot), 'faint')]
  return [spread(name, [clock], width, glyphs.more), cutLine(second, width, glyphs.more), []]
}

/** Of the steps ahead, as many as there is room for. */
function shortened(ahead: readonly Line[], room: number, glyphs: Glyphs): readonly Line[] {
  if (ahead.length === 0 || ahead.length <= room) return ahead
  const kept = ahead.slice(0, Math.max(0, room - 1))
  return [...kept, [span(`      ${glyphs.more} ${ahead.length - kept.length} more`, 'faint')]]
}

function wayBackLines({ goingBack, steps, wayBack }: ScreenState, look: Look): Line[] {
  if (goingBack === undefined) return []
  const { glyphs, width } = look
  const isShown = steps.some(
    ({ title, said, standing }) => standing === 'failed' && `${title}: ${said}` === goingBack.because,
  )
  const because = isShown ? '' : `: ${glyphs.text(goingBack.because)}`
  const numberOf = (step: ShownStep): number => steps.findIndex((known) => known.step === step.step) + 1
  return [
    [],
    ...wrap(`Going back${because}`, width - 1).map((text): Line => [span(` ${text}`, 'strong')]),
    ...wayBack.flatMap((step) => stepLines(step, numberOf(step), look)),
  ]
}

function noteLines({ notes }: ScreenState, { glyphs, width }: Look): Line[] {
  if (notes.length === 0) return []
  return [
    [],
    ...notes.slice(-3).map(({ text }) => cutLine([span(' ! ', 'doubt'), span(glyphs.text(text))], width, glyphs.more)),
  ]
}

/** How it stands: what was used, what going back would cost, how far it is, or how it has ended. */
function bottomLines(state: ScreenState, options: ScreenOptions): Line[] {
  const { glyphs, width } = options
  const { ended } = state
  const lines = ended === undefined || ended.end === 'parked' ? forecastLines(state, options) : []
  if (ended) {
    const isGood = ended.end === 'completed'
    const tone = isGood ? 'good' : ended.end === 'interrupted' || ended.end === 'parked' ? 'doubt' : 'bad'
    // Nobody else tells how a completed one is undone; every other end is thrown, with its report.
    const [first = '', ...rest] = (isGood ? (ended.report ?? ended.text) : ended.text).split('\n')
    lines.push(...wrap(glyphs.text(first), width).map((text): Line => [span(text, tone)]))
    lines.push(...rest.map((text): Line => [span(`  ${glyphs.text(text)}`)]))
    if (ended.end === 'rolled-back')
      lines.push([span(`  ${undoneText(state)}. The source is as found; nothing is left to do.`)])
  }
  const shown = lines.filter((line) => line.length > 0)
  return shown.length === 0 ? [] : [[], ...shown]
}
