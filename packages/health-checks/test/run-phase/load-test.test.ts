import { fakeWorld } from '@cutover/core/testing'
import { type HttpReply, isCutoverError, loadTest, type LoadTestOptions } from '@cutover/health-checks'
import { inMemoryCounts } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'
import { type Answering, loadWorld, options, usual } from './load-world.ts'

/** Thousands of requests in virtual time take seconds of real time. */
const slow = { timeout: 30_000 }

async function run(sides: { source?: Answering; target?: Answering }, given: Partial<LoadTestOptions> = {}) {
  const world = fakeWorld()
  const load = loadWorld(world, { source: { ms: usual(1) }, target: { ms: usual(2) }, ...sides })
  const reports: unknown[] = []
  const check = loadTest({ ...options, transport: load.transport, ...given })
  const answer = await world.runUntil(check.run({ ...contextOf(world), report: (report) => void reports.push(report) }))
  return { answer, reports, ...load, ranMs: answer.evidence?.ranMs ?? Number.NaN }
}

const ill = { kind: 'response', status: 503, headers: {}, body: '', cut: false } as const

test('a target that answers like the source passes after the whole time, by the gate', slow, async () => {
  const { answer, asked, reports } = await run({})

  expect(answer).toMatchObject({
    status: 'pass',
    text: expect.stringMatching(
      /^as good as the source: \d+ requests at 40 a second, p95 \d+ ms, the source's \d+ ms; slow answers: ratio 0\.\d+ to 1\.\d+$/,
    ),
    evidence: { reason: 'held', verdict: { kind: 'promote', guarantee: 'exchangeable-intervals' }, ranMs: 305_000 },
  })
  // 12,000 are expected of a Poisson process, give or take 110.
  expect(Math.abs(asked.target.length - 12_000)).toBeLessThan(500)
  expect(asked.source).toEqual(asked.target)
  expect(reports).toContainEqual(
    expect.objectContaining({
      kind: 'progress',
      unit: 'requests',
      total: asked.target.length,
      etaMs: expect.any(Number),
    }),
  )
})

test('a target that is slow five times as often is found, and nothing is sent from then on', slow, async () => {
  const usually = usual(2)
  const { answer, ranMs, asked, open } = await run({
    target: { ms: (at, n) => (n % 4 === 0 ? 400 : usually(at, n)) },
  })

  expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'worse', verdict: { kind: 'rollback' } } })
  expect(answer.text).toMatch(/^slow answers: the target is worse/)
  expect(ranMs).toBeLessThan(200_000)
  expect(asked.target.at(-1)).toBeLessThan(ranMs + 1)
  expect(open.now).toBe(0)
})

test('a stall counts for everything that it held up, from when it was meant to begin', slow, async () => {
  // Nothing is answered between second 200 and 204.
  const stalled = (at: number): number => (at >= 200_000 && at < 204_000 ? 204_010 - at : 10)
  const { answer, asked } = await run({ source: { ms: () => 10 }, target: { ms: stalled } }, { slowerThan: '100ms' })

  const during = asked.target.filter((at) => at >= 200_000 && at < 204_000)
  expect(during.length).toBeGreaterThan(120)
  expect(answer.evidence?.target?.maxMs).toBeGreaterThan(3_900)
  // A client that waits would have seen a single slow answer: its p99 would be 10 ms.
  expect(answer.evidence?.target?.p99Ms).toBeGreaterThan(400)
  expect(answer.evidence?.source?.p99Ms).toBe(10)
})

test('latency counts from when a request was meant to begin, also when it was sent later', slow, async () => {
  const world = fakeWorld()
  const { transport } = loadWorld(world, { source: { ms: () => 10 }, target: { ms: () => 10 } })
  const clock = {
    ...world.clock,
    sleep: async (ms: number, o?: { signal?: AbortSignal }) => {
      await world.clock.sleep(ms, o)
      // This process is held up for a while after every tenth wait of its own.
      if (ms > 0 && ms < 1_000 && Math.round(ms) % 10 === 0) await world.clock.sleep(50)
    },
  }

  const answer = await world.runUntil(
    loadTest({ ...options, for: '20s', transport }).run({ ...contextOf(world), clock }),
  )

  expect(answer.evidence?.sentLate?.maxMs).toBeGreaterThanOrEqual(50)
  expect(answer.evidence?.target?.maxMs).toBeGreaterThanOrEqual(60)
})

test('it stops as soon as the budget of the whole run is spent', slow, async () => {
  const { answer, asked, ranMs, open } = await run({
    target: { ms: () => 50, reply: (at) => (at > 30_000 ? ill : undefined) },
  })

  // One of a hundred of about 12,000 is spent by 121 bad answers, which take three seconds.
  expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'budget' } })
  expect(answer.text).toMatch(
    /^the target's budget is spent: over 1 % bad \(\d+ of \d+ requests\); the first: answered 503/,
  )
  expect(ranMs).toBeGreaterThan(30_000)
  expect(ranMs).toBeLessThan(36_000)
  expect(asked.target.at(-1)).toBeLessThan(ranMs + 1)
  expect(open.now).toBe(0)
})

test('a budget of latency that is broken at the end fails', slow, async () => {
  const { answer } = await run({ source: { ms: () => 50 } }, { for: '1m', budget: { p99: '150ms' }, slowerThan: '1s' })

  expect(answer.text).toMatch(/^the target's budget is spent: p99 over 150ms/)
})

test('a source that breaks the budget itself is no reference', slow, async () => {
  const { answer } = await run({ source: { ms: () => 50, reply: () => ill } })

  expect(answer).toMatchObject({ status: 'undecided', evidence: { reason: 'source' } })
})

test('a target without a word is undecided, one that refuses fails', slow, async () => {
  const gone = (kind: 'unreachable' | 'refused') => ({ ms: () => 5, reply: () => ({ kind, text: `was ${kind}` }) })

  expect((await run({ target: gone('unreachable') })).answer).toMatchObject({
    status: 'undecided',
    evidence: { reason: 'unreachable' },
  })
  expect((await run({ target: gone('refused') })).answer).toMatchObject({
    status: 'fail',
    evidence: { reason: 'budget' },
  })
})

test('no more requests are under way than may be, and those that are not sent count as bad', slow, async () => {
  const { answer, open } = await run({ target: { ms: () => 60_000 } }, { maxInFlight: 30, sourceShare: 0.1 })

  expect(open.most).toBeLessThan(30 + 10)
  expect(answer).toMatchObject({ status: 'fail', evidence: { reason: 'budget', target: { sent: 30 } } })
  expect(answer.evidence?.target?.notSent).toBeGreaterThan(50)
})

test.each([
  ['the first of each side', { first: 50 }, 3_000, (n: number) => n < 50],
  // An instance answers nothing before its first request.
  ['the first of each instance', { first: 2, perInstance: 'X-Instance' }, 20, (n: number) => n % 300 < 2],
  ['those that are marked', { marked: 'x-cold' }, 3_000, (n: number) => n % 7 === 0],
])('cold starts are counted apart: %s', slow, async (_, cold, coldMs, isCold) => {
  const reply = (_at: number, n: number): Partial<HttpReply> => ({
    headers: { 'x-instance': `i${Math.floor(n / 300)}`, 'x-cold': String(n % 7 === 0) },
  })
  const ms = (_at: number, n: number): number => (isCold(n) ? coldMs : 50)

  const { answer, asked } = await run(
    { target: { ms, reply } },
    { cold, for: '1m', slowerThan: '1s', budget: { p99: '1s' } },
  )

  const { target } = answer.evidence ?? {}
  expect(answer.evidence?.reason).not.toBe('budget')
  expect(target?.cold.answers).toBe(asked.target.filter((_at, n) => isCold(n)).length)
  expect(target?.cold).toMatchObject({ p50Ms: coldMs, maxMs: coldMs })
  expect(target?.maxMs).toBe(50)
})

test("the rate is the p95 of the source's own last day, and without enough of it nothing is sent", slow, async () => {
  const world = fakeWorld()
  const bucket = (i: number) => ({
    from: world.clock.now() - (i + 1) * 60_000,
    to: world.clock.now() - i * 60_000,
    // One minute in fifty is far above the others.
    total: i % 50 === 0 ? 60_000 : 300,
    bad: 0,
    complete: true,
  })
  const day = inMemoryCounts(
    world,
    Array.from({ length: 1_000 }, (_, i) => bucket(999 - i)),
  )
  const hour = inMemoryCounts(
    world,
    Array.from({ length: 30 }, (_, i) => bucket(29 - i)),
  )
  const { transport, asked } = loadWorld(world, { source: { ms: () => 10 }, target: { ms: () => 10 } })
  const ask = (ratePerSecond: LoadTestOptions['ratePerSecond']) =>
    world.runUntil(loadTest({ ...options, ratePerSecond, for: '1m', transport }).run(contextOf(world)))

  const few = await ask(hour)
  expect(asked.target).toEqual([])
  const enough = await ask(day)

  expect(few).toMatchObject({ status: 'undecided', evidence: { reason: 'no-rate' } })
  expect(enough.evidence?.ratePerSecond).toBe(5)
  expect(Math.abs(asked.target.length - 300)).toBeLessThan(80)
})

test('too few answers of the source to measure its p95 by end it after the warmup', slow, async () => {
  const { answer, ranMs } = await run({}, { ratePerSecond: 2, sourceShare: 0.1 })

  expect(answer).toMatchObject({ status: 'undecided', evidence: { reason: 'low-traffic' } })
  expect(ranMs).toBeLessThan(62_000)
})

test('a machine that cannot keep the pace judges nothing', slow, async () => {
  const world = fakeWorld()
  const { transport } = loadWorld(world, { source: { ms: () => 10 }, target: { ms: () => 10, reply: () => ill } })
  const clock = { ...world.clock, sleep: (ms: number, o?: { signal?: AbortSignal }) => world.clock.sleep(ms + 150, o) }

  const answer = await world.runUntil(loadTest({ ...options, transport }).run({ ...contextOf(world), clock }))

  expect(answer).toMatchObject({ status: 'undecided', evidence: { reason: 'own-machine' } })
})

test(
  'kinds of requests come as often as their weights say, and the same plan comes of the same seed',
  slow,
  async () => {
    const requests = [{ path: '/often', weight: 3 }, { path: '/seldom' }]
    const first = await run({}, { requests, for: '30s', slowerThan: '1s' })
    const again = await run({}, { requests, for: '30s', slowerThan: '1s' })
    const other = await run({}, { requests, for: '30s', slowerThan: '1s', seed: 2 })

    const often = first.paths.filter((path) => path === '/often').length / first.paths.length
    expect(Math.abs(often - 0.75)).toBeLessThan(0.05)
    expect(again.asked).toEqual(first.asked)
    expect(again.answer).toEqual(first.answer)
    expect(other.asked).not.toEqual(first.asked)
  },
)

test('an abort rejects with its reason, and leaves nothing under way', slow, async () => {
  const world = fakeWorld()
  const { transport, open, asked } = loadWorld(world, { source: { ms: () => 500 }, target: { ms: () => 500 } })
  const stop = new AbortController()
  const reason = new Error('the night is over')
  world.later(10_000, () => stop.abort(reason))

  await expect(
    world.runUntil(loadTest({ ...options, transport }).run({ ...contextOf(world), signal: stop.signal })),
  ).rejects.toBe(reason)

  expect(open.now).toBe(0)
  expect(asked.target.at(-1)).toBeLessThanOrEqual(10_000)
})

test.each([
  [{ hosts: ['target.test'] }, 'HEALTH_HOST_NOT_NAMED', 'source.test'],
  [{ hosts: ['source.test', 'api.example.test'] }, 'HEALTH_HOST_NOT_NAMED', 'target.test'],
  [{ for: '6m' as const }, 'HEALTH_OPTIONS_INVALID', 'for'],
  [{ warmup: '5m' as const }, 'HEALTH_OPTIONS_INVALID', 'warmup'],
  [{ ratePerSecond: 5_000 }, 'HEALTH_OPTIONS_INVALID', 'ratePerSecond'],
  [{ ratePerSecond: {} as never }, 'HEALTH_OPTIONS_INVALID', 'ratePerSecond'],
  [{ sourceShare: 0 }, 'HEALTH_OPTIONS_INVALID', 'sourceShare'],
  [{ requests: [] }, 'HEALTH_OPTIONS_INVALID', 'requests'],
  [{ requests: [{ path: 'orders' }] }, 'HEALTH_OPTIONS_INVALID', 'path'],
  [{ budget: { bad: 2 } }, 'HEALTH_OPTIONS_INVALID', 'budget.bad'],
  [{ cold: { first: -1 } }, 'HEALTH_OPTIONS_INVALID', 'cold.first'],
  [{ maxInFlight: 0 }, 'HEALTH_OPTIONS_INVALID', 'maxInFlight'],
  [{ maxRatio: 0.5 }, 'HEALTH_OPTIONS_INVALID', 'maxRatio'],
  [{ duration: '5m' } as never, 'HEALTH_OPTIONS_INVALID', 'duration'],
])('%o is refused when it is made', (wrong, code, field) => {
  let refused: unknown
  try {
    loadTest({ ...options, ...wrong })
  } catch (error) {
    refused = error
  }

  expect(isCutoverError(refused, code)).toBe(true)
  expect((refused as Error).message).toContain(field)
})
