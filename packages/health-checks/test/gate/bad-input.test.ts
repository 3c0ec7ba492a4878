import { manualClock } from '@cutover/core/testing'
import { type CountBucket, healthGate, type HealthGateOptions, measureSource } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'
import { gateWorld, minuteMs } from './gate-world.ts'

const start = Date.UTC(2026, 10, 20, 2)
const at = (minute: number, fields: Partial<CountBucket> = {}): CountBucket => ({
  from: start + minute * minuteMs,
  to: start + (minute + 1) * minuteMs,
  total: 100,
  bad: 1,
  complete: true,
  ...fields,
})

test.each([
  ['NaN', [at(0, { bad: Number.NaN })], /bad of the bucket at 2026-11-20T02:00:00Z is NaN; wanted a whole number/],
  ['infinity', [at(0, { total: Infinity })], /total .* is Infinity/],
  ['a negative count', [at(0, { bad: -1 })], /bad .* is -1/],
  ['half a request', [at(0, { total: 99.5 })], /total .* is 99.5/],
  ['more bad than all', [at(0, { bad: 101 })], /bad .* is 101; wanted at most total, which is 100/],
  ['more slow than all', [at(0, { slow: 101 })], /slow .* is 101; wanted at most total/],
  ['buckets that overlap', [at(0, { to: start + 90_000 }), at(1)], /no overlap/],
  ['buckets out of order', [at(1), at(0)], /in order of time/],
  ['a bucket twice', [at(0), at(0)], /came twice/],
  ['a bucket that ends before it begins', [at(0, { to: start - 1 })], /wanted an instant after from/],
  ['a sample of less than one', [at(0, { sampled: 0 })], /sampled .* is 0/],
  ['completeness that is no boolean', [at(0, { complete: 1 as unknown as boolean })], /complete .* is 1/],
  ['another grid than the source', [at(0.5)], /wanted the grid of the source/],
  ['longer buckets than the source', [at(0, { to: start + 2 * minuteMs })], /wanted the grid of the source/],
  ['no list', undefined as unknown as CountBucket[], /wanted a list of buckets/],
])('%s is refused by name, and nothing of it is used', async (_, buckets, message) => {
  const clock = manualClock(start)
  const source = { settleMs: 0, counts: () => Promise.resolve([at(0), at(1)]) }
  const target = { settleMs: 0, counts: () => Promise.resolve(buckets) }
  const gate = healthGate({ source, target, dispersion: 'exact' })
  await clock.advance(3 * minuteMs)

  const looking = gate.look(contextOf({ clock: { ...clock, now: () => start + 3 * minuteMs } }))
  const started = healthGate({ source, target, dispersion: 'exact', since: start })

  await expect(started.look(contextOf({ clock }))).rejects.toMatchObject({
    code: 'HEALTH_COUNTS_INVALID',
    message: expect.stringMatching(message) as unknown,
  })
  expect(started.snapshot()?.looks).toEqual([])
  await looking.catch(() => {})
})

test('slow answers that a source does not count are refused by name', async () => {
  const clock = manualClock(start + 3 * minuteMs)
  const side = { settleMs: 0, counts: () => Promise.resolve([at(0)]) }

  const looking = healthGate({ source: side, target: side, counts: 'slow', dispersion: 'exact', since: start }).look(
    contextOf({ clock }),
  )

  await expect(looking).rejects.toMatchObject({ code: 'HEALTH_COUNTS_INVALID', message: expect.stringMatching(/slow/) })
})

test('a clock that goes back is refused, and a time server’s correction is not', async () => {
  const { world, gate } = gateWorld()
  let back = 0
  const clock = { ...world.clock, now: () => world.clock.now() - back }
  await gate.look(contextOf({ clock }))

  back = 30_000
  const small = await gate.look(contextOf({ clock }))
  back = 120_000
  const large = gate.look(contextOf({ clock }))

  expect(small.at).toBe(world.clock.now())
  await expect(large).rejects.toMatchObject({ code: 'HEALTH_CLOCK_INVALID' })
})

test('exposure in one arm alone is no evidence', async () => {
  const { looks } = gateWorld({ traffic: { split: 1 }, gate: { dispersion: 'exact' } })

  const verdicts = await looks(20)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'undecided', reason: 'low-traffic', e: 1, ratio: { low: 0 } })
})

const side = { settleMs: 0, counts: () => Promise.resolve([]) }
const both = { source: side, target: side }

test.each([
  [{ ...both, alpha: 0 }, /alpha is 0; wanted a probability between 0 and 1/],
  [{ ...both, alpha: 5 }, /alpha is 5/],
  [{ ...both, beta: Number.NaN }, /beta is NaN/],
  [{ ...both, maxRatio: 1 }, /maxRatio is 1; wanted a ratio over tolerate/],
  [{ ...both, tolerate: 0.5 }, /tolerate is 0.5/],
  [{ ...both, horizon: '5m', warmup: '5m' }, /horizon is "5m"; wanted more than warmup/],
  [{ ...both, sourceLimit: 2 }, /sourceLimit is 2/],
  [{ ...both, since: Number.NaN }, /since is NaN/],
  [{ ...both, mode: 'guard' }, /mode is "guard"; wanted decide or watch/],
  [{ ...both, reference: 'baseline' }, /reference is "baseline"/],
  [{ ...both, reference: { slo: 99.9 } }, /reference.slo is 99.9/],
  [{ ...both, reference: { historical: '0s' } }, /reference.historical is "0s"/],
  [{ ...both, reference: { slo: 0.99 }, dispersion: 'betting' }, /dispersion is "betting"/],
  [{ ...both, dispersion: 'none' }, /dispersion is "none"/],
  [{ ...both, dispersion: { burstiness: -1 } }, /dispersion.burstiness is -1/],
  [{ ...both, counts: 'errors' }, /counts is "errors"; wanted bad or slow/],
  [{ target: side }, /source is undefined; wanted a CountSource/],
  [{ source: side }, /target is undefined/],
  [{ ...both, metrics: {} }, /either metrics, or source and target/],
  [{ metrics: {} }, /at least one that is no dryRun/],
  [{ metrics: { a: { ...both, critical: false } } }, /at least one that is critical/],
  [{ metrics: { a: { ...both, weight: 0 } } }, /metrics.a.weight is 0/],
  [{ metrics: { a: { ...both, crit: true } } }, /metrics.a: there is no option crit/],
  [{ ...both, Alpha: 0.1 }, /there is no option Alpha/],
  [{ ...both, id: '' }, /id is ""/],
])('%o is refused when the gate is made', (options, message) => {
  const make = () => healthGate(options as unknown as HealthGateOptions)

  expect(make).toThrow(
    expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID', message: expect.stringMatching(message) as unknown }),
  )
})

test('what a measure cannot mean is refused, too', async () => {
  await expect(measureSource(side, { back: '0s' })).rejects.toMatchObject({ code: 'HEALTH_OPTIONS_INVALID' })
})
