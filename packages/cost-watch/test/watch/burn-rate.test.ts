import { burnRate } from '@cutover/cost-watch'
import { expect, test } from 'vitest'

import { hour, monday } from './cost-rows.ts'

// 720 for 30 days is 1 an hour.
const budget = { amount: 720 }
const slotMs = hour / 4
const now = monday + 80 * hour

/** What each quarter of an hour cost, by how many hours ago it began. */
const points = (perHour: (hoursAgo: number) => number) =>
  Array.from({ length: 320 }, (_, i) => ({ at: monday + i * slotMs, spend: perHour(80 - i / 4) / 4 }))

test('a budget that lasts is no alarm, at its very pace neither', () => {
  expect(
    burnRate(
      points(() => 0.99),
      { slotMs, budget, now },
    ),
  ).toBeUndefined()
})

test.each([
  ['fast', 15, 1.1],
  ['middle', 7, 6],
  ['slow', 1.2, 72],
])('a %s burn is found by its windows', (pace, rate, hours) => {
  const burn = burnRate(
    points((ago) => (ago <= hours ? rate : 0.1)),
    { slotMs, budget, now },
  )

  expect(burn?.pace).toBe(pace)
  expect(burn?.long).toBeGreaterThanOrEqual(burn?.limit ?? Infinity)
})

test('what has stopped is no alarm any more, however dear it was', () => {
  expect(
    burnRate(
      points((ago) => (ago > 0.5 && ago < 1.5 ? 40 : 0.1)),
      { slotMs, budget, now },
    )?.pace,
  ).not.toBe('fast')
})

test('half a window is no window: with a slot missing its pace says nothing', () => {
  const all = points(() => 100).filter(({ at }) => at >= now - hour)

  expect(burnRate(all, { slotMs, budget, now })?.pace).toBe('fast')
  expect(burnRate(all.slice(1), { slotMs, budget, now })).toBeUndefined()
})

test.each([
  [{ amount: 0 }, /budget.amount is 0/],
  [{ amount: Number.NaN }, /budget.amount is NaN/],
  [{ amount: 1, days: -1 }, /budget.days is -1/],
])('a budget of %j is refused', (bad, message) => {
  expect(() => burnRate([], { slotMs, budget: bad, now })).toThrow(
    expect.objectContaining({ code: 'COST_OPTION_INVALID', message: expect.stringMatching(message) }),
  )
})
