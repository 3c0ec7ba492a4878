import type { CutoverEvent } from '@cutover/core'
import { afterEach, expect, test, vi } from 'vitest'

import { looking, shown } from './shown.ts'
import { done, event, opened, parked, progress, rolledBack, running, started, waiting } from './story.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

test('each event is drawn over the last, so that one screen is left', () => {
  const { tell, stream } = looking()

  tell(...running)

  expect(stream.lines.filter((line) => line.startsWith('orders'))).toHaveLength(1)
  expect(stream.lines).toHaveLength(13)
})

test('what has scrolled away stays in the scrollback, once', async () => {
  const [small, large] = await Promise.all([shown(rolledBack, { rows: 9 }), shown(rolledBack, { rows: 60 })])

  expect(small.filter((line) => line.startsWith('orders'))).toHaveLength(1)
  expect(small.slice(-9)).toEqual(large.slice(-9))
  expect(small.filter((line) => line.includes('✓'))).toHaveLength(6)
})

test('a parked question whose commands are wider than the window is drawn over all the same', async () => {
  const { tell, stream } = looking({ columns: 60 })

  tell(...parked, opened('02:40:00'))

  expect(stream.lines.filter((line) => line.includes('az storage'))).toHaveLength(1)
  expect(stream.lines.filter((line) => line.startsWith('orders'))).toHaveLength(2)
})

test('between two events the seconds are counted, each second', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { tell, clock, stream } = looking()
  tell(...running)

  for (let i = 0; i < 3; i++) {
    await clock.advance(1_000)
    vi.advanceTimersByTime(1_000)
  }

  expect(stream.lines[6]).toContain('1m03s of 5m')
})

test.for([
  [80, 50],
  [50, 80],
  [120, 45],
])('a window that is resized from %i to %i columns is drawn anew', async ([from = 0, to = 0]) => {
  const { tell, stream } = looking({ columns: from })
  tell(...running)

  stream.resize(to, 40)
  tell(...running.slice(-1))

  expect(stream.lines).toEqual(await shown(running, { columns: to }))
})

test('many reports in a moment are not all drawn', () => {
  const { tell, stream } = looking()
  tell(opened(), started('02:08:01', 'copy'))
  const before = stream.raw.length

  tell(...Array.from({ length: 1_000 }, (_, i) => progress('02:08:02', 'copy', i, 18_204)))

  expect(stream.raw.length - before).toBeLessThan(4_000)
})

test('closed, it draws the last state, hears nothing more, and leaves no listener and no timer', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { tell, listener, stream } = looking()
  tell(...running)

  listener.close()
  const { raw } = stream
  tell(done('02:30:00', 'drained', 1))
  listener.close()

  expect(stream.raw).toBe(raw)
  expect(vi.getTimerCount()).toBe(0)
  expect([...stream.listeners.values()].map((set) => set.size)).toEqual([0, 0])
})

test('ended, nothing is redrawn any more', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { tell, stream } = looking()

  tell(...rolledBack)
  const { raw } = stream
  vi.advanceTimersByTime(5_000)

  expect(stream.raw).toBe(raw)
  expect(vi.getTimerCount()).toBe(0)
})

test('a second run is shown below the first', () => {
  const { tell, stream } = looking({ rows: 60 })

  tell(...rolledBack, opened('02:58:00'), started('02:58:01', 'copy'))

  expect(stream.lines.filter((line) => line.startsWith('orders'))).toHaveLength(2)
  expect(stream.lines).toContain('  5 undone. The source is as found; nothing is left to do.')
})

test('the cursor is never hidden and no other screen is opened: a killed process leaves nothing to repair', () => {
  const { tell, stream } = looking()

  tell(...rolledBack)

  expect(stream.raw).not.toContain('\u001b[?')
})

test('an event that makes no sense breaks nothing', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { tell, stream } = looking()

  tell(opened(), started('02:08:01', 'copy'), {
    ...waiting('02:08:02', 'copy', 'a reply'),
    until: Number.NaN,
  } as CutoverEvent)
  tell(progress('02:08:03', 'copy', Number.NaN, -1, Number.NaN))
  vi.advanceTimersByTime(3_000)

  expect(stream.lines.join('\n')).toContain('a reply, until --:--:--')
})

test('a reader that is gone ends nothing', () => {
  const { tell, stream } = looking()
  tell(...running)

  stream.emit('error')
  const { raw } = stream
  tell(done('02:30:00', 'drained', 1), event('02:30:01', { kind: 'ended', end: 'completed' }, 'COMPLETED'))

  expect(stream.raw).toBe(raw)
})
