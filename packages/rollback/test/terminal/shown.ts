import type { CutoverEvent } from '@cutover/core'
import { type ManualClock, manualClock } from '@cutover/core/testing'
import { type Terminal, terminal, type TerminalOptions } from '@cutover/rollback/terminal'
import { vi } from 'vitest'

import { type EmulatedTerminal, emulatedTerminal } from './emulated-terminal.ts'

export interface Seen {
  readonly listener: Terminal
  readonly stream: EmulatedTerminal
  readonly clock: ManualClock
  tell(...events: readonly CutoverEvent[]): void
}

export interface LookingOptions extends TerminalOptions {
  readonly columns?: number
  readonly rows?: number
  readonly locale?: string
  readonly noColor?: string
}

/** The machine that runs the tests must not decide what they see. */
function stubTerminal(locale = 'C.UTF-8', noColor = ''): void {
  vi.stubEnv('TERM', 'xterm-256color')
  vi.stubEnv('LC_ALL', locale)
  vi.stubEnv('NO_COLOR', noColor)
}

/** A terminal of that size, and what listens to a cutover before it. */
export function looking(options: LookingOptions = {}): Seen {
  const { columns = 80, rows = 40, locale, noColor, ...rest } = options
  stubTerminal(locale, noColor)
  const stream = emulatedTerminal({ columns, rows })
  const clock = manualClock()
  const listener = terminal({ stream, clock, color: false, ...rest })
  return {
    listener,
    stream,
    clock,
    tell(...events) {
      for (const event of events) listener(event)
    },
  }
}

/** What such a terminal shows after these events; `later` milliseconds after the last. */
export async function shown(
  events: readonly CutoverEvent[],
  options: LookingOptions & { readonly later?: number } = {},
): Promise<readonly string[]> {
  const { later = 0, ...rest } = options
  const { tell, clock, listener, stream } = looking(rest)
  tell(...events)
  await clock.advance(later)
  listener.close()
  return stream.lines
}

/** The lines that are written where nothing can be drawn over. */
export function logged(events: readonly CutoverEvent[], options: TerminalOptions = {}): string[] {
  stubTerminal()
  let text = ''
  const listener = terminal({ stream: { write: (more) => (text += more) }, ...options })
  for (const event of events) listener(event)
  listener.close()
  return text.split('\n').slice(0, -1)
}
