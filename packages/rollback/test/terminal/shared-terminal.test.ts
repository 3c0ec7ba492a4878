import { manualClock } from '@cutover/core/testing'
import { afterEach, expect, test, vi } from 'vitest'

import { unicode } from '../../src/terminal/glyphs.ts'
import { liveScreen } from '../../src/terminal/live-screen.ts'
import { emulatedTerminal } from './emulated-terminal.ts'
import { opened, rolledBack, started } from './story.ts'

afterEach(() => {
  vi.useRealTimers()
})

function sharing() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const stream = emulatedTerminal()
  const original = stream.write
  const screen = liveScreen({
    stream,
    shared: [stream],
    write: (text) => void stream.write(text),
    color: false,
    width: undefined,
    clock: manualClock(),
    glyphs: unicode,
    title: undefined,
    rtoMs: undefined,
  })
  return { stream, screen, original }
}

test('what a script prints between two steps stands above the screen, and stays', () => {
  const { stream, screen } = sharing()
  screen.tell(opened())

  stream.write('copied, says the script\n')
  screen.tell(started('02:08:01', 'copy'))

  expect(stream.lines[0]).toBe('copied, says the script')
  expect(stream.lines.filter((line) => line.startsWith('orders'))).toHaveLength(1)
  expect(stream.lines[4]).toContain(' ▸  1 Copy bucket')
})

test('a text that does not end its line is given an end', () => {
  const { stream, screen } = sharing()
  screen.tell(opened())

  stream.write('…')

  expect(stream.lines.slice(0, 2)).toEqual(['…', expect.stringMatching(/^orders /)])
})

test('ended or closed, the stream is as it was', () => {
  const { stream, screen, original } = sharing()
  screen.tell(opened())
  const during = stream.write

  for (const event of rolledBack) screen.tell(event)

  expect(during).not.toBe(original)
  expect(stream.write).toBe(original)
})
