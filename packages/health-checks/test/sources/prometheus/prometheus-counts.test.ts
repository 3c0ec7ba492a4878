import { fakeWorld } from '@cutover/core/testing'
import { type PrometheusCountsOptions, prometheusCounts } from '@cutover/health-checks/prometheus'
import { expect, test } from 'vitest'

const minute = 60_000

/** A process with counters, scraped each minute; a call a second, half of a minute's errors in every other. */
function exposed(options: Partial<PrometheusCountsOptions> = {}) {
  const world = fakeWorld()
  const { clock } = world
  const state = { ok: 100, failed: 0, slow: 7, startedAt: 1, page: undefined as string | undefined, lateMs: 0 }
  const page = (): string =>
    [
      '# HELP http_requests_total The "total" number {of} requests.',
      '# TYPE http_requests_total counter',
      `http_requests_total{method="get",path="/a\\"}b",code="200"} ${state.ok} 1795162018000`,
      ...(state.failed === 0 ? [] : [`http_requests_total{method="get",path="/",code="500"} ${state.failed}`]),
      `http_request_duration_seconds_bucket{le="0.3"} ${state.ok + state.failed - state.slow} # {trace="x"} 0.2`,
      `http_request_duration_seconds_bucket{le="+Inf"} ${state.ok + state.failed}`,
      `http_request_duration_seconds_count ${state.ok + state.failed}`,
      `process_start_time_seconds ${state.startedAt}`,
      '',
    ].join('\n')
  const counts = prometheusCounts({
    scrape: async ({ signal }) => {
      if (state.lateMs > 0) await clock.sleep(state.lateMs, { signal })
      return state.page ?? page()
    },
    total: { name: 'http_requests_total' },
    bad: { name: 'http_requests_total', labels: { code: /^5/ } },
    clock,
    ...options,
  })
  const start = clock.now()
  const buckets = async () =>
    (await counts.counts({ from: start, to: clock.now() })).map(({ from, to, ...rest }) => [
      (from - start) / minute,
      (to - start) / minute,
      rest,
    ])
  return { world, clock, state, counts, start, buckets }
}

test('a bucket is what the counters grew by between two boundaries', async () => {
  const { world, state, buckets, counts } = exposed({
    slow: { histogram: 'http_request_duration_seconds', le: '0.3' },
  })
  await using _ = counts
  await world.advance(90_000)
  Object.assign(state, { ok: 150, slow: 9 })
  await world.advance(minute)
  Object.assign(state, { ok: 160, failed: 5, slow: 12 })
  await world.advance(minute)

  expect(await buckets()).toEqual([
    [1, 2, { total: 50, bad: 0, slow: 2, complete: true }],
    [2, 3, { total: 15, bad: 5, slow: 3, complete: true }],
  ])
  expect(counts.settleMs).toBe(0)
})

test('a process that was restarted leaves its minute out, not a negative or a small one', async () => {
  const { world, state, buckets, counts } = exposed()
  await using _ = counts
  await world.advance(90_000)
  state.ok = 3
  await world.advance(minute)
  state.ok = 13
  await world.advance(minute)
  Object.assign(state, { ok: 500, startedAt: 2 })
  await world.advance(minute)

  expect(await buckets()).toEqual([[2, 3, { total: 10, bad: 0, complete: true }]])
})

test('one series that fell is a restart, whatever the others grew by', async () => {
  const { world, state, buckets, counts } = exposed()
  await using _ = counts
  Object.assign(state, { ok: 100, failed: 50 })
  await world.advance(90_000)
  Object.assign(state, { ok: 500, failed: 2 })
  await world.advance(minute)

  expect(await buckets()).toEqual([])
})

test('a scrape that fails leaves both of its minutes out, and says why', async () => {
  const { world, state, buckets, counts } = exposed()
  await using _ = counts
  await world.advance(90_000)
  state.page = '<html>502</html>'
  await world.advance(minute)
  const { problem } = counts
  state.page = undefined
  state.ok = 200
  await world.advance(2 * minute)

  expect(problem).toContain('line 1 is no line of metrics')
  expect(await buckets()).toEqual([[3, 4, { total: 0, bad: 0, complete: true }]])
  expect(counts.problem).toBeUndefined()
})

test('a page that comes late is of another time', async () => {
  const { world, state, buckets, counts } = exposed()
  await using _ = counts
  await world.advance(90_000)
  state.lateMs = 7_000
  await world.advance(minute)

  expect(await buckets()).toEqual([])
  expect(counts.problem).toContain('7000 ms too late')
})

test('a page without the counter is a problem, not a zero', async () => {
  const { world, buckets, counts } = exposed({ total: { name: 'requests_total' } })
  await using _ = counts
  await world.advance(3 * minute)

  expect(await buckets()).toEqual([])
  expect(counts.problem).toContain('no requests_total')
})

test('a histogram without that bucket is a problem, too', async () => {
  const { world, buckets, counts } = exposed({ slow: { histogram: 'http_request_duration_seconds', le: '0.25' } })
  await using _ = counts
  await world.advance(3 * minute)

  expect(await buckets()).toEqual([])
  expect(counts.problem).toContain('le="0.25"')
})

test('nothing is scraped any more when it is disposed of', async () => {
  const { world, counts, state } = exposed()
  await world.advance(90_000)
  await counts[Symbol.asyncDispose]()
  state.page = 'nonsense'
  await world.advance(5 * minute)

  expect(counts.problem).toBeUndefined()
})

test('options that cannot be meant are refused when it is made', () => {
  const scrape = () => Promise.resolve('')
  const good = { scrape, total: { name: 'a' }, bad: { name: 'b' } }
  const wrong: readonly (readonly [string, () => unknown])[] = [
    ['scrape', () => prometheusCounts({ ...good, scrape: 'http://x' as never })],
    ['total', () => prometheusCounts({ ...good, total: { name: '' } })],
    ['bad', () => prometheusCounts({ scrape, total: { name: 'a' } } as never)],
    ['every', () => prometheusCounts({ ...good, every: '0s' })],
    ['url', () => prometheusCounts({ ...good, url: 'x' } as never)],
  ]

  for (const [field, make] of wrong) {
    expect(make).toThrow(
      expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID', message: expect.stringContaining(field) }),
    )
  }
})
