import { formatDuration } from '@cutover/core'

import type { Glyphs } from './glyphs.ts'
import { counted, timeOf } from './instant-text.ts'
import { type Line, lineWidth, type Span, span } from './line.ts'
import type { ScreenState } from './screen-state.ts'

interface Options {
  readonly now: number
  readonly width: number
  readonly glyphs: Glyphs
  /** How long going back may take. */
  readonly rtoMs?: number | undefined
}

/** The latest abort is counted down when it is so near, in milliseconds. */
const nearMs = 15 * 60_000

/** What was used, what going back would take, and until when it fits the window; or how far it is. */
export function forecastLines(state: ScreenState, options: Options): Line[] {
  const { now, rtoMs } = options
  const { goingBack, ended } = state
  if (goingBack === undefined) return packed([...usedParts(state), ...backParts(state, options)], options)
  const elapsed = now - goingBack.since
  const rto = rtoMs === undefined ? '' : ` of ${formatDuration(rtoMs)}`
  const tone = rtoMs !== undefined && elapsed > rtoMs ? 'bad' : 'busy'
  const going = span(`${ended ? 'went' : 'going'} back for ${counted(elapsed)}${rto}`, tone)
  return packed([...usedParts(state), going, span(undoneText(state), tone)], options)
}

export const undoneText = ({ wayBack }: Pick<ScreenState, 'wayBack'>): string =>
  `${wayBack.filter(({ standing }) => standing === 'undone').length} undone`

const of = (limit: string | undefined): string => (limit === undefined ? '' : ` of ${limit}`)

function usedParts({ used }: ScreenState): Span[] {
  if (used === undefined) return []
  const { downtimeMs, dataLoss, maxDowntimeMs, maxDataLoss } = used
  const down = `down ${counted(downtimeMs)}${of(maxDowntimeMs === undefined ? undefined : formatDuration(maxDowntimeMs))}`
  const lost = `lost ${dataLoss}${of(maxDataLoss === undefined ? undefined : String(maxDataLoss))}`
  return [
    span(down, maxDowntimeMs !== undefined && downtimeMs > maxDowntimeMs ? 'bad' : undefined),
    span(lost, maxDataLoss !== undefined && dataLoss > maxDataLoss ? 'bad' : undefined),
  ]
}

function backParts({ forecast }: ScreenState, { now, rtoMs }: Options): Span[] {
  if (forecast === undefined) return []
  const { backMs, latestAbortAt, unestimated = 0 } = forecast
  const open =
    unestimated === 0 ? '' : `, and ${unestimated} step${unestimated === 1 ? '' : 's'} that nobody can estimate`
  const isUnknown = backMs === 0 && unestimated > 0
  const said = isUnknown ? `back now: ${open.slice(', and '.length)}` : `back now ${counted(backMs)}${open}`
  const back = span(said, rtoMs !== undefined && backMs > rtoMs ? 'bad' : undefined)
  if (latestAbortAt === undefined) return [back]
  const left = latestAbortAt - now
  const when = left < 0 ? ' has passed' : left <= nearMs ? ` (${counted(left)} left)` : ''
  const tone = left < 0 ? 'bad' : left <= nearMs ? 'doubt' : undefined
  return [back, span(`latest safe abort ${timeOf(latestAbortAt)}${when}`, tone)]
}

/** As many on one line as there is room for; none of them is cut. */
function packed(parts: readonly Span[], { width, glyphs }: Options): Line[] {
  const lines: Span[][] = []
  for (const part of parts) {
    const line = lines.at(-1)
    const longer = line && [...line, span(glyphs.dot), part]
    if (longer && lineWidth(longer) <= width) lines[lines.length - 1] = longer
    else lines.push([span(' '), part])
  }
  return lines
}
