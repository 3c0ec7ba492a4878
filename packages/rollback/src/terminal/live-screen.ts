import type { Clock, CutoverEvent } from '@cutover/core'

import { drawing } from './draw.ts'
import type { Glyphs } from './glyphs.ts'
import { blank, fold, type ScreenState } from './screen-state.ts'
import { screenLines } from './screen.ts'
import { lettingOthersWrite } from './shared-terminal.ts'
import type { WritableLike } from './writable-like.ts'

export interface LiveScreenOptions {
  readonly stream: WritableLike
  readonly write: (text: string) => void
  /** The streams through which others write to the same terminal. */
  readonly shared: readonly WritableLike[]
  readonly color: boolean
  readonly width: number | undefined
  readonly clock: Clock
  readonly glyphs: Glyphs
  readonly title: string | undefined
  readonly rtoMs: number | undefined
}

/** How events are shown. */
export interface Shown {
  tell(event: CutoverEvent): void
  close(): void
}

const widest = 100
const refreshMs = 1_000
/** A copy that reports each object must not spend its time drawing. */
const progressMs = 100

/** A screen that is drawn in place: at every event, and each second between two, until the cutover has ended. */
export function liveScreen({ stream, shared, color, clock, ...options }: LiveScreenOptions): Shown {
  const columns = (): number => stream.columns || 80
  const rows = (): number => stream.rows || 24
  let isOurs = false
  const write = (text: string): void => {
    isOurs = true
    options.write(text)
    isOurs = false
  }
  const canvas = drawing({ write, color, columns, rows })
  let state: ScreenState = blank
  let heardAt = clock.monotonic()
  let drawnAt = -Infinity
  let timer: NodeJS.Timeout | undefined
  let leaveAlone: (() => void) | undefined

  function draw(): void {
    if (state === blank) return
    drawnAt = clock.monotonic()
    const now = state.at + (state.ended ? 0 : drawnAt - heardAt)
    const width = Math.max(20, options.width ?? Math.min(columns() - 1, widest))
    canvas.draw(screenLines(state, { ...options, now, width, height: rows() - 1 }))
  }

  /** Outside of an event nobody catches what is thrown here, and a broken screen is no reason to end a cutover. */
  function redraw(): void {
    try {
      draw()
    } catch {
      refreshed(false)
    }
  }

  function above(letThrough: () => void): void {
    canvas.clear()
    isOurs = true
    letThrough()
    isOurs = false
    redraw()
  }

  function refreshed(isOn: boolean): void {
    if (isOn === (timer !== undefined)) return
    if (isOn) {
      // It must not keep a process alive that has nothing else to do.
      timer = setInterval(redraw, refreshMs).unref()
      stream.on?.('resize', redraw)
      leaveAlone = lettingOthersWrite(shared, { isOurs: () => isOurs, around: above })
    } else {
      clearInterval(timer)
      timer = undefined
      stream.off?.('resize', redraw)
      leaveAlone?.()
    }
  }

  return {
    tell(event) {
      // A second run, with the same listener, is shown below the first.
      if (event.kind === 'opened' && state.ended) canvas.keep()
      state = fold(state, event)
      heardAt = clock.monotonic()
      refreshed(!state.ended)
      if (event.kind !== 'progress' || heardAt - drawnAt >= progressMs) draw()
    },
    close() {
      draw()
      refreshed(false)
    },
  }
}
