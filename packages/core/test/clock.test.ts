import { getEventListeners } from 'node:events'

import { type Clock, systemClock } from '@cutover/core'
import { fakeWorld, manualClock } from '@cutover/core/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const clocks: readonly (readonly [name: string, make: () => Clock])[] = [
  ['the system clock', () => systemClock],
  ['the manual clock', () => manualClock()],
  ['the clock of a fake world', () => fakeWorld().clock],
]

describe.each(clocks)('%s', (_, make) => {
  test.each([0, -1, Number.NaN, Number.NEGATIVE_INFINITY])('resolves a sleep of %s ms at once', async (ms) => {
    const clock = make()
    const startedAt = clock.monotonic()

    await clock.sleep(ms)

    expect(clock.monotonic()).toBe(startedAt)
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([0, 1_000])('rejects a sleep of %s ms with the very reason when it was aborted before', async (ms) => {
    const clock = make()
    const reason = { stop: true }

    const slept = clock.sleep(ms, { signal: AbortSignal.abort(reason) })

    await expect(slept).rejects.toBe(reason)
  })

  test('rejects with the very reason when it is aborted meanwhile, and leaves no listener', async () => {
    const clock = make()
    const stop = new AbortController()
    const reason = new Error('stopped')

    const slept = clock.sleep(1_000_000, { signal: stop.signal })
    stop.abort(reason)

    await expect(slept).rejects.toBe(reason)
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })
})

test('the system clock leaves no timer and no listener behind when a sleep is aborted', async () => {
  const stop = new AbortController()

  const slept = systemClock.sleep(1_000, { signal: stop.signal })
  expect(vi.getTimerCount()).toBe(1)
  stop.abort(new Error('stopped'))

  await expect(slept).rejects.toThrow('stopped')
  expect(vi.getTimerCount()).toBe(0)
})

test('the system clock leaves no listener behind when a sleep is over', async () => {
  const stop = new AbortController()

  const slept = systemClock.sleep(1_000, { signal: stop.signal })
  await vi.advanceTimersByTimeAsync(1_000)

  await expect(slept).resolves.toBeUndefined()
  expect(getEventListeners(stop.signal, 'abort')).toEqual([])
})

test('the system clock sleeps longer than a timer of Node can', async () => {
  const month = 30 * 86_400_000
  let isOver = false

  const slept = systemClock.sleep(month).then(() => (isOver = true))
  await vi.advanceTimersByTimeAsync(month - 1)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1)

  await expect(slept).resolves.toBe(true)
})

test('the system clock tells wall time, and a time that only grows', async () => {
  const [now, monotonic] = [systemClock.now(), systemClock.monotonic()]

  await vi.advanceTimersByTimeAsync(250)

  expect(systemClock.now() - now).toBe(250)
  expect(systemClock.monotonic() - monotonic).toBe(250)
})
