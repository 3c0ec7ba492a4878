import { clearInterval, setInterval } from 'node:timers'

import { type Clock, type CutoverEvent, type Duration, durationMs, systemClock } from '@cutover/core'

import { abilitiesOf } from './abilities.ts'
import { drawing } from './draw.ts'
import { ascii, unicode } from './glyphs.ts'
import { logFilter, logLines } from './log-lines.ts'
import { blank, fold, type ScreenState } from './screen-state.ts'
import { screenLines } from './screen.ts'
import type { WritableLike } from './writable-like.ts'

export interface TerminalOptions {
  /** @default process.stderr, so that what a script prints can be piped on without it */
  readonly stream?: WritableLike | undefined
  /** @default on a terminal, unless NO_COLOR is set */
  readonly color?: boolean | undefined
  /** In columns. @default the terminal's own, at most 100 */
  readonly width?: number | undefined
  /** Counts the seconds between two events; the time of day is that of the events. @default systemClock */
  readonly clock?: Clock | undefined
  /** Draw over what was drawn, instead of one line per event. @default whether the stream is a terminal that can do that */
  readonly isTty?: boolean | undefined
  /** How long going back may take: shown, and compared with the forecast. */
  readonly rto?: Duration | undefined
  /** What is moved: `Lambda → Functions`. */
  readonly title?: string | undefined
}

/** A listener for `onEvent`. Once closed it hears nothing. */
export interface Terminal extends Disposable {
  (event: CutoverEvent): void
  /** Draws the last state and gives the terminal back. */
  close(): void
}

const widest = 100
const refreshMs = 1_000
/** A copy that reports each object must not spend its time drawing. */
const progressMs = 100

/**
 * Shows a cutover to people: on a terminal as a screen that is drawn in place, else (a pipe, a CI log) one line per event.
 *
 * @throws CutoverError `DURATION_INVALID` when `rto` is no duration.
 */
export function terminal(options: TerminalOptions = {}): Terminal {
  const { stream = process.stderr, clock = systemClock, rto, title } = options
  const can = abilitiesOf(stream, process.env)
  const { color = can.color, isTty = can.live } = options
  const rtoMs = rto === undefined ? undefined : durationMs(rto, 'rto')
  const glyphs = can.unicode ? unicode : ascii
  let isClosed = false
  // A reader that is gone (`… 2>&1 | head`) must not end a cutover.
  const onError = (): void => void (isClosed = true)
  stream.on?.('error', onError)
  const write = (text: string): void => {
    if (!isClosed) stream.write(text)
  }
  const shown = isTty ? onScreen() : asLog()

  function close(): void {
    if (isClosed) return
    shown.close()
    isClosed = true
    stream.off?.('error', onError)
  }
  return Object.assign((event: CutoverEvent) => void (isClosed || shown.tell(event)), {
    close,
    [Symbol.dispose]: close,
  })

  function asLog() {
    let state = blank
    const isWorthALine = logFilter()
    return {
      tell(event: CutoverEvent): void {
        state = fold(state, event)
        if (!isWorthALine(event)) return
        for (const line of logLines(event, state, glyphs)) write(`${line}\n`)
      },
      close: () => {},
    }
  }

  function onScreen() {
    const columns = (): number => stream.columns || 80
    const rows = (): number => stream.rows || 24
    const canvas = drawing({ write, color, columns, rows })
    let state: ScreenState = blank
    let heardAt = clock.monotonic()
    let drawnAt = -Infinity
    let timer: NodeJS.Timeout | undefined
    const draw = (): void => {
      drawnAt = clock.monotonic()
      const now = state.at + (state.ended ? 0 : drawnAt - heardAt)
      const width = Math.max(20, options.width ?? Math.min(columns() - 1, widest))
      canvas.draw(screenLines(state, { now, width, height: rows() - 1, glyphs, title, rtoMs }))
    }
    const refresh = (): void => {
      if (state !== blank) draw()
    }
    const rest = (): void => {
      clearInterval(timer)
      timer = undefined
      stream.off?.('resize', refresh)
    }
    return {
      tell(event: CutoverEvent): void {
        const wasOver = state.ended !== undefined
        if (event.kind === 'opened' && wasOver) canvas.keep()
        state = fold(state, event)
        heardAt = clock.monotonic()
        if (event.kind === 'progress' && heardAt - drawnAt < progressMs) return
        draw()
        if (event.kind === 'ended') rest()
        else if (timer === undefined && (!wasOver || event.kind === 'opened')) {
          timer = setInterval(refresh, refreshMs)
          timer.unref()
          stream.on?.('resize', refresh)
        }
      },
      close(): void {
        refresh()
        rest()
      },
    }
  }
}
