import { type Judgement, runawayDetector, type RunawaySnapshot, weekProfile } from '@cutover/cost-watch'
import { dailyTotals, demand, withRunaway } from '@cutover/cost-watch/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const hour = 3_600_000
const day = 24 * hour
const slotMs = hour / 2
const startAt = Date.UTC(2026, 10, 2)

/** Judges all of a series; answers what was said from `from` on. */
function judged(points: ReturnType<typeof demand>, detector = runawayDetector({ slotMs }), from = 0): Judgement[] {
  return points.map((point) => detector.judge(point)).filter(({ at }) => at >= from)
}

test('spend that doubles is found within three hours, once, with when it began and what it costs', () => {
  const from = startAt + 31 * day + 5 * hour
  const points = withRunaway(demand({ seed: 3, days: 33 }), { from, times: 2 })

  const said = judged(points, undefined, from)

  const alarms = said.filter(({ alarm }) => alarm)
  expect(alarms).toHaveLength(1)
  expect(alarms[0]?.at).toBeLessThan(from + 3 * hour)
  expect(alarms[0]?.since).toBe(from)
  expect(alarms[0]?.times).toBeCloseTo(2, 0)
  const spentTwice = points.filter(({ at }) => at >= from && at <= (alarms[0]?.at ?? 0))
  const excess = spentTwice.reduce((sum, { spend }) => sum + spend / 2, 0)
  expect((alarms[0]?.excess ?? 0) / excess).toBeGreaterThan(0.7)
  expect((alarms[0]?.excess ?? 0) / excess).toBeLessThan(1.3)
})

test('without history and profile it learns for a week and says so, and is never calm about what it cannot judge', () => {
  const points = demand({ seed: 3, days: 8 })

  const said = judged(points)

  expect(new Set(said.filter(({ at }) => at < startAt + 7 * day).map(({ state }) => state))).toEqual(
    new Set(['learning']),
  )
  expect(said.filter(({ at }) => at >= startAt + 7 * day).some(({ state }) => state === 'learning')).toBe(false)
})

test('with the week of the source it judges the first slot', () => {
  const before = demand({ seed: 3, days: 28 })
  const profile = weekProfile(before, { slotMs, times: 1.5 })
  const after = demand({ seed: 3, days: 29 })
    .filter(({ at }) => at >= startAt + 28 * day)
    .map(({ at, spend }) => ({ at, spend: spend * 1.5 }))

  const calm = judged(after, runawayDetector({ slotMs, profile }))
  const twice = judged(
    after.map(({ at, spend }) => ({ at, spend: spend * 2 })),
    runawayDetector({ slotMs, profile }),
  )

  expect(calm.every(({ alarm, state }) => !alarm && state !== 'learning')).toBe(true)
  expect(twice.findIndex(({ alarm }) => alarm)).toBeLessThan(6)
})

test('the daily totals find what is only 1.3 times as dear', () => {
  const from = startAt + 35 * day
  const points = dailyTotals(withRunaway(demand({ seed: 5, days: 45 }), { from, times: 1.3 }), slotMs)

  const said = judged(points, runawayDetector({ slotMs: day }), from)

  const found = said.find(({ alarm }) => alarm)
  expect(found?.at).toBeLessThanOrEqual(from + 3 * day)
})

test('what was found ends when the spend is as expected again, and can be found again', () => {
  const [first, second] = [startAt + 30 * day, startAt + 33 * day]
  const once = withRunaway(demand({ seed: 3, days: 35 }), { from: first, until: first + 12 * hour, times: 2.5 })
  const points = withRunaway(once, { from: second, times: 2.5 })

  const said = judged(points, undefined, first)

  expect(said.filter(({ alarm }) => alarm)).toHaveLength(2)
  expect(said.find(({ at }) => at === first + 36 * hour)?.state).not.toBe('runaway')
})

test('a runaway that grows clearly is told again, with how many times it is now; one that goes on is not', () => {
  const [first, second] = [startAt + 30 * day, startAt + 32 * day]
  const once = withRunaway(demand({ seed: 3, days: 36 }), { from: first, times: 2 })

  const [same, grown] = [once, withRunaway(once, { from: second, times: 1.8 })].map((points) =>
    judged(points, undefined, first).filter(({ alarm }) => alarm),
  )

  expect(same).toHaveLength(1)
  expect(grown).toHaveLength(2)
  expect(grown?.[1]?.at).toBeGreaterThanOrEqual(second)
  expect(grown?.[1]?.at).toBeLessThan(second + 6 * hour)
})

test('what comes and goes in a quiet night and costs less than a twentieth of a day is no alarm, however unusual', () => {
  const night = startAt + 30 * day + 2 * hour
  const quiet = demand({ seed: 3, days: 31 }).map((point) =>
    new Date(point.at).getUTCHours() < 6 ? { ...point, spend: point.spend / 20 } : point,
  )
  const burst = { from: night, until: night + 3 * hour, times: 4 }

  const [asleep, busy] = [quiet, demand({ seed: 3, days: 31 })].map((points) =>
    judged(withRunaway(points, burst), undefined, night).filter(({ alarm }) => alarm),
  )

  expect([asleep?.length, busy?.length]).toEqual([0, 1])
})

test('what runs away for weeks and is not accepted never becomes what is expected', () => {
  const from = startAt + 14 * day
  const points = withRunaway(demand({ seed: 3, days: 42 }), { from, times: 2 })

  const said = judged(points, undefined, from)

  expect(said.at(-1)?.state).toBe('runaway')
  expect(said.at(-1)?.times).toBeGreaterThan(1.7)
})

test('what is accepted is expected from then on, and what comes on top of it is found', () => {
  const detector = runawayDetector({ slotMs })
  const accepted = startAt + 30 * day
  const points = withRunaway(withRunaway(demand({ seed: 3, days: 45 }), { from: accepted, times: 2 }), {
    from: accepted + 10 * day,
    times: 2,
  })

  const said: Judgement[] = []
  for (const point of points) {
    if (point.at === accepted + 12 * hour) detector.accept()
    said.push(detector.judge(point))
  }

  const later = said.filter(({ at }) => at >= accepted + 12 * hour)
  expect(later.filter(({ alarm, at }) => alarm && at < accepted + 10 * day)).toEqual([])
  expect(later.find(({ alarm }) => alarm)?.at).toBeLessThan(accepted + 10 * day + 6 * hour)
})

test('a service that became cheap and doubles is found, although it costs what it did before', () => {
  const cheap = startAt + 28 * day
  const dear = cheap + 8 * day
  const cheaper = demand({ seed: 3, days: 38 }).map((point) =>
    point.at < cheap ? point : { ...point, spend: point.spend / 2 },
  )

  const said = judged(withRunaway(cheaper, { from: dear, times: 2 }), undefined, dear)

  expect(said.find(({ alarm }) => alarm)?.at).toBeLessThan(dear + 4 * hour)
})

test('minimumExcess keeps quiet until it has cost so much', () => {
  const from = startAt + 30 * day
  const points = withRunaway(demand({ seed: 3, days: 33 }), { from, times: 2 })

  const said = judged(points, runawayDetector({ slotMs, minimumExcess: 40 }), from)

  const found = said.find(({ alarm }) => alarm)
  expect(found?.excess).toBeGreaterThanOrEqual(40)
  expect(said.filter(({ at }) => at < (found?.at ?? 0)).every(({ excess }) => excess < 40)).toBe(true)
})

test('missing slots are no cheap slots: a runaway is found across a gap as without one', () => {
  const from = startAt + 30 * day
  const points = withRunaway(demand({ seed: 3, days: 31 }), { from, times: 3 })
  const gap = points.filter(({ at }) => at < from + hour || at >= from + 5 * hour)

  const detector = runawayDetector({ slotMs })
  const said = judged(gap, detector, from)

  expect(said.findIndex(({ alarm }) => alarm)).toBeGreaterThanOrEqual(0)
  expect(said.findIndex(({ alarm }) => alarm)).toBeLessThan(6)
})

test('wherever a process ends, the next one goes on with its snapshot as if nothing had been', () => {
  const from = startAt + 15 * day
  const points = withRunaway(demand({ seed: 11, days: 17, slotMs: hour }), { from, times: 1.8 })
  const whole = judged(points, runawayDetector({ slotMs: hour }))

  fc.assert(
    fc.property(fc.integer({ min: 1, max: points.length - 1 }), (split) => {
      const first = runawayDetector({ slotMs: hour })
      const said = points.slice(0, split).map((point) => first.judge(point))
      const snapshot = JSON.parse(JSON.stringify(first.snapshot())) as RunawaySnapshot
      const second = runawayDetector({ slotMs: hour }, snapshot)
      for (const point of points.slice(split)) said.push(second.judge(point))
      expect(said.map(({ state, alarm, since }) => [state, alarm, since])).toEqual(
        whole.map(({ state, alarm, since }) => [state, alarm, since]),
      )
    }),
    { numRuns: 12 },
  )
})

test.each([
  ['a slot that came before', { at: startAt + slotMs, spend: 1 }, 'at'],
  ['the same slot again', { at: startAt + 2 * slotMs, spend: 1 }, 'at'],
  ['NaN', { at: startAt + 9 * slotMs, spend: Number.NaN }, 'spend'],
  ['a spend below zero', { at: startAt + 9 * slotMs, spend: -1 }, 'spend'],
  ['an infinite spend', { at: startAt + 9 * slotMs, spend: Infinity }, 'spend'],
])('%s is refused by name, and changes nothing', (_, point, field) => {
  const detector = runawayDetector({ slotMs })
  detector.judge({ at: startAt + 2 * slotMs, spend: 1 })
  const before = detector.snapshot()

  expect(() => detector.judge(point)).toThrow(
    expect.objectContaining({ code: 'COST_SERIES_INVALID', message: expect.stringMatching(`^${field} is`) }),
  )

  expect(detector.snapshot()).toEqual(before)
})

test.each([
  [{ slotMs, falseAlarmsPer30Days: 0.01 }, /falseAlarmsPer30Days is 0\.01; wanted 0\.05 to 0\.5,/],
  [{ slotMs: 7 * hour }, /slotMs/],
  [{ slotMs: 1_000 }, /slotMs is 1000/],
  [{ slotMs, minimumExcess: Number.NaN }, /minimumExcess is NaN/],
  [{ slotMs, profile: { slotMs: hour, expected: [] } }, /profile.expected.length is 0; wanted 336 slots/],
  [{ slotMs, treshold: 3 }, /no option treshold/],
])('options %j are refused', (options, message) => {
  expect(() => runawayDetector(options)).toThrow(
    expect.objectContaining({ code: 'COST_OPTION_INVALID', message: expect.stringMatching(message) }),
  )
})

test('a snapshot of other slots is refused', () => {
  const snapshot = runawayDetector({ slotMs: hour }).snapshot()

  expect(() => runawayDetector({ slotMs }, snapshot)).toThrow(
    expect.objectContaining({ code: 'COST_SNAPSHOT_INVALID', message: expect.stringMatching(/slots of 3600000 ms/) }),
  )
})
