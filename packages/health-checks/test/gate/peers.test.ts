import { fakeWorld } from '@cutover/core/testing'
// Bugs of other gates, each shown on a re-implementation of the other and passed by ours on the same series.
import { type CountBucket, healthGate, type HealthGateOptions, waitFor } from '@cutover/health-checks'
import { inMemoryCounts } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { argoRun } from '../../../../benchmarks/health-checks/argo.ts'
import { burnRate } from '../../../../benchmarks/health-checks/burn-rate.ts'
import { flagger, flaggerCloudWatchValue } from '../../../../benchmarks/health-checks/flagger.ts'
import { kayentaLabel } from '../../../../benchmarks/health-checks/kayenta.ts'
import { mannWhitney } from '../../../../benchmarks/health-checks/mann-whitney.ts'
import type { Minute } from '../../../../benchmarks/health-checks/peer.ts'
import { minuteMs } from './gate-world.ts'
import { control, experiment, fromR } from './kayenta-vectors.ts'

const minute = (sourceBad: number, targetBad: number, total = 100, targetTotal = total): Minute => ({
  source: { bad: sourceBad, total },
  target: { bad: targetBad, total: targetTotal },
})
const times = (count: number, of: (i: number) => Minute): Minute[] => Array.from({ length: count }, (_, i) => of(i))

/** Our gate over the same minutes, looked at every minute. */
async function ours(minutes: readonly Minute[], options: Partial<HealthGateOptions> = {}) {
  const world = fakeWorld()
  const start = world.clock.now()
  const buckets = (side: 'source' | 'target'): CountBucket[] =>
    minutes.map((counts, i) => ({
      from: start + i * minuteMs,
      to: start + (i + 1) * minuteMs,
      ...counts[side],
      complete: true,
    }))
  const [source, target] = [inMemoryCounts(world, buckets('source')), inMemoryCounts(world, buckets('target'))]
  const gate = healthGate({ source, target, dispersion: 'exact', since: start, ...options } as HealthGateOptions)
  let verdict = await gate.look(world)
  for (let i = 0; i < minutes.length && verdict.kind !== 'rollback' && verdict.kind !== 'promote'; i++) {
    await world.clock.sleep(minuteMs)
    verdict = await gate.look(world)
  }
  return { verdict, gate, world }
}

test('the Kayenta that is compared with answers what R answers', () => {
  const { low, high, estimate } = mannWhitney(experiment, control, -1.9599639845400545)
  const small = mannWhitney([10, 20, 30, 40], [1, 2, 3, 4], -1.9599639845400545)

  expect(low).toBeCloseTo(fromR.low, 5)
  expect(high).toBeCloseTo(fromR.high, 5)
  expect(estimate).toBeCloseTo(fromR.estimate, 3)
  expect([small.low, small.high, small.estimate]).toEqual([6, 39, expect.closeTo(22.5, 5)])
})

const atMost = (max: number) => ({ successCondition: (value: unknown) => Number(value) <= max })

test('argo-rollouts#4147: an empty answer of CloudWatch is Successful five times; here it is no data', async () => {
  const empty = Array.from({ length: 5 }, () => [[]])

  const verdict = await oursWithoutData()

  expect(argoRun(empty, atMost(0.02))).toMatchObject({ phase: 'Successful' })
  expect(verdict).toMatchObject({ kind: 'undecided', reason: 'no-data' })
})

async function oursWithoutData() {
  const world = fakeWorld()
  const nothing = inMemoryCounts(world, [])
  const gate = healthGate({ source: nothing, target: nothing, dispersion: 'exact', since: world.clock.now() })
  await world.clock.sleep(20 * minuteMs)
  return gate.look(world)
}

test('argo-rollouts#4479: a run in which every measurement erred ends Successful; here nothing passes that was not read', async () => {
  const erring = {
    successCondition: () => {
      throw new Error('connection refused')
    },
    consecutiveErrorLimit: 10,
  }
  const world = fakeWorld()
  const broken = { settleMs: 0, counts: () => Promise.reject(new Error('connection refused')) }

  const passed = waitFor(healthGate({ source: broken, target: broken, dispersion: 'exact' }), {
    clock: world.clock,
    within: '10m',
  })

  expect(argoRun(Array.from({ length: 5 }), erring)).toMatchObject({ phase: 'Successful' })
  await expect(passed).rejects.toMatchObject({ code: 'CHECK_UNDECIDED' })
})

test('argo-rollouts#4535: a body of null passes a condition that compares; here it is refused by name', async () => {
  const world = fakeWorld()
  const nulls = { settleMs: 0, counts: () => Promise.resolve(null as unknown as CountBucket[]) }
  const gate = healthGate({ source: nulls, target: nulls, dispersion: 'exact', since: world.clock.now() - minuteMs })

  expect(argoRun([null, null], atMost(0.02))).toMatchObject({ phase: 'Successful' })
  await expect(gate.look(world)).rejects.toMatchObject({ code: 'HEALTH_COUNTS_INVALID' })
})

test('argo-rollouts#1905, flagger#1035, #1098, #1689: no traffic aborts or rolls back; here it is low traffic', async () => {
  const silent = times(30, () => minute(1, 0, 100, 0))

  const { verdict } = await ours(silent)

  expect(flagger({ max: 0.02, threshold: 5 })(silent)).toBe(5)
  expect(verdict).toMatchObject({ kind: 'undecided', reason: 'low-traffic' })
})

test('Flagger never resets failed checks: noise around the limit rolls back in the end; here only evidence adds up', async () => {
  const noisy = times(110, (i) => (i % 20 === 0 ? minute(3, 3) : minute(1, 1)))

  const { verdict } = await ours(noisy, { mode: 'watch' })

  expect(flagger({ max: 0.02, threshold: 5 })(noisy)).toBe(81)
  expect(verdict).toMatchObject({ kind: 'continue' })
  expect(verdict.e).toBeLessThan(5)
})

test('Flagger takes the newest value of CloudWatch, which still grows; here a minute counts when it is settled', async () => {
  const world = fakeWorld()
  const start = world.clock.now()
  const buckets = times(20, () => minute(2, 2)).map((counts, i) => ({
    from: start + i * minuteMs,
    to: start + (i + 1) * minuteMs,
    ...counts.target,
    complete: true,
  }))
  const side = inMemoryCounts(world, buckets, { settleMs: 2 * minuteMs })
  const gate = healthGate({ source: side, target: side, dispersion: 'exact' })
  await gate.look(world)
  await world.clock.sleep(10 * minuteMs)

  const newest = (await side.counts({ from: start, to: world.clock.now() })).toReversed()
  const { evidence } = await gate.look(world)

  expect(flaggerCloudWatchValue(newest.map(({ total }) => total))).toBe(0)
  expect(evidence[0]).toMatchObject({ intervals: 8, target: { bad: 16, total: 800 } })
})

test('Kayenta passes a metric without data that is told to replace it; here it is no data', async () => {
  expect(kayentaLabel([], [], { nanStrategy: 'replace' })).toBe('Pass')
  expect(await oursWithoutData()).toMatchObject({ reason: 'no-data' })
})

test('kayenta#780, spinnaker#6278: four minutes of ten at a hundred times the errors are a Pass; here they are a rollback', async () => {
  const bursts = times(10, (i) => minute(1, i < 4 ? 1 : i % 2 === 0 ? 1 : 30, 1_000))
  const shares = (side: 'source' | 'target') => bursts.map(({ [side]: { bad, total } }) => bad / total)

  const { verdict } = await ours(bursts)

  expect(kayentaLabel(shares('source'), shares('target'))).toBe('Pass')
  expect(verdict).toMatchObject({ kind: 'rollback', by: 'evidence' })
})

test('kayenta#426: errors in few minutes are a Pass, however many there are of them; here they are counted', async () => {
  const sparse = times(30, (i) => minute(0, i % 6 === 5 ? 20 : 0, 1_000))
  const shares = (side: 'source' | 'target') => sparse.map(({ [side]: { bad, total } }) => bad / total)

  const { verdict } = await ours(sparse)

  expect(kayentaLabel(shares('source'), shares('target'))).toBe('Pass')
  expect(verdict).toMatchObject({ kind: 'rollback' })
})

test('kayenta#799, #377: a baseline without errors has no mean to compare with; here zero is a number', async () => {
  const clean = times(20, () => minute(0, 2, 1_000))

  const { verdict } = await ours(clean)

  expect(verdict).toMatchObject({ kind: 'rollback' })
  expect(verdict.ratio.low).toBeGreaterThan(1)
})

test('Kayenta weighs a minute of three requests like one of ten thousand; here requests weigh', async () => {
  const night = times(60, (i) => (i % 6 === 0 ? minute(100, 300, 10_000) : minute(0, 0, 3)))
  const shares = (side: 'source' | 'target') => night.map(({ [side]: { bad, total } }) => bad / total)

  const { verdict } = await ours(night)

  expect(kayentaLabel(shares('source'), shares('target'))).toBe('Pass')
  expect(verdict).toMatchObject({ kind: 'rollback' })
})

test('Kayenta ignores the confidence that is configured; here α is what it is set to', async () => {
  const worse = times(120, () => minute(6, 10, 600))

  const [careful, bold] = [await ours(worse, { alpha: 1e-6 }), await ours(worse, { alpha: 0.2 })]

  expect(careful.verdict).toMatchObject({ kind: 'rollback', alpha: 1e-6 })
  expect(careful.verdict.at).toBeGreaterThan(bold.verdict.at + 10 * minuteMs)
  expect(careful.verdict.e).toBeGreaterThanOrEqual(1e6)
})

test('k6#4283: a rate of nothing of nothing is ok; here it is not', async () => {
  const nothing = times(30, () => minute(0, 0, 0))

  const { verdict } = await ours(nothing)

  expect(verdict).toMatchObject({ kind: 'undecided', reason: 'low-traffic', e: 1 })
})

test('k6#449 and burn rates: one error of the first few requests stops everything; here it is one error', async () => {
  const first = times(30, (i) => minute(i === 3 ? 1 : 0, i === 0 ? 1 : 0, 2))

  const { verdict } = await ours(first)

  expect(burnRate({ slo: 0.999 })(first)).toBe(1)
  expect(verdict.kind).not.toBe('rollback')
  expect(verdict.e).toBeLessThan(3)
})

test('a burn rate that asks for more than the source gives fires on a target that is as good; here the source is the measure', async () => {
  const usual = times(40, () => minute(2, 2))

  const { verdict } = await ours(usual)

  expect(burnRate({ slo: 0.999 })(usual)).toBe(1)
  expect(verdict.kind).not.toBe('rollback')
})

test('flagger#1801, argo-rollouts#1411: a breached limit that nobody acts on is forgotten; here a verdict stays', async () => {
  const ill = times(10, () => minute(1, 30))

  const { gate, world, verdict } = await ours(ill)
  await world.clock.sleep(60 * minuteMs)

  expect(verdict.kind).toBe('rollback')
  expect((await gate.look(world)).kind).toBe('rollback')
})
