import { fakeWorld } from '@cutover/core/testing'
import { measureSource, planGate, type PlanGateOptions } from '@cutover/health-checks'
import { inMemoryCounts, scriptedTraffic } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

test('before the night it says how many errors, and how long that is at your traffic', () => {
  const plan = planGate({ perMinute: 1_200, badShare: 0.01 })

  expect(plan).toMatchObject({ fits: true, needErrors: 216, promoteMs: 1_077_000 })
  expect(plan.text).toMatch(/^needs 216 errors ≈ 17m57s to promote; twice as bad is found in about 7m\d\ds$/)
})

test('traffic that is too little for the horizon is told with what to change', () => {
  const plan = planGate({ perMinute: 40, badShare: 0.01 })

  expect(plan.fits).toBe(false)
  expect(plan.text).toMatch(
    /that is over 2h: give the source a larger part of the traffic, or accept a larger maxRatio$/,
  )
})

test('an anchor of a few percent, and bursts, cost time', () => {
  const equal = planGate({ perMinute: 1_200, badShare: 0.01 })
  const anchor = planGate({ perMinute: 1_200, badShare: 0.01, split: 0.95 })
  const bursty = planGate({ perMinute: 1_200, badShare: 0.01, burstiness: 0.5 })

  expect(anchor.promoteMs / equal.promoteMs).toBeGreaterThan(5)
  expect(bursty.promoteMs / equal.promoteMs).toBeGreaterThan(2)
})

test('what it needs to know is read off the source', async () => {
  const world = fakeWorld()
  const { source } = scriptedTraffic({ minutes: 0, historyMinutes: 360, startAt: world.clock.now() })

  const measured = await measureSource(inMemoryCounts(world, source), { clock: world.clock })

  expect(measured).toMatchObject({ intervals: 360, to: world.clock.now() })
  expect(measured?.perMinute).toBeCloseTo(1_200, -2)
  expect(measured?.badShare).toBeCloseTo(0.01, 3)
  expect(measured && planGate(measured)).toMatchObject({ fits: true })
})

test('minutes that are not settled are no history', async () => {
  const world = fakeWorld()
  const { source } = scriptedTraffic({ minutes: 0, historyMinutes: 360, startAt: world.clock.now() })

  const measured = await measureSource(inMemoryCounts(world, source, { settleMs: 600_000 }), { clock: world.clock })

  expect(measured).toMatchObject({ intervals: 350, to: world.clock.now() - 600_000 })
})

test('two sides that were both well are measured against each other', async () => {
  const world = fakeWorld()
  const night = { noise: 'shocks', historyMinutes: 0, minutes: 360, startAt: world.clock.now() - 360 * 60_000 } as const
  const { source, target } = scriptedTraffic(night)
  const [a, b] = [inMemoryCounts(world, source), inMemoryCounts(world, target)]

  const together = await measureSource(a, { with: b, clock: world.clock })
  const alone = await measureSource(a, { clock: world.clock })

  expect(together?.burstiness).toBeLessThan(0.03)
  expect(alone?.burstiness).toBeGreaterThan(together?.burstiness ?? 1)
})

test.each([
  [{ perMinute: 0, badShare: 0.01 }, /perMinute is 0/],
  [{ perMinute: 60, badShare: 0 }, /badShare is 0/],
  [{ perMinute: 60, badShare: 0.01, split: 1 }, /split is 1/],
  [{ perMinute: 60, badShare: 0.01, maxRatio: 1 }, /maxRatio is 1/],
  [{ perMinute: 60, badShare: 0.01, burstiness: Number.NaN }, /burstiness is NaN/],
  [{ perMinute: 60, errorRate: 0.01 }, /there is no option errorRate/],
])('%o is refused', (options, message) => {
  expect(() => planGate(options as PlanGateOptions)).toThrow(
    expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID', message: expect.stringMatching(message) as unknown }),
  )
})
