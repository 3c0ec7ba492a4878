// The real SDK against moto, which is kinder than CloudWatch: it has no pages, no limits, no lag and no trimmed counts. Those are
// held to in test/sources/cloudwatch, on a machine that has them.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { systemClock } from '@cutover/core'
import { countsArrive, waitFor } from '@cutover/health-checks'
import { cloudWatchCounts, lambdaErrors } from '@cutover/health-checks/cloudwatch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type Moto, noMoto, startMoto } from './moto.ts'

const minute = 60_000

describe.skipIf(noMoto)('CloudWatch of moto', () => {
  let moto: Moto
  let client: CloudWatch
  const start = Math.floor(systemClock.now() / minute) * minute - 10 * minute
  const window = { from: start, to: start + 10 * minute }

  beforeAll(async () => {
    moto = await startMoto()
    client = new CloudWatch(moto.client)
  })
  afterAll(() => moto[Symbol.asyncDispose]())

  const put = (functionName: string, at: number, values: Readonly<Record<string, number>>) =>
    client.putMetricData({
      Namespace: 'AWS/Lambda',
      MetricData: Object.entries(values).map(([MetricName, Value]) => ({
        MetricName,
        Value,
        Timestamp: new Date(at),
        Dimensions: [{ Name: 'FunctionName', Value: functionName }],
      })),
    })

  test('invocations and errors are counted minute by minute, and a minute without is missing', async () => {
    await put('orders', start + 1_000, { Invocations: 1, Errors: 0 })
    await put('orders', start + 59_000, { Invocations: 1, Errors: 1 })
    await put('orders', start + 3 * minute, { Invocations: 5, Errors: 2 })
    await put('orders', start + 9 * minute, { Invocations: 7, Errors: 0 })
    await put('other', start, { Invocations: 1_000, Errors: 1_000 })

    const buckets = await lambdaErrors({ client, functionName: 'orders' }).counts(window)

    expect(buckets).toEqual([
      { from: start, to: start + minute, total: 2, bad: 1, complete: true },
      { from: start + 3 * minute, to: start + 4 * minute, total: 5, bad: 2, complete: true },
      { from: start + 9 * minute, to: start + 10 * minute, total: 7, bad: 0, complete: false },
    ])
  })

  test('a bucket list is a check: the counts arrive', async () => {
    const source = lambdaErrors({ client, functionName: 'orders' })

    const { evidence } = await waitFor(countsArrive(source, { name: 'CloudWatch of moto', slack: '10m' }))

    expect(evidence).toMatchObject({ settled: 2, requests: 7 })
    await expect(
      waitFor(countsArrive(lambdaErrors({ client, functionName: 'none' }), { name: 'none' })),
    ).rejects.toMatchObject({
      code: 'CHECK_UNDECIDED',
    })
  })

  test('invocations whose errors are not there yet decide nothing', async () => {
    await put('half', start, { Invocations: 3 })

    const buckets = await lambdaErrors({ client, functionName: 'half' }).counts(window)

    expect(buckets).toMatchObject([{ total: 3, complete: false }])
  })

  test('a function that nobody has heard of has no buckets', async () => {
    expect(await lambdaErrors({ client, functionName: 'none' }).counts(window)).toEqual([])
  })

  test('several metrics are added up', async () => {
    const of = (metric: string) =>
      ({ namespace: 'AWS/Lambda', metric, dimensions: { FunctionName: 'orders' } }) as const

    const counts = cloudWatchCounts({
      client,
      total: [of('Invocations'), of('Throttles')],
      bad: [of('Errors'), of('Throttles')],
    })
    await put('orders', start + 3 * minute, { Throttles: 4 })

    expect(await counts.counts({ from: start + 3 * minute, to: start + 4 * minute })).toMatchObject([
      { total: 9, bad: 6 },
    ])
  })

  test('an abort ends a call that is under way, with its reason', async () => {
    const stop = new AbortController()
    const counting = lambdaErrors({ client, functionName: 'orders' }).counts(window, { signal: stop.signal })
    const reason = new Error('enough')
    stop.abort(reason)

    await expect(counting).rejects.toBe(reason)
  })

  test('a service that is not there can be asked again', async () => {
    const nobody = new CloudWatch({ ...moto.client, endpoint: 'http://127.0.0.1:9' })

    await expect(lambdaErrors({ client: nobody, functionName: 'orders' }).counts(window)).rejects.toMatchObject({
      code: 'HEALTH_SOURCE_UNAVAILABLE',
      retryable: true,
    })
  })
})
