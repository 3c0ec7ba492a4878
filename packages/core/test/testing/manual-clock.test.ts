import { isCutoverError } from '@cutover/core'
import { manualClock } from '@cutover/core/testing'
import { expect, test } from 'vitest'

test('time stands still until it is moved', async () => {
  const clock = manualClock(1_000)
  let isAwake = false
  void clock.sleep(10).then(() => (isAwake = true))

  await clock.advance(9)
  expect([clock.now(), clock.monotonic(), clock.sleeping, isAwake]).toEqual([1_009, 9, 1, false])

  await clock.advance(1)
  expect([clock.now(), clock.monotonic(), clock.sleeping, isAwake]).toEqual([1_010, 10, 0, true])
})

test('sleepers wake in order, and what they do happens before the next wakes', async () => {
  const clock = manualClock()
  const log: string[] = []
  const late = clock.sleep(20).then(() => log.push(`late at ${clock.monotonic()}`))
  const runEarly = async (): Promise<void> => {
    await clock.sleep(10)
    log.push(`early at ${clock.monotonic()}`)
    for (let i = 0; i < 50; i++) await Promise.resolve()
    log.push(`and done at ${clock.monotonic()}`)
    await clock.sleep(5)
    log.push(`again at ${clock.monotonic()}`)
  }
  const early = runEarly()

  await clock.advance(100)
  await Promise.all([late, early])

  expect(log).toEqual(['early at 10', 'and done at 10', 'again at 15', 'late at 20'])
})

test('a wall clock can jump while durations stay right', async () => {
  const clock = manualClock(0)

  clock.jump(-3_600_000)
  await clock.advance(5)

  expect([clock.now(), clock.monotonic()]).toEqual([-3_599_995, 5])
})

test('an aborted sleeper is forgotten', async () => {
  const clock = manualClock()
  const stop = new AbortController()
  const slept = clock.sleep(10, { signal: stop.signal })

  stop.abort(new Error('stopped'))

  await expect(slept).rejects.toThrow('stopped')
  expect(clock.sleeping).toBe(0)
})

test.each([-1, Number.NaN])('time does not go %s ms', async (ms) => {
  const error: unknown = await manualClock()
    .advance(ms)
    .catch((e: unknown) => e)

  expect(isCutoverError(error, 'WORLD_INVALID')).toBe(true)
})
