import { fakeWorld } from '@cutover/core/testing'
import { decimal, estimate, type LambdaShape, priceTable } from '@cutover/cost-watch'
import { invocationsOf, lambdaUsage, reportUsage } from '@cutover/cost-watch/aws'
import { type HappenedInvocation, inMemoryLambdaMetrics } from '@cutover/cost-watch/testing'
import { describe, expect, test } from 'vitest'

import { day, hourMs } from '../usage.ts'

const orders: LambdaShape = { functionName: 'orders', account: '1', region: 'us-east-1', memoryMb: 512 }

/** One a minute in the first and the third hour; each twentieth cold. */
const invocations: readonly HappenedInvocation[] = Array.from({ length: 180 }, (_, minute) => ({
  functionName: 'orders',
  startedAt: day + minute * 60_000,
  durationMs: 100.25 + (minute % 7),
  memoryMb: 512,
  ...(minute % 20 === 0 ? { initMs: 240.5 } : {}),
})).filter((_, minute) => minute < 60 || minute >= 120)

const setUp = (afterMs: number, options: { readonly pageSize?: number } = {}) => {
  const world = fakeWorld({ startAt: day + afterMs })
  const metrics = inMemoryLambdaMetrics(world, { invocations, ...options })
  const { clock } = world
  const source = lambdaUsage({ client: metrics.cloudWatch, functions: [orders], clock })
  return { world, metrics, source, reports: reportUsage({ client: metrics.logs, functions: [orders], clock }) }
}
const window = { from: day, to: day + 3 * hourMs }

describe('CloudWatch metrics', () => {
  test('give requests and GB-seconds by the hour, with bounds for what they do not tell', async () => {
    const { source } = setUp(4 * hourMs, { pageSize: 1 })

    const { rows, missing } = await source.usage(window)

    expect(missing).toEqual([])
    expect(rows.filter(({ meter }) => meter === 'lambda/requests').map(({ quantity }) => quantity)).toEqual([
      '60',
      '0',
      '60',
    ])
    const first = rows.find(({ meter }) => meter.startsWith('lambda/gb-seconds'))
    expect(decimal(first?.range?.low ?? 0).compare(decimal(first?.quantity ?? 0))).toBe(-1)
  })

  test('an idle hour of a function that ran is zero, since Lambda writes no point without an invocation', async () => {
    const { source } = setUp(4 * hourMs)
    const { rows } = await source.usage({ from: day + hourMs, to: day + 3 * hourMs })
    expect(rows.find(({ from }) => from === day + hourMs)).toMatchObject({ quantity: '0', complete: true })
  })

  test('a function without any point is missing, and has no row', async () => {
    const world = fakeWorld({ startAt: day + 4 * hourMs })
    const { cloudWatch } = inMemoryLambdaMetrics(world, { invocations })
    const source = lambdaUsage({
      client: cloudWatch,
      functions: [{ ...orders, functionName: 'oders' }],
      clock: world.clock,
    })

    const { rows, missing } = await source.usage(window)

    expect(rows).toEqual([])
    expect(missing).toMatchObject([{ why: expect.stringMatching(/no datapoint: not invoked, misnamed/) }])
  })

  test('a part of an answer is no answer', async () => {
    const { source, metrics } = setUp(4 * hourMs)
    metrics.answerPartially()
    const { rows, missing } = await source.usage(window)
    expect([rows, missing.length]).toEqual([[], 1])
  })

  test('the hour that still grows is not complete, and one that has not begun has no row', async () => {
    const { source } = setUp(2 * hourMs + 30 * 60_000)
    const { rows } = await source.usage({ from: day, to: day + 6 * hourMs })
    const requests = rows.filter(({ meter }) => meter === 'lambda/requests')
    expect(requests.map(({ from, complete }) => [(from - day) / hourMs, complete])).toEqual([
      [0, true],
      [1, true],
      [2, false],
    ])
  })

  test('invocations without a duration are missing, and their requests are there', async () => {
    const { metrics, world } = setUp(4 * hourMs)
    const client = {
      getMetricData: async (...given: Parameters<typeof metrics.cloudWatch.getMetricData>) => {
        const answer = await metrics.cloudWatch.getMetricData(...given)
        return {
          ...answer,
          MetricDataResults: answer.MetricDataResults?.map((one) =>
            one.Id === 'q1' ? { ...one, Timestamps: [], Values: [] } : one,
          ),
        }
      },
    }
    const { rows, missing } = await lambdaUsage({ client, functions: [orders], clock: world.clock }).usage({
      from: day,
      to: day + hourMs,
    })
    expect(rows.map(({ meter }) => meter)).toEqual(['lambda/requests'])
    expect(missing).toMatchObject([
      { meter: 'lambda/gb-seconds', why: expect.stringMatching(/invocations and no duration/) },
    ])
  })

  test('five hundred series fit one request; more take more', async () => {
    const world = fakeWorld({ startAt: day + 4 * hourMs })
    const functions = Array.from({ length: 251 }, (_, at) => ({ ...orders, functionName: `f${at}` }))
    const many = functions.map(({ functionName }) => ({ functionName, startedAt: day, durationMs: 10, memoryMb: 512 }))
    const { cloudWatch } = inMemoryLambdaMetrics(world, { invocations: many })
    const { rows, missing } = await lambdaUsage({ client: cloudWatch, functions, clock: world.clock }).usage({
      from: day,
      to: day + hourMs,
    })
    expect([rows.length, missing]).toEqual([502, []])
  })
})

describe('REPORT lines', () => {
  test('give the exact amount, which is between the bounds of the metrics', async () => {
    const { source, reports } = setUp(5 * hourMs, { pageSize: 7 })
    const share = { prices: priceTable() }

    const bounds = estimate(await source.usage(window), share)
    const exact = estimate(await reports.usage(window), share)

    // 120 requests; 115 of 101 to 107 ms, and 6 cold ones with 240.5 ms more.
    const billed = invocations.reduce((sum, { durationMs, initMs = 0 }) => sum + Math.ceil(durationMs + initMs), 0)
    expect(
      exact.rows
        .filter(({ meter }) => meter === 'lambda/gb-seconds/x86_64')
        .reduce((sum, { quantity }) => sum.plus(decimal(quantity)), decimal(0))
        .toNumber(),
    ).toBe(billed / 2_000)
    expect(exact.mid).toEqual(exact.high)
    expect(decimal(exact.mid.amount).compare(decimal(bounds.low.amount))).toBe(1)
    // One in twenty is cold here, more than the assumed one in a hundred: the bound says what it assumes, and no more.
    const wide = lambdaUsage({
      client: setUp(5 * hourMs).metrics.cloudWatch,
      functions: [orders],
      coldStarts: { mostShare: 0.1, initMs: 300 },
      clock: fakeWorld({ startAt: day + 5 * hourMs }).clock,
    })
    expect(decimal(exact.mid.amount).compare(decimal(estimate(await wide.usage(window), share).high.amount))).toBe(-1)
  })

  test('what may still be reported is not complete', async () => {
    const { reports } = setUp(3 * hourMs + 10 * 60_000)
    const { rows } = await reports.usage(window)
    expect(rows.filter(({ meter }) => meter === 'lambda/requests').map(({ complete }) => complete)).toEqual([
      true,
      false,
    ])
  })

  test('a log group that there is not is an error, and one without a line is missing', async () => {
    const world = fakeWorld({ startAt: day + 5 * hourMs })
    const { logs } = inMemoryLambdaMetrics(world, { invocations })
    await expect(
      reportUsage({ client: logs, functions: [{ ...orders, functionName: 'gone' }] }).usage(window),
    ).rejects.toMatchObject({
      code: 'COST_NOT_FOUND',
    })
    const quiet = await reportUsage({ client: logs, functions: [orders], clock: world.clock }).usage({
      from: day + 6 * hourMs,
      to: day + 7 * hourMs,
    })
    expect(quiet).toMatchObject({ rows: [], missing: [{ why: expect.stringMatching(/no REPORT line/) }] })
  })

  test('each event is read once, on however many pages', async () => {
    const { metrics } = setUp(5 * hourMs, { pageSize: 1 })
    const { invocations: found, unreadable } = await invocationsOf(metrics.logs, orders, window)
    expect([found.length, unreadable]).toEqual([120, 0])
  })
})

test.each([
  [{ memoryMb: 64 }, /memoryMb of orders is 64; wanted 128 to 10240/],
  [{ architecture: 'arm' as 'arm64' }, /wanted 'x86_64' or 'arm64'/],
  [{ account: '' }, /account is ""/],
])('a shape that cannot be meant is refused: %j', (other, message) => {
  const client = { getMetricData: async () => ({}) }
  expect(() => lambdaUsage({ client, functions: [{ ...orders, ...other }] })).toThrow(message)
})

test('an aborted read rejects with the reason, and a refusal names the permission', async () => {
  const { source } = setUp(4 * hourMs)
  const reason = new Error('enough')
  await expect(source.usage(window, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)

  const denied = Object.assign(new Error('User is not authorized'), {
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 403 },
  })
  const client = { getMetricData: () => Promise.reject(denied) }
  await expect(lambdaUsage({ client, functions: [orders] }).usage(window)).rejects.toMatchObject({
    code: 'COST_NOT_AUTHORIZED',
    next: 'Allow cloudwatch:GetMetricData.',
  })
})
