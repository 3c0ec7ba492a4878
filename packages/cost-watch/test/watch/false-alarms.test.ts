import { weekProfile } from '@cutover/cost-watch'
import { dailyTotals, demand, withRunaway } from '@cutover/cost-watch/testing'
import { expect, test } from 'vitest'

import { cusum } from '../../src/watch/cusum.ts'
import { threshold } from '../../src/watch/threshold.ts'
import { calm, falseAlarms } from './climbs.ts'

const hour = 3_600_000
const day = 24 * hour

// Seeds that the thresholds were not chosen on. 240 and 1,200 months: a rate of 0.5 is known to 0.09 and 0.04 (twice its error).
test.each([
  [hour / 2, 120, 0.5],
  [hour, 120, 0.5],
  [day, 600, 0.25],
])(
  'slots of %i ms give the false alarms that are stated, on seeds of their own',
  (slotMs, count, rate) => {
    const all = calm(slotMs, 50_001, count)

    const found = falseAlarms(all, slotMs, threshold(slotMs, rate))

    expect(found).toBeGreaterThan(rate * 0.6)
    expect(found).toBeLessThan(rate * 1.4)
  },
  20_000,
)

test('a lower rate needs more evidence, at every length of a slot', () => {
  for (const slotMs of [hour / 12, hour / 6, hour / 4, hour / 3, hour / 2, hour, day]) {
    const limits = [0.05, 0.08, 0.1, 0.2, 0.3, 0.4, 0.5].map((rate) => threshold(slotMs, rate))
    expect(limits).toEqual(limits.toSorted((one, other) => other - one))
    expect(limits.every((limit) => limit > 0.5)).toBe(true)
  }
})

test('in most series twice the spend is found within three hours, and 1.3 times in the totals of days within a week', () => {
  const [slotMs, switchedAt] = [hour / 2, Date.UTC(2026, 10, 2) + 28 * day]
  const [quick, week]: [number[], number[]] = [[], []]
  for (let seed = 50_001; seed < 50_061; seed++) {
    const clean = demand({ seed, days: 38 })
    const from = switchedAt + (seed % 48) * slotMs
    const judge = (length: number, times: number, rate: number): number => {
      const points = withRunaway(clean, { from, times })
      const detector = cusum({ slotMs: length, profile: undefined, minimumExcess: 0, limit: threshold(length, rate) })
      const series = length === day ? dailyTotals(points, slotMs) : points
      const found = series.find((point) => detector.judge(point).alarm && point.at + length > from)
      return found === undefined ? Infinity : found.at + length - from
    }
    quick.push(judge(slotMs, 2, 0.15))
    week.push(judge(day, 1.3, 0.1))
  }

  const part = (all: readonly number[], within: number): number => all.filter((ms) => ms <= within).length / all.length
  expect(part(quick, 3 * hour)).toBeGreaterThan(0.7)
  expect(part(quick, 12 * hour)).toBeGreaterThan(0.95)
  expect(part(week, 7 * day)).toBeGreaterThan(0.9)
})

test('the profile is the median of each slot of the week, and null where nothing is known', () => {
  const monday = Date.UTC(2026, 10, 2)
  const points = [0, 7, 14].map((days, i) => ({ at: monday + days * day + hour, spend: [3, 100, 5][i] ?? 0 }))

  const { expected } = weekProfile(points, { slotMs: hour, times: 2 })

  expect(expected).toHaveLength(168)
  expect(expected[1]).toBe(10)
  expect(expected.filter((one) => one !== null)).toHaveLength(1)
})
