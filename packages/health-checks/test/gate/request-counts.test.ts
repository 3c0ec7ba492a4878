import { manualClock } from '@cutover/core/testing'
import { requestCounts, type RequestCountsOptions } from '@cutover/health-checks'
import { expect, test } from 'vitest'

const start = Date.UTC(2026, 10, 20, 2)
const hour = { from: start, to: start + 3_600_000 }

test('a client that tries again is one request, and its first attempt counts', async () => {
  const clock = manualClock(start)
  const counts = requestCounts({ clock })

  counts.seen({ operation: 'a', bad: true })
  counts.seen({ operation: 'a', bad: true })
  counts.seen({ operation: 'b', bad: false })
  await clock.advance(60_000)
  counts.seen({ operation: 'a', bad: false })
  counts.seen({ bad: true })
  counts.seen({ bad: true })

  await clock.advance(60_000)
  expect(await counts.counts(hour)).toEqual([
    { from: start, to: start + 60_000, total: 2, bad: 1, complete: true },
    { from: start + 60_000, to: start + 120_000, total: 2, bad: 2, complete: true },
  ])
})

test('a minute in which nothing came is a zero that was seen, and none before the first', async () => {
  const clock = manualClock(start)
  const counts = requestCounts({ clock, slowerThanMs: 100 })

  const before = await counts.counts(hour)
  await clock.advance(60_000)
  counts.seen({ bad: false, ms: 101 })
  counts.seen({ bad: false, ms: 100 })
  await clock.advance(150_000)
  const after = await counts.counts(hour)

  expect(before).toEqual([])
  expect(after.map(({ total, slow, complete }) => [total, slow, complete])).toEqual([
    [2, 1, true],
    [0, 0, true],
    [0, 0, false],
  ])
})

test('what is older than it keeps is gone, not zero', async () => {
  const clock = manualClock(start)
  const counts = requestCounts({ clock, keep: '2m' })

  for (let i = 0; i < 10; i++) {
    counts.seen({ operation: `${i % 2}`, bad: false })
    await clock.advance(60_000)
  }

  expect((await counts.counts(hour)).map(({ from }) => (from - start) / 60_000)).toEqual([8, 9])
})

test.each([
  [{ every: '0s' }, /every is "0s"/],
  [{ every: '2m', keep: '1m' }, /keep is "1m"; wanted at least every/],
  [{ slowerThanMs: 0 }, /slowerThanMs is 0/],
  [{ slowerThan: 5 }, /there is no option slowerThan/],
])('%o is refused', (options, message) => {
  expect(() => requestCounts(options as RequestCountsOptions)).toThrow(
    expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID', message: expect.stringMatching(message) as unknown }),
  )
})
