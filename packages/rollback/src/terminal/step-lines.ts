import { formatDuration } from '@cutover/core'

import { approvalLines } from './approval-lines.ts'
import type { Glyphs } from './glyphs.ts'
import { amount, counted, timeOf } from './instant-text.ts'
import { cutLine, type Line, lineWidth, padEnd, type Span, span, spread, type Tone, widthOf, wrap } from './line.ts'
import type { Look } from './look.ts'
import { questionLines } from './question-lines.ts'
import type { ShownStep } from './shown-step.ts'

/** Sub-lines stand below the title's first letter but one. */
const indent = '      '
const barWidth = 20

/** The row of a step and what stands below it. */
export function stepLines(step: ShownStep, number: number, look: Look): Line[] {
  return [row(step, number, look), ...subLines(step, number, look)]
}

function row(step: ShownStep, number: number, look: Look): Line {
  const { glyphs, width } = look
  const [sign, tone] = signOf(step, glyphs)
  const isFaint = step.standing === 'outlined' || step.standing === 'recorded' || step.standing === 'stopped'
  const textTone = isFaint ? 'faint' : step.standing === 'running' ? 'strong' : undefined
  const head = ` ${padEnd(sign, 1)} `
  const title = `${String(number).padStart(2)} ${glyphs.text(step.title)}`
  const left: Line = [span(head, tone), span(title, textTone)]
  const time = timeColumn(step, look)
  const note = noteOf(step, glyphs)
  const full: Line = [span(note === '' ? '' : `${note}  `, 'faint'), time]
  const fits = lineWidth(left) + 2 + lineWidth(full) <= width
  return spread(left, fits ? full : [time], width, glyphs.more)
}

function signOf({ standing }: ShownStep, glyphs: Glyphs): readonly [string, Tone | undefined] {
  switch (standing) {
    case 'outlined':
      return [' ', undefined]
    case 'running':
      return [glyphs.running, 'busy']
    case 'done':
    case 'already':
    case 'recorded':
      return [glyphs.done, 'good']
    case 'failed':
      return [glyphs.failed, 'bad']
    case 'undone':
      return [glyphs.undone, 'good']
    case 'stopped':
      return [glyphs.stopped, 'faint']
    case 'skipped':
      return ['!', 'doubt']
    case 'undecided':
    case 'parked':
      return [glyphs.question, 'doubt']
  }
}

/** Running: the time so far, of its estimate or limit. Over: the time it took. */
function timeColumn(step: ShownStep, { now }: Look): Span {
  const { standing, startedAt = now, tookMs, estimateMs, withinMs } = step
  switch (standing) {
    case 'outlined':
      return span(
        estimateMs === undefined || estimateMs === 0 ? '' : `estimate ${formatDuration(estimateMs).padStart(5)}`,
        'faint',
      )
    case 'running': {
      const limit = withinMs === undefined ? estimateMs && `~${formatDuration(estimateMs)}` : formatDuration(withinMs)
      const elapsed = counted(now - startedAt)
      return span(limit ? `${elapsed} of ${limit}` : elapsed, 'busy')
    }
    case 'parked':
      return span('PARKED', 'doubt')
    case 'skipped':
      return span('SKIPPED', 'doubt')
    case 'stopped':
      return span('stopped', 'faint')
    case 'recorded':
      return span('before', 'faint')
    default:
      return span(tookMs === undefined ? '' : formatDuration(tookMs).padStart(5), 'faint')
  }
}

/** What it came to, in a few words. */
function noteOf({ standing, progress, said }: ShownStep, glyphs: Glyphs): string {
  if (standing === 'already') return 'is so already'
  if (standing === 'running' || standing === 'outlined') return ''
  if (progress !== undefined) return countOf(progress)
  return standing === 'done' && said !== undefined ? glyphs.text(said) : ''
}

type Progress = NonNullable<ShownStep['progress']>

function countOf({ done, total, unit }: Progress): string {
  const of = total === undefined || total === done ? '' : ` of ${amount(total)}`
  return `${amount(done)}${of} ${unit}`
}

function subLines(step: ShownStep, number: number, look: Look): Line[] {
  const { glyphs, width, journal } = look
  if (step.question !== undefined && step.standing === 'parked')
    return questionLines(step.question, step.title, step.question.number ?? step.step, {
      indent,
      width,
      glyphs,
      journal,
    })
  if (step.standing === 'failed' || step.standing === 'undecided' || step.standing === 'skipped') {
    if (step.said === undefined) return []
    return wrap(glyphs.text(step.said), width - widthOf(indent)).map((text) => [span(indent + text)])
  }
  if (step.standing === 'stopped' && step.said !== undefined)
    return wrap(glyphs.text(step.said), width - widthOf(indent)).map((text) => [span(indent + text)])
  if (step.standing !== 'running') return []
  if (step.approval !== undefined) return approvalLines(step.approval, look)
  const lines: Line[] = []
  if (step.progress) lines.push(progressLine(step.progress, look))
  if (step.wait) lines.push(waitLine(step.wait, look))
  if (step.said !== undefined) lines.push([span(`${indent}${glyphs.more} `, 'busy'), span(glyphs.text(step.said))])
  return lines.map((line) => cutLine(line, width, glyphs.more))
}

function progressLine(progress: Progress, { now, glyphs }: Look): Line {
  const { done, total, etaMs, at } = progress
  const eta = etaMs === undefined || !Number.isFinite(etaMs) ? '' : `${glyphs.dot}${counted(at + etaMs - now)} left`
  const counts = glyphs.text(`${amount(done)}${total === undefined ? '' : ` of ${amount(total)}`} ${progress.unit}`)
  if (!total || total < 0) return [span(`${indent}${counts}${eta}`)]
  const full = Math.max(0, Math.min(barWidth, Math.floor((done / total) * barWidth)))
  return [
    span(indent),
    span(glyphs.full.repeat(full), 'good'),
    span(glyphs.empty.repeat(barWidth - full), 'faint'),
    span(`  ${counts}${eta}`),
  ]
}

function waitLine({ why, until }: NonNullable<ShownStep['wait']>, { now, glyphs }: Look): Line {
  const left = until === undefined ? '' : `, until ${timeOf(until)} (${counted(until - now)} left)`
  return [span(`${indent}${glyphs.more} `, 'busy'), span(glyphs.text(why)), span(left, 'faint')]
}
