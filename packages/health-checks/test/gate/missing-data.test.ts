// No data, stale data, too little traffic and a sick source are answers of their own: never a pass, never a fail.
import { healthGate, isCutoverError, waitFor } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { gateWorld, minuteMs } from './gate-world.ts'

test.each(['source', 'target'] as const)(
  'no data of the %s since the start is undecided, and stays so',
  async (side) => {
    const parts = gateWorld()
    const { world, looks } = parts
    const history = parts[side].buckets.filter(({ from }) => from < world.clock.now())
    parts[side].buckets = side === 'source' ? history : []

    const verdicts = await looks(180)

    expect(verdicts[1]).toMatchObject({ kind: 'continue' })
    expect(verdicts.slice(8).every((verdict) => verdict.kind === 'undecided')).toBe(true)
    expect(verdicts.at(-1)).toMatchObject({
      reason: 'no-data',
      text: `errors: no data of the ${side} since the start`,
    })
  },
)

test('data that ends is stale, whatever it said before', async () => {
  const { world, target, looks } = gateWorld({ gate: { mode: 'watch' } })
  const stops = world.clock.now() + 10 * minuteMs
  target.buckets = target.buckets.filter(({ from }) => from < stops)

  const verdicts = await looks(40)

  expect(verdicts[12]).toMatchObject({
    kind: 'continue',
    text: expect.stringMatching(/^nothing against the target/) as unknown,
  })
  expect(verdicts.at(-1)).toMatchObject({ kind: 'undecided', reason: 'stale', evidence: [{ intervals: 10 }] })
})

test('minutes that are missing at one side are no evidence, and are told', async () => {
  const { source, looks } = gateWorld({ gate: { mode: 'watch' } })
  source.buckets = source.buckets.filter((_, i) => i < 360 || i % 3 !== 0)

  const verdicts = await looks(30)

  expect(verdicts.at(-1)?.evidence[0]).toMatchObject({ intervals: 20 })
  expect(verdicts.at(-1)?.evidence[0]).toMatchObject({ gaps: 10 })
})

test('a deployed consumer that consumes nothing is low traffic, not healthy', async () => {
  const { looks } = gateWorld({ traffic: { degradations: [{ kind: 'silent', fromMinute: 3 }] } })

  const verdicts = await looks(60)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'undecided', reason: 'low-traffic' })
  expect(verdicts.at(-1)?.text).toBe('errors: no request reached the target lately')
})

test('a guard that only watches tells silence, too', async () => {
  const { looks } = gateWorld({
    traffic: { degradations: [{ kind: 'silent', fromMinute: 3 }] },
    gate: { mode: 'watch' },
  })

  const verdicts = await looks(20)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'undecided', reason: 'low-traffic' })
})

test('traffic that cannot carry the decision within the horizon is told with what is missing', async () => {
  const { looks } = gateWorld({ traffic: { perMinute: 40 } })

  const verdicts = await looks(40)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'undecided', reason: 'low-traffic' })
  expect(verdicts.at(-1)?.text).toMatch(/^errors: needs \d+ more errors ≈ \d+h\d\dm, 1h20m are left$/)
})

test('without an error at either side there is nothing to compare', async () => {
  const { looks } = gateWorld({ traffic: { errorRate: 0 } })

  const verdicts = await looks(20)

  expect(verdicts[5]).toMatchObject({ kind: 'continue', text: expect.stringMatching(/^no error to compare yet/) })
  expect(verdicts.at(-1)).toMatchObject({ kind: 'undecided', reason: 'low-traffic' })
  expect(verdicts.at(-1)?.evidence[0]?.ratio).toEqual({ low: 0 })
})

test('a sick source is no reference: nothing is promoted, and what the target does is told', async () => {
  const { source, looks } = gateWorld()
  source.buckets = source.buckets.map((bucket, i) =>
    i < 360 ? bucket : { ...bucket, bad: Math.ceil(bucket.total * 0.3) },
  )

  const verdicts = await looks(40)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'undecided', reason: 'source-unhealthy' })
  expect(verdicts.at(-1)?.text).toMatch(
    /^errors: 30\.?\d* % at the source itself, which is no reference; [\d.]+ % at the target$/,
  )
})

test('a sick source does not hide a target that is sicker', async () => {
  const { source, looks } = gateWorld({
    traffic: { degradations: [{ kind: 'errors', times: 45, fromMinute: 0 }] },
    gate: { guards: [] },
  })
  source.buckets = source.buckets.map((bucket, i) =>
    i < 360 ? bucket : { ...bucket, bad: Math.floor(bucket.total * 0.2) },
  )

  const verdicts = await looks(40)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'rollback', by: 'evidence' })
})

test('when the horizon is over without a decision, that is what it says', async () => {
  const { looks } = gateWorld({
    traffic: { degradations: [{ kind: 'errors', times: 1.25, fromMinute: 0 }], seed: 5 },
    gate: { horizon: '20m' },
  })

  const verdicts = await looks(30)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'undecided', reason: 'deadline', evidence: [{ intervals: 20 }] })
})

test.each(['grows', 'zero', 'absent'] as const)(
  'minutes that are not settled do not count: a newest bucket that %s changes nothing but the time',
  async (unsettled) => {
    const gate = { dispersion: 'exact' } as const
    const settled = gateWorld({ gate })
    const late = gateWorld({ gate, counts: { settleMs: 3 * minuteMs, unsettled } })

    const [now, later] = [await settled.looks(), await late.looks()]

    expect(later.length).toBe(now.length + 3)
    expect(later.at(-1)?.e).toBe(now.at(-1)?.e)
    expect(later.at(-1)?.evidence[0]?.target).toEqual(now.at(-1)?.evidence[0]?.target)
    expect(later.at(-1)?.evidence[0]).toMatchObject({ targetAsOf: (later.at(-1)?.at ?? 0) - 3 * minuteMs })
  },
)

test.each([
  ['a service that is sure too early', { early: true }, 7],
  ['a service that is unsure for longer than it says', { early: false }, 6],
])('%s is not believed', async (_, { early }, intervals) => {
  const { world, source, target } = gateWorld()
  const settleMs = 3 * minuteMs
  const slow = {
    settleMs,
    counts: async (...asked: Parameters<typeof target.counts>) => {
      const found = await target.counts(...asked)
      return found.map((bucket) => ({ ...bucket, complete: early || bucket.to + 4 * minuteMs <= world.clock.now() }))
    },
  }
  const gate = healthGate({ source, target: slow, dispersion: 'exact', mode: 'watch' })
  await gate.look(world)
  await world.clock.sleep(10 * minuteMs)

  const { evidence } = await gate.look(world)

  expect(evidence[0]).toMatchObject({ intervals })
})

test('a minute that the horizon cuts is not judged', async () => {
  const { looks } = gateWorld({ gate: { horizon: '150s', mode: 'watch' } })

  const verdicts = await looks(6)

  expect(verdicts.at(-1)).toMatchObject({ kind: 'undecided', reason: 'deadline', evidence: [{ intervals: 2 }] })
})

test('a source of counts that cannot be read is undecided as a check, and the next look goes on', async () => {
  const { world, target, gate, looks } = gateWorld({ gate: { mode: 'watch' } })
  await looks(3)
  target.failNext(new Error('Rate exceeded'))

  const error: unknown = await waitFor(gate, { clock: world.clock }).catch((caught: unknown) => caught)
  const verdicts = await looks(3)

  expect(isCutoverError(error, 'CHECK_UNDECIDED') && error.message).toMatch(/could not be asked: Rate exceeded/)
  expect(verdicts.at(-1)).toMatchObject({ kind: 'continue', evidence: [{ intervals: 7 }] })
})
