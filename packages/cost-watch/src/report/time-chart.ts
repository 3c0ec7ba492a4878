import { formatInstant } from '@cutover/core'

import { amountText, at, escapeHtml, ticks } from './svg.ts'

export interface TimeLine {
  readonly name: string
  /** A class of the page's style. */
  readonly className: string
  readonly points: readonly { readonly at: number; readonly cost: number }[]
}

export interface TimeMark {
  readonly at: number
  readonly text: string
  readonly className: string
}

const [width, height] = [860, 300]
const [left, right, top, bottom] = [72, 16, 28, 40]
const hourMs = 3_600_000

/** Costs by the hour as lines over each other; where an hour is not known, the line breaks. */
export function timeChart(
  title: string,
  {
    lines,
    marks,
    currency,
  }: { readonly lines: readonly TimeLine[]; readonly marks: readonly TimeMark[]; readonly currency: string },
): string {
  const points = lines.flatMap((line) => line.points)
  if (points.length === 0) return '<p class="none">No settled hour yet.</p>'
  const from = Math.min(...points.map((point) => point.at))
  const to = Math.max(...points.map((point) => point.at)) + hourMs
  const steps = ticks(Math.max(...points.map(({ cost }) => cost)))
  const most = steps.at(-1) || 1
  const x = (time: number): number => left + ((time - from) / (to - from)) * (width - left - right)
  const y = (cost: number): number => height - bottom - (cost / most) * (height - top - bottom)

  const grid = steps.map(
    (step) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${at(y(step))}" y2="${at(y(step))}"/><text class="tick" x="${left - 8}" y="${at(y(step) + 4)}" text-anchor="end">${amountText(step, steps[1] ?? 1, currency)}</text>`,
  )
  const times = timeTicks(from, to).map(
    (time) =>
      `<text class="tick" x="${at(x(time))}" y="${height - bottom + 18}" text-anchor="middle">${timeText(time, to - from)}</text>`,
  )
  const drawn = lines.map(
    ({ className, points: own }) =>
      `<path class="line ${className}" d="${stepPath(own, x, y)}" fill="none" vector-effect="non-scaling-stroke"/>`,
  )
  const marked = marks
    .filter((mark) => mark.at >= from && mark.at <= to)
    .map(
      (mark) =>
        `<g class="mark ${mark.className}"><line x1="${at(x(mark.at))}" x2="${at(x(mark.at))}" y1="${top}" y2="${height - bottom}"/><text x="${at(x(mark.at) + (x(mark.at) > width * 0.75 ? -5 : 5))}" y="${top + 10}" text-anchor="${x(mark.at) > width * 0.75 ? 'end' : 'start'}">${escapeHtml(mark.text)}</text><title>${formatInstant(mark.at)} ${escapeHtml(mark.text)}</title></g>`,
    )
  return `<svg role="img" viewBox="0 0 ${width} ${height}" aria-label="${escapeHtml(title)}"><title>${escapeHtml(title)}</title>${grid.join('')}${times.join('')}${marked.join('')}${drawn.join('')}</svg>`
}

/** A step for each hour: what it cost, it cost in all of it. A gap begins a new piece. */
function stepPath(points: TimeLine['points'], x: (time: number) => number, y: (cost: number) => number): string {
  let path = ''
  let end: number | undefined
  for (const point of points) {
    path += `${end === point.at ? 'L' : 'M'}${at(x(point.at))} ${at(y(point.cost))}H${at(x(point.at + hourMs))}`
    end = point.at + hourMs
  }
  return path
}

function timeTicks(from: number, to: number): readonly number[] {
  const step =
    [1, 3, 6, 12, 24, 48, 96, 168, 336].map((hours) => hours * hourMs).find((ms) => (to - from) / ms <= 9) ?? to - from
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step)
}

/** `11-20 14:00`, or the day alone where a day is little. */
function timeText(time: number, spanMs: number): string {
  const text = formatInstant(time)
  return spanMs > 6 * 24 * hourMs ? text.slice(5, 10) : `${text.slice(5, 10)} ${text.slice(11, 16)}`
}
