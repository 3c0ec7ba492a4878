import { type CutoverEvent, reported, tell } from '@cutover/core'
import { expect, test } from 'vitest'

const event: CutoverEvent = { kind: 'note', code: 'X', data: 1, at: 7, text: 'x' }

test('every listener is told, and nobody is fine too', () => {
  const told: CutoverEvent[][] = [[], [], []]

  tell((e) => void told[0]?.push(e), event)
  tell([(e) => void told[1]?.push(e), (e) => void told[2]?.push(e)], event)
  tell(undefined, event)

  expect(told).toEqual([[event], [event], [event]])
})

test('a listener that throws stops nothing, not even the next listener', () => {
  const told: CutoverEvent[] = []

  tell(
    [
      () => {
        throw new Error('broken dashboard')
      },
      (e) => void told.push(e),
    ],
    event,
  )

  expect(told).toEqual([event])
})

test('an async listener that rejects stops nothing', async () => {
  const unhandled: unknown[] = []
  const listen = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', listen)

  // oxlint-disable-next-line typescript/no-misused-promises -- what JavaScript callers, and hurried ones, do
  tell(() => Promise.reject(new Error('the chat is down')), event)
  await new Promise((resolve) => void setImmediate(resolve))
  process.off('unhandledRejection', listen)

  expect(unhandled).toEqual([])
})

test('a report becomes an event with its step, its time and its sentence', () => {
  expect(reported({ kind: 'progress', done: 3, total: 10, unit: 'objects', etaMs: 70 }, 'copy', 5)).toEqual({
    kind: 'progress',
    step: 'copy',
    at: 5,
    done: 3,
    total: 10,
    unit: 'objects',
    etaMs: 70,
    text: 'copy: 3 of 10 objects',
  })
  expect(reported({ kind: 'progress', done: 3, unit: 'objects' }, 'copy', 5).text).toBe('copy: 3 objects')
  expect(reported({ kind: 'waiting', why: 'the TTL', until: 9 }, 'lower', 5)).toEqual({
    kind: 'waiting',
    step: 'lower',
    at: 5,
    why: 'the TTL',
    until: 9,
    text: 'lower waits: the TTL',
  })
  expect(reported({ kind: 'note', code: 'DNS_FLOOR', data: { s: 30 }, text: 'A floor' }, 'lower', 5)).toEqual({
    kind: 'note',
    code: 'DNS_FLOOR',
    data: { s: 30 },
    step: 'lower',
    at: 5,
    text: 'A floor',
  })
})
