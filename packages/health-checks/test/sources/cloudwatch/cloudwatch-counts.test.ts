import { fakeWorld } from '@cutover/core/testing'
import { dataAsOf, isCutoverError } from '@cutover/health-checks'
import { cloudWatchCounts, type CloudWatchMetric, lambdaErrors } from '@cutover/health-checks/cloudwatch'
import { inMemoryCloudWatch, type InMemoryCloudWatchOptions } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

const minute = 60_000

/** A function with a call a second and an error in every tenth, for ten minutes until now. */
function orders(options: InMemoryCloudWatchOptions = {}) {
  const world = fakeWorld()
  const { clock } = world
  const service = inMemoryCloudWatch(world, options)
  const start = clock.now() - 10 * minute
  const buckets = Array.from({ length: 20 }, (_, i) => ({
    from: start + i * minute,
    to: start + (i + 1) * minute,
    total: 60,
    bad: 6,
    slow: 3,
  }))
  service.recordLambda('orders', buckets)
  const counts = lambdaErrors({ client: service.client, functionName: 'orders', slowerThan: '300ms', clock })
  return { world, clock, service, start, counts, window: { from: start, to: start + 10 * minute } }
}

const errors: CloudWatchMetric = { namespace: 'AWS/Lambda', metric: 'Errors', dimensions: { FunctionName: 'orders' } }
const total: CloudWatchMetric = { ...errors, metric: 'Invocations' }

test('minutes grow until the lag is over, and are complete only then', async () => {
  const { world, counts, window, start } = orders()

  const early = await counts.counts(window)
  await world.advance(10 * minute)
  const late = await counts.counts(window)

  const newest = early.at(-1)
  expect(newest?.total).toBeLessThan(60)
  expect(early.filter(({ complete }) => complete).map(({ from }) => (from - start) / minute)).toEqual([
    0, 1, 2, 3, 4, 5, 6,
  ])
  expect(early.every(({ complete, total: counted }) => !complete || counted === 60)).toBe(true)
  expect(late).toHaveLength(10)
  expect(late.every((bucket) => bucket.complete && bucket.total === 60 && bucket.bad === 6 && bucket.slow === 3)).toBe(
    true,
  )
})

test('data is as of the end of the newest complete minute', async () => {
  const { counts, window, start } = orders()

  expect(dataAsOf(await counts.counts(window))).toBe(start + 7 * minute)
  expect(dataAsOf([])).toBeUndefined()
})

test('pages are followed, and what they say in the middle is not the last word', async () => {
  const { counts, window, world } = orders({ pageSize: 7 })
  await world.advance(10 * minute)

  const buckets = await counts.counts(window)

  expect(buckets.map(({ total: counted, bad, slow, complete }) => [counted, bad, slow, complete])).toEqual(
    Array.from({ length: 10 }, () => [60, 6, 3, true]),
  )
})

test.each(['PartialData', 'InternalError'] as const)('an answer that ends with %s decides nothing', async (status) => {
  const { counts, window, service } = orders()
  service.sayNext(status)

  const buckets = await counts.counts(window)

  expect(buckets).not.toEqual([])
  expect(buckets.some(({ complete }) => complete)).toBe(false)
})

test('an answer that is Forbidden is refused, and says what to allow', async () => {
  const { counts, window, service } = orders()
  service.sayNext('Forbidden')

  await expect(counts.counts(window)).rejects.toMatchObject({
    code: 'HEALTH_NOT_AUTHORIZED',
    next: 'Allow cloudwatch:GetMetricData',
  })
})

test('more than 500 metrics go in several calls, each with tokens of its own', async () => {
  const { client, service, world, start, window } = ((made) => ({ ...made, client: made.service.client }))(
    orders({ pageSize: 100 }),
  )
  const functions = Array.from({ length: 600 }, (_, i) => ({
    ...total,
    dimensions: { FunctionName: `f${i}` },
  }))
  for (const metric of functions) service.record(metric, { at: start, value: 2 })
  service.record({ ...errors, dimensions: { FunctionName: 'f0' } }, { at: start, value: 0 })
  await world.advance(10 * minute)

  const counts = cloudWatchCounts({
    client,
    total: functions,
    bad: { ...errors, dimensions: { FunctionName: 'f0' } },
    clock: world.clock,
  })

  expect(await counts.counts(window)).toMatchObject([{ total: 1_200, bad: 0, complete: true }])
})

test('a token that comes twice ends in an error, not in a loop', async () => {
  const { window, clock } = orders()
  const client = { getMetricData: () => Promise.resolve({ MetricDataResults: [], NextToken: 'again' }) }

  const counting = cloudWatchCounts({ client, total, bad: errors, clock }).counts(window)

  await expect(counting).rejects.toMatchObject({ code: 'HEALTH_SOURCE_UNAVAILABLE', retryable: true })
})

test('a gap is missing, not zero', async () => {
  const { counts, window, service, start, world } = orders()
  service.lose(start + 2 * minute, start + 4 * minute)
  await world.advance(10 * minute)

  const buckets = await counts.counts(window)

  expect(buckets.map(({ from }) => (from - start) / minute)).toEqual([0, 1, 4, 5, 6, 7, 8, 9])
})

test('a correction after the fact is answered like everything else', async () => {
  const { counts, service, start, world, clock } = orders()
  const window = { from: start, to: start + minute }
  service.record(errors, { at: start, value: 20, seenAt: clock.now() + minute })

  const before = await counts.counts(window)
  await world.advance(minute)
  const after = await counts.counts(window)

  expect([before[0]?.bad, after[0]?.bad]).toEqual([6, 26])
})

test('a metric in another region is no error, and no data', async () => {
  const { window, clock, world } = orders()
  const elsewhere = inMemoryCloudWatch(world)

  expect(await lambdaErrors({ client: elsewhere.client, functionName: 'orders', clock }).counts(window)).toEqual([])
})

test('bad values that are reported only above zero are none where they are missing', async () => {
  const { world, start, window, clock } = orders()
  const balancer = inMemoryCloudWatch(world)
  const of = (metric: string) => ({ namespace: 'AWS/ApplicationELB', metric, dimensions: { LoadBalancer: 'app/a/1' } })
  balancer.record(of('RequestCount'), { at: start, value: 1, times: 9 })
  balancer.record(of('RequestCount'), { at: start + minute, value: 1, times: 9 })
  balancer.record(of('HTTPCode_Target_5XX_Count'), { at: start, value: 1, times: 4 })
  const options = { client: balancer.client, total: of('RequestCount'), bad: of('HTTPCode_Target_5XX_Count'), clock }

  const sparse = await cloudWatchCounts({ ...options, badMissing: 'none' }).counts(window)
  const unknown = await cloudWatchCounts(options).counts(window)

  expect(sparse.map(({ bad, complete }) => [bad, complete])).toEqual([
    [4, true],
    [0, true],
  ])
  expect(unknown.map(({ complete }) => complete)).toEqual([true, false])
})

test('only whole periods are asked for', async () => {
  const { counts, start, world } = orders()
  await world.advance(10 * minute)

  const buckets = await counts.counts({ from: start + 1, to: start + 3 * minute - 1 })

  expect(buckets.map(({ from }) => from)).toEqual([start + minute])
  expect(await counts.counts({ from: start + 1, to: start + minute })).toEqual([])
})

test('throttling and refusals are told apart', async () => {
  const { counts, window, world, service } = orders()
  const refusals: unknown[] = []
  const ask = () => counts.counts(window).catch((error: unknown) => void refusals.push(error))

  service.failNext(
    'getMetricData',
    Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }),
  )
  await ask()
  service.failNext(
    'getMetricData',
    Object.assign(new Error('secret session'), { name: 'ExpiredTokenException', $metadata: { httpStatusCode: 403 } }),
  )
  await ask()
  service.failNext(
    'getMetricData',
    Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } }),
  )
  await ask()
  service.failNext(
    'getMetricData',
    Object.assign(new Error('bad'), { name: 'ValidationError', $metadata: { httpStatusCode: 400 } }),
  )
  await ask()
  void world

  expect(refusals.map((error) => (isCutoverError(error) ? [error.code, error.retryable] : error))).toEqual([
    ['HEALTH_SOURCE_UNAVAILABLE', true],
    ['HEALTH_NOT_AUTHORIZED', false],
    ['HEALTH_NOT_AUTHORIZED', false],
    ['HEALTH_SOURCE_REJECTED', false],
  ])
  const causes = refusals.map((error) => String((error as Error).cause))
  expect(JSON.stringify([refusals.map(String), causes])).not.toContain('secret session')
})

test('data of a minute that is no longer kept is refused, not taken for none', async () => {
  const { counts, window } = orders()

  const old = { from: window.from - 16 * 86_400_000, to: window.to }

  await expect(counts.counts(old)).rejects.toMatchObject({
    code: 'HEALTH_OPTIONS_INVALID',
    message: expect.stringMatching(/window\.from .* 15 days/),
  })
})

test('a minute settles two minutes and the timeout of the function after its end', () => {
  const { client } = inMemoryCloudWatch(fakeWorld())

  expect(lambdaErrors({ client, functionName: 'f' }).settleMs).toBe(3 * minute)
  expect(lambdaErrors({ client, functionName: 'f', timeout: '15m' }).settleMs).toBe(17 * minute)
})

test('options that cannot be meant are refused when it is made', () => {
  const { client } = inMemoryCloudWatch(fakeWorld())
  const good = { client, total, bad: errors }
  const wrong: readonly (readonly [string, () => unknown])[] = [
    ['client', () => cloudWatchCounts({ ...good, client: { send: () => {} } as never })],
    ['total', () => cloudWatchCounts({ ...good, total: [] })],
    ['bad.metric', () => cloudWatchCounts({ ...good, bad: { namespace: 'AWS/Lambda', metric: '' } })],
    ['period', () => cloudWatchCounts({ ...good, period: '90s' })],
    ['badMissing', () => cloudWatchCounts({ ...good, badMissing: 'zero' as never })],
    ['settleMs', () => cloudWatchCounts({ ...good, settleMs: 1 } as never)],
    ['functionName', () => lambdaErrors({ client, functionName: '' })],
  ]

  for (const [field, make] of wrong) {
    expect(make).toThrow(
      expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID', message: expect.stringContaining(field) }),
    )
  }
})
