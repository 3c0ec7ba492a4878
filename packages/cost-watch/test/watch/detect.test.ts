import { anomalyDetector, detect, type SeriesPoint } from '@cutover/cost-watch'
import { seededRandom } from '@cutover/cost-watch/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { eventScore } from './event-score.ts'
import { type Labelled, labelled } from './labelled.ts'

const minute = 60_000
const startAt = Date.UTC(2026, 0, 5)

const series = (count: number, stepMs: number, value: (i: number) => number): SeriesPoint[] =>
  Array.from({ length: count }, (_, i) => ({ at: startAt + i * stepMs, value: value(i) }))

test('each score uses only the points before it: another future changes none', () => {
  const random = seededRandom(4)
  const points = series(900, 5 * minute, (i) => 10 + 5 * Math.sin(i / 20) + random.normal())
  const whole = detect(points)

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 899 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (cut, wild) => {
      const other = points.map((point, i) => (i < cut ? point : { ...point, value: wild }))
      expect(detect(other).slice(0, cut)).toEqual(whole.slice(0, cut))
    }),
    { numRuns: 8 },
  )
})

test('every score is from 0 to 1, whatever the numbers are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e150, max: 1e150 }), { maxLength: 300 }),
      (values) => {
        const scores = detect(values.map((value, i) => ({ at: startAt + i * minute, value })))
        expect(scores).toHaveLength(values.length)
        expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})

test('a period that nobody told it is learned: a job that is late by half a period is news, one in time is not', () => {
  const random = seededRandom(9)
  const every = 53
  const jobs = series(53 * 40, 5 * minute, (i) => 5 + random.normal() + (i % every < 4 ? 60 : 0))
  const at = 53 * 35 + 26
  const moved = jobs.map((point, i) => (i >= at && i < at + 4 ? { ...point, value: 65 } : point))

  const [usual, news] = [detect(jobs), detect(moved)]

  expect(Math.max(...usual.slice(53 * 20))).toBeLessThan(0.5)
  expect(Math.max(...news.slice(at, at + 4))).toBeGreaterThan(0.6)
})

test('a new level is news when it begins, and not for ever', () => {
  const random = seededRandom(2)
  const points = series(2_000, 5 * minute, (i) => (i < 1_200 ? 50 : 70) + random.normal())

  const scores = detect(points)

  expect(Math.max(...scores.slice(1_200, 1_203))).toBeGreaterThan(0.6)
  expect(Math.max(...scores.slice(1_300))).toBeLessThan(0.5)
})

test('what is no more unusual than what was said just before is no news', () => {
  const random = seededRandom(2)
  const points = series(1_000, 5 * minute, (i) => (i === 900 || i === 903 ? 90 : 50) + random.normal())

  const scores = detect(points)

  expect(scores[900]).toBeGreaterThan(0.6)
  expect(scores[903]).toBeLessThan(0.35)
})

test('a series that stands still, and one of whole numbers, can be surprised', () => {
  const still = detect(series(400, 60 * minute, (i) => (i === 300 ? 8 : 7)))
  const random = seededRandom(3)
  const whole = detect(series(800, 60 * minute, (i) => Math.round(20 + random.normal()) + (i === 700 ? 15 : 0)))

  expect(still.slice(50, 300).every((score) => score < 0.1)).toBe(true)
  expect(still[300]).toBeGreaterThan(0.6)
  expect(whole[700]).toBeGreaterThan(0.5)
})

test('what was never seen and then comes all the time becomes ordinary', () => {
  const random = seededRandom(5)
  const spikes = series(4_000, 5 * minute, (i) =>
    i > 1_500 && random.next() < 0.1 ? 50 * Math.exp(random.normal()) : 0,
  )

  const scores = detect(spikes)

  expect(Math.max(...scores.slice(1_500, 1_600))).toBeGreaterThan(0.6)
  expect(scores.slice(2_500).filter((score) => score >= 0.375).length / 1_500).toBeLessThan(0.01)
})

test('gaps, ragged timestamps and days as slots are series like any other', () => {
  const random = seededRandom(8)
  const value = (hour: number): number => 100 + 40 * Math.sin((hour * Math.PI) / 12) + 2 * random.normal()
  const ragged = Array.from({ length: 24 * 40 }, (_, hour) => ({
    at: startAt + hour * 60 * minute + Math.floor(random.between(-6, 6)) * minute,
    value: value(hour) + (hour === 24 * 36 + 5 ? -90 : 0),
  })).filter((_, hour) => (random.next() > 0.05 && !(hour > 300 && hour < 360)) || hour === 24 * 36 + 5)
  const daily = series(
    200,
    1_440 * minute,
    (i) => 100 + (i % 7 > 4 ? -50 : 0) + random.normal() + (i === 180 ? -25 : 0),
  )

  const scores = detect(ragged)
  const wrong = ragged.findIndex(({ at }) => Math.abs(at - startAt - (24 * 36 + 5) * 60 * minute) < 10 * minute)

  expect(scores[wrong]).toBeGreaterThan(0.5)
  expect(scores.filter((score, i) => i > 200 && score > 0.5).length).toBeLessThanOrEqual(3)
  expect(detect(daily)[180]).toBeGreaterThan(0.35)
})

test.each([
  ['NaN', { at: startAt + 2 * minute, value: Number.NaN }, /^value at \d+ is NaN/],
  ['infinite', { at: startAt + 2 * minute, value: -Infinity }, /^value at \d+ is -Infinity/],
  ['no time', { at: Number.NaN, value: 1 }, /^at is NaN/],
  ['a duplicate', { at: startAt + minute, value: 1 }, /^at is \d+; wanted an instant after the last one/],
  ['out of order', { at: startAt, value: 1 }, /^at is \d+; wanted an instant after the last one/],
])('a point that is %s is refused by name', (_, point, message) => {
  const detector = anomalyDetector()
  detector.score({ at: startAt + minute, value: 1 })

  expect(() => detector.score(point)).toThrow(
    expect.objectContaining({ code: 'COST_SERIES_INVALID', message: expect.stringMatching(message) }),
  )
  expect(detector.score({ at: startAt + 3 * minute, value: 1 })).toBe(0)
})

// Seeds that nothing was chosen on.
test('on labelled series of twelve kinds it finds more with fewer false alarms than a moving mean and deviation does', () => {
  const all = Array.from({ length: 24 }, (_, i) => labelled(7_001 + i))
  const ours = all.map((one) => ({ labelled: one, scores: detect(one.points) }))
  const plain = all.map((one) => ({ labelled: one, scores: movingDeviations(one) }))

  const best = (scored: typeof ours): number =>
    Math.max(...Array.from({ length: 19 }, (_, i) => eventScore(scored, 0.05 * (i + 1)).f1))

  expect(best(ours)).toBeGreaterThan(0.55)
  expect(best(ours)).toBeGreaterThan(best(plain) + 0.1)
}, 60_000)

test('of ordinary points few score 0.5, which says one in 10,000', () => {
  const random = seededRandom(12)
  let kept = 0
  const scores = Array.from({ length: 6 }, () =>
    detect(series(4_000, 5 * minute, () => 50 + (kept = 0.5 * kept + random.normal()))).slice(600),
  ).flat()

  const often = scores.filter((score) => score >= 0.5).length / scores.length

  expect(often).toBeLessThan(0.0015)
  expect(scores.filter((score) => score >= 0.25).length / scores.length).toBeLessThan(0.05)
})

function movingDeviations({ points }: Labelled): number[] {
  let [mean, variance] = [points[0]?.value ?? 0, 0]
  return points.map(({ value }, i) => {
    const score = i < 50 ? 0 : Math.min(1, Math.abs(value - mean) / Math.sqrt(variance + 1e-9) / 12)
    const rate = 1 / Math.min(i + 1, 300)
    const off = value - mean
    mean += rate * off
    variance = (1 - rate) * (variance + rate * off * off)
    return score
  })
}
