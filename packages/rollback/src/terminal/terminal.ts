import { type Clock, type CutoverEvent, type Duration, durationMs, knownOptions, systemClock } from '@cutover/core'

import { abilitiesOf } from './abilities.ts'
import { eventLog } from './event-log.ts'
import { ascii, unicode } from './glyphs.ts'
import { liveScreen } from './live-screen.ts'
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

const names: readonly (keyof TerminalOptions)[] = ['stream', 'color', 'width', 'clock', 'isTty', 'rto', 'title']

/** A listener for `onEvent`. Once closed it hears nothing. */
export interface Terminal extends Disposable {
  (event: CutoverEvent): void
  /** Draws the last state and gives the terminal back. */
  close(): void
}

/**
 * Shows a cutover to people: on a terminal as a screen that is drawn in place, else (a pipe, a CI log) one line per event.
 *
 * @throws CutoverError `DURATION_INVALID` when `rto` is no duration; `CUTOVER_OPTIONS_INVALID`.
 */
export function terminal(options: TerminalOptions = {}): Terminal {
  knownOptions(options, names, 'CUTOVER_OPTIONS_INVALID', 'terminal')
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
  const { width } = options
  const standard: readonly WritableLike[] = [process.stdout, process.stderr]
  const shared = standard.includes(stream) ? standard.filter(({ isTTY }) => isTTY) : []
  const shown = isTty
    ? liveScreen({ stream, shared, write, color, width, clock, glyphs, title, rtoMs })
    : eventLog(write, glyphs)

  function close(): void {
    if (!isClosed) shown.close()
    isClosed = true
    stream.off?.('error', onError)
  }
  return Object.assign((event: CutoverEvent) => void (isClosed || shown.tell(event)), {
    close,
    [Symbol.dispose]: close,
  })
}
