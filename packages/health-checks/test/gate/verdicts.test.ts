import { badShare, burnRate, healthGate, type HealthGateOptions, waitFor } from '@cutover/health-checks'
import { inMemoryCounts } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { gateWorld, minuteMs } from './gate-world.ts'

test('an outage is rolled back by the absolute guard, which says that it has no α', async () => {
  const { looks } = gateWorld({
    traffic: { perMinute: 60, errorRate: 0.001, degradations: [{ kind: 'errors', times: 700, fromMinute: 5 }] },
    gate: { dispersion: 'betting' },
  })

  const verdicts = await looks(30)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'rollback', by: 'guard', guarantee: 'none' })
  expect(verdicts.at(-1)?.text).toBe('errors at the target: over 50 % bad for 2m; an absolute limit, which has no α')
  expect(verdicts).toHaveLength(8)
})

test('an absolute guard needs the whole window, without a gap', async () => {
  const { world, target, looks } = gateWorld({ gate: { dispersion: 'betting', mode: 'watch' } })
  const start = world.clock.now()
  target.buckets = target.buckets
    .map((bucket) => ([2, 4].includes((bucket.from - start) / minuteMs) ? { ...bucket, bad: bucket.total } : bucket))
    .filter(({ from }) => from !== start + 3 * minuteMs)

  const verdicts = await looks(10)

  expect(verdicts.some(({ kind }) => kind === 'rollback')).toBe(false)
})

test('an absolute guard needs requests: three that all fail are no outage', async () => {
  const { target, looks } = gateWorld({ gate: { dispersion: 'betting', mode: 'watch' } })
  target.buckets = target.buckets.map((bucket) => ({ ...bucket, total: 3, bad: 3, slow: 0 }))

  const verdicts = await looks(4)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'continue', evidence: [{ intervals: 4 }] })
})

test('a limit that the source breaks as well says nothing about the target', async () => {
  const options = { mode: 'watch', guards: [burnRate({ slo: 0.999, long: '10m', short: '5m' })] } as const
  const misjudged = gateWorld({ traffic: { errorRate: 0.02 }, gate: options })
  const sick = gateWorld({
    traffic: { errorRate: 0.001, degradations: [{ kind: 'errors', times: 20, fromMinute: 0 }] },
    gate: { ...options, dispersion: { burstiness: 50 } },
  })

  const [asGood, worse] = [await misjudged.looks(60), await sick.looks(60)]

  expect(asGood.at(-1)).toMatchObject({ kind: 'continue' })
  expect(worse.at(-1)).toMatchObject({ kind: 'rollback', by: 'guard' })
})

test('warmup is recorded and not judged', async () => {
  const cold = { kind: 'errors', times: 40, fromMinute: 0, toMinute: 5 } as const
  const judged = gateWorld({ traffic: { degradations: [cold] } })
  const warmed = gateWorld({ traffic: { degradations: [cold] }, gate: { warmup: '5m' } })

  const [rolledBack, promoted] = [await judged.looks(), await warmed.looks()]

  expect(rolledBack.at(-1)).toMatchObject({ kind: 'rollback' })
  expect(promoted.at(-1)).toMatchObject({ kind: 'promote' })
  expect(promoted.at(-1)?.evidence[0]?.warmup).toMatchObject({ intervals: 5 })
  expect(promoted.at(-1)?.evidence[0]?.warmup.bad).toBeGreaterThan(500)
})

test('slow answers are counted over the threshold of the source, under the same α as errors', async () => {
  const { world, source, target } = gateWorld({
    traffic: { degradations: [{ kind: 'slow', times: 2, fromMinute: 10 }] },
  })
  const gate = healthGate({
    metrics: { errors: { source, target }, 'over p95': { source, target, counts: 'slow' } },
    mode: 'watch',
  })

  const failed = waitFor(gate, { clock: world.clock, within: '2h', every: '1m' })

  await expect(failed).rejects.toMatchObject({ code: 'CHECK_FAILED' })
  const last = (await gate.look(world)).evidence
  expect(last[1]?.e).toBeGreaterThan(40)
  expect(last[0]?.e).toBeLessThan(20)
  expect(world.effects).toHaveLength(0)
})

test('two metrics on one source of counts ask it once', async () => {
  const { world, source, target } = gateWorld()
  let reads = 0
  const counted = {
    settleMs: 0,
    counts: (...asked: Parameters<typeof target.counts>) => {
      reads += 1
      return target.counts(...asked)
    },
  }
  const gate = healthGate({
    metrics: { errors: { source, target: counted }, slow: { source, target: counted, counts: 'slow' } },
    since: world.clock.now(),
  })
  await world.clock.sleep(5 * minuteMs)

  await gate.look(world)

  expect(reads).toBe(1)
})

test('what happens after a final verdict is no part of it, also when it is judged again', async () => {
  const { world, target, gate, looks } = gateWorld()
  const promoted = (await looks()).at(-1)
  const decidedAt = promoted?.at ?? 0
  target.buckets = target.buckets.map((bucket) => {
    if (bucket.from >= decidedAt) return { ...bucket, bad: bucket.total }
    return bucket.to === decidedAt ? { ...bucket, total: bucket.total + 1 } : bucket
  })

  await world.clock.sleep(10 * minuteMs)
  const again = await gate.look(world)

  expect(again).toMatchObject({ kind: 'promote' })
  expect(again).not.toHaveProperty('wouldNowBe')
})

test('a metric alone needs 1/(α · its share); two that agree need less', async () => {
  const { source, target } = gateWorld()
  const gate = healthGate({
    metrics: { errors: { source, target, weight: 3 }, slow: { source, target, counts: 'slow' } },
  })

  await gate.look(gateWorld().world)

  expect(gate.snapshot()?.rules.metrics.map(({ weight }) => weight)).toEqual([0.75, 0.25])
})

test('a dry run is told, has no share of α, and decides nothing', async () => {
  const { world, source, target } = gateWorld({
    traffic: { degradations: [{ kind: 'slow', times: 4, fromMinute: 0 }] },
  })
  const gate = healthGate({
    metrics: { errors: { source, target }, slow: { source, target, counts: 'slow', dryRun: true } },
  })

  const passed = await waitFor(gate, { clock: world.clock, within: '2h', every: '1m' })

  expect(passed.evidence).toMatchObject({ kind: 'promote', evidence: [{ metric: 'errors' }, { dryRun: true }] })
  expect(passed.evidence?.evidence[1]?.e).toBeGreaterThan(1_000)
  expect(gate.snapshot()?.rules.metrics[1]?.weight).toBe(0)
})

test('a promotion waits for what is critical, and for nothing else', async () => {
  const { world, source, target } = gateWorld()
  const absent = inMemoryCounts(world, [])
  const options = (critical: boolean): HealthGateOptions => ({
    metrics: { errors: { source, target }, rare: { source: absent, target: absent, critical } },
  })

  const passed = waitFor(healthGate(options(false)), { clock: world.clock, within: '2h', every: '1m' })
  await expect(passed).resolves.toMatchObject({ status: 'pass' })
  const start = world.clock.now()
  const waiting = waitFor(healthGate({ ...options(true), since: start - 30 * minuteMs }), { clock: world.clock })

  await expect(waiting).rejects.toMatchObject({
    code: 'CHECK_UNDECIDED',
    message: expect.stringMatching(/no-data: rare: no data of the source/) as unknown,
  })
})

test('a promotion waits until every critical metric is as good', async () => {
  const { world, source, target } = gateWorld({
    traffic: { degradations: [{ kind: 'slow', times: 1.4, fromMinute: 0 }] },
  })
  const metrics = { errors: { source, target }, slow: { source, target, counts: 'slow' as const } }
  const gate = healthGate({ metrics, tolerate: 1.4 })

  const error: unknown = await waitFor(gate, { clock: world.clock, within: '40m', every: '1m' }).catch(
    (e: unknown) => e,
  )

  expect(error).toMatchObject({ code: 'CHECK_UNDECIDED' })
  expect((await gate.look(world)).evidence[0]?.eAsGood).toBeGreaterThan(20)
})

test('the newest minute, corrected, is counted once', async () => {
  const { world, target, gate, looks } = gateWorld({ gate: { mode: 'watch' } })
  await looks(4)
  const now = world.clock.now()
  await gate.look(world)

  target.buckets = target.buckets.map((bucket) => (bucket.to === now ? { ...bucket, bad: bucket.bad + 1 } : bucket))
  const corrected = await gate.look(world)

  expect(corrected.evidence[0]).toMatchObject({ intervals: 5, restated: 1 })
})

test('a verdict of rollback or promote is final', async () => {
  const { world, gate, looks, target } = gateWorld()
  const promoted = (await looks()).at(-1)
  target.buckets = target.buckets.map((bucket) =>
    bucket.from >= world.clock.now() ? { ...bucket, bad: bucket.total } : bucket,
  )

  await world.clock.sleep(10 * minuteMs)

  expect(await gate.look(world)).toEqual(promoted)
})

test('numbers that a service corrects are judged again, and a final verdict says when it would now be another', async () => {
  const { world, target, gate, looks } = gateWorld({ traffic: { seed: 3 } })
  await looks(5)
  const start = world.clock.now() - 6 * minuteMs
  const [wrong, right] = [target.buckets, [...target.buckets]]
  right[362] = { ...right[362]!, bad: (right[362]?.bad ?? 0) + 3 }
  target.buckets = right

  const corrected = await gate.look(world)
  const promoted = (await looks()).at(-1)
  const lately = (promoted?.at ?? 0) - 9 * minuteMs
  target.buckets = wrong.map((bucket) => (bucket.from >= lately ? { ...bucket, bad: bucket.bad + 20 } : bucket))
  const afterwards = await gate.look(world)

  expect(corrected.evidence[0]).toMatchObject({ restated: 1 })
  expect(corrected.evidence[0]?.target.bad).toBe(
    right.filter(({ from, to }) => from >= start && to <= corrected.at).reduce((sum, { bad }) => sum + bad, 0),
  )
  expect(promoted).toMatchObject({ kind: 'promote' })
  expect(promoted).not.toHaveProperty('wouldNowBe')
  expect(afterwards).toMatchObject({ kind: 'promote', wouldNowBe: 'rollback' })
  await expect(waitFor(gate, { clock: world.clock })).resolves.toMatchObject({
    text: expect.stringMatching(/; with numbers corrected since it would be rollback$/) as unknown,
  })
})

test('ten errors extrapolated from one are one', async () => {
  const sampled = gateWorld({ gate: { mode: 'watch', dispersion: 'exact' } })
  const plain = gateWorld({ gate: { mode: 'watch', dispersion: 'exact' } })
  for (const side of ['source', 'target'] as const)
    sampled[side].buckets = sampled[side].buckets.map((bucket) => ({
      ...bucket,
      total: bucket.total * 10,
      bad: bucket.bad * 10,
      sampled: 10,
    }))

  const [a, b] = [(await sampled.looks(20)).at(-1), (await plain.looks(20)).at(-1)]

  expect(a?.e).toBe(b?.e)
  expect(a?.evidence[0]?.target).toEqual(b?.evidence[0]?.target)
})

test('every verdict is told as an event that is JSON', async () => {
  const { world, gate } = gateWorld()

  const failed = waitFor(gate, { clock: world.clock, onEvent: world.onEvent })

  await expect(failed).rejects.toMatchObject({ code: 'CHECK_UNDECIDED' })
  const note = world.events.find(({ kind }) => kind === 'note')
  expect(note).toMatchObject({ code: 'HEALTH_GATE', data: { kind: 'continue', alpha: 0.05 } })
  expect(JSON.parse(JSON.stringify(note))).toEqual(note)
})

test('two who ask at once are answered one after the other', async () => {
  const { world, gate } = gateWorld()
  await gate.look(world)
  await world.clock.sleep(5 * minuteMs)

  const [a, b] = await Promise.all([gate.look(world), gate.look(world)])

  expect(a.evidence).toEqual(b.evidence)
  expect(gate.snapshot()?.looks).toHaveLength(2)
})

test.each([
  ['an SLO', { reference: { slo: 0.98 }, guards: [] }, 'none'],
  ['an SLO, with burstiness', { reference: { slo: 0.98 }, dispersion: { burstiness: 0.1 } }, 'dispersion-calibrated'],
  ['an SLO, told that nothing bursts', { reference: { slo: 0.98 }, dispersion: 'exact' }, 'exact'],
  ['last hour', { reference: { historical: '2h' } }, 'none'],
  ['an anchor', { reference: 'anchor' }, 'dispersion-calibrated'],
  ['shadow', { reference: 'shadow', dispersion: 'exact' }, 'exact'],
  ['an anchor, betting', { dispersion: 'betting' }, 'exchangeable-intervals'],
] satisfies [string, Partial<HealthGateOptions>, string][])(
  '%s: the guarantee is named, and both ends are found',
  async (_, gate, guarantee) => {
    const well = gateWorld({ gate })
    const ill = gateWorld({ gate, traffic: { degradations: [{ kind: 'errors', times: 5, fromMinute: 0 }] } })

    const [promoted, rolledBack] = [(await well.looks()).at(-1), (await ill.looks()).at(-1)]

    expect(promoted).toMatchObject({ kind: 'promote', guarantee })
    expect(rolledBack).toMatchObject({ kind: 'rollback', by: 'evidence', guarantee })
  },
)

test('a source with too short a history is judged by betting, and says so', async () => {
  const { looks } = gateWorld({ traffic: { historyMinutes: 0 } })

  const verdicts = await looks(3)

  expect(verdicts.at(-1)).toMatchObject({ guarantee: 'exchangeable-intervals' })
})

test.each([
  ['both sides consume, so everything is handled twice', { kind: 'double', fromMinute: 10 }],
  ['memory runs out every seven minutes', { kind: 'out-of-memory', fromMinute: 10, everyMinutes: 7 }],
] as const)('found: %s', async (_, degradation) => {
  const { looks } = gateWorld({ traffic: { degradations: [degradation] }, gate: { mode: 'watch' } })

  const verdicts = await looks()

  expect(verdicts.at(-1)).toMatchObject({ kind: 'rollback' })
  expect(verdicts.length).toBeGreaterThan(10)
})

test('guards can be made of shares and budgets only', () => {
  expect(() => badShare(1.5, '2m')).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  expect(() => burnRate({ slo: 99.9 })).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  expect(burnRate({ slo: 0.999 })).toMatchObject({ windowsMs: [3_600_000, 300_000] })
  expect(burnRate({ slo: 0.999 }).limit).toBeCloseTo(0.0144)
})
