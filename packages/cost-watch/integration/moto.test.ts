// The real SDKs against moto: what they send is what it takes, and what it answers is what we read. moto keeps no costs: what Cost
// Explorer answers is given to it beforehand, in the form in which the service answers.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { CostExplorer } from '@aws-sdk/client-cost-explorer'
import { Lambda } from '@aws-sdk/client-lambda'
import { apply, capSpend, estimate, isCutoverError, money, priceTable, systemClock } from '@cutover/cost-watch'
import {
  costExplorerBill,
  lambdaCap,
  lambdaShape,
  lambdaUsage,
  reportUsage,
  requestBudget,
} from '@cutover/cost-watch/aws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type Moto, noMoto, startMoto } from './moto.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** An empty ZIP archive: moto runs nothing of it. */
const emptyZip = Uint8Array.from([0x50, 0x4b, 5, 6, ...Array.from({ length: 18 }, () => 0)])

describe.skipIf(noMoto)('moto', () => {
  let moto: Moto
  let lambda: Lambda

  beforeAll(async () => {
    moto = await startMoto()
    await fetch(`${moto.endpoint}/moto-api/config`, { method: 'POST', body: '{"lambda":{"use_docker":false}}' })
    lambda = new Lambda(moto.client)
    const iam = new URLSearchParams({
      Action: 'CreateRole',
      Version: '2010-05-08',
      RoleName: 'orders',
      AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}',
    })
    await fetch(moto.endpoint, {
      method: 'POST',
      body: iam,
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/iam/aws4_request' },
    })
    await lambda.createFunction({
      FunctionName: 'orders',
      Runtime: 'nodejs22.x',
      Role: 'arn:aws:iam::123456789012:role/orders',
      Handler: 'index.handler',
      MemorySize: 512,
      Architectures: ['arm64'],
      EphemeralStorage: { Size: 1_024 },
      Tags: { migration: 'orders' },
      Code: { ZipFile: emptyZip },
    })
  })
  afterAll(() => moto[Symbol.asyncDispose]())

  test('a function’s shape is read', async () => {
    expect(await lambdaShape(lambda, 'orders')).toMatchObject({
      functionName: 'orders',
      account: '123456789012',
      region: 'us-east-1',
      memoryMb: 512,
      architecture: 'arm64',
      ephemeralStorageMb: 1_024,
      tags: { migration: 'orders' },
    })
    await expect(lambdaShape(lambda, 'gone')).rejects.toMatchObject({ code: 'COST_NOT_FOUND' })
  })

  test('a cap is set, and undone to what was there: nothing', async () => {
    const cap = lambdaCap({ client: lambda, functionName: 'orders', lateMs: 0 })
    const reserved = async () =>
      (await lambda.getFunctionConcurrency({ FunctionName: 'orders' })).ReservedConcurrentExecutions

    const { revert, result } = await apply(capSpend(cap, { limit: 7, tag: { key: 'migration', values: ['orders'] } }))
    expect([await reserved(), result.refuses]).toEqual([7, expect.stringMatching(/get 429/)])
    await revert()

    expect(await reserved()).toBeUndefined()
  })

  test('a function of another migration is not capped', async () => {
    const cap = lambdaCap({ client: lambda, functionName: 'orders' })
    const tag = { key: 'migration', values: ['billing'] }
    await expect(apply(capSpend(cap, { limit: 7, tag }))).rejects.toMatchObject({ code: 'COST_REJECTED' })
  })

  test('metrics become usage', async () => {
    const client = new CloudWatch(moto.client)
    const hour = Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs
    const metric = (MetricName: string, Value: number, minute: number) => ({
      MetricName,
      Value,
      Timestamp: new Date(hour + minute * 60_000),
      Dimensions: [{ Name: 'FunctionName', Value: 'orders' }],
    })
    await client.putMetricData({
      Namespace: 'AWS/Lambda',
      MetricData: [
        metric('Invocations', 3, 1),
        metric('Invocations', 1, 59),
        metric('Duration', 300.5, 1),
        metric('Duration', 100, 59),
      ],
    })

    const source = lambdaUsage({ client, functions: [await lambdaShape(lambda, 'orders')] })
    const { rows, missing } = await source.usage({ from: hour, to: hour + 2 * hourMs })

    expect(missing).toEqual([])
    expect(rows.filter(({ from }) => from === hour)).toMatchObject([
      { meter: 'lambda/requests', quantity: '4', complete: true },
      { meter: 'lambda/gb-seconds/arm64', range: { low: '0.20025' } },
      { meter: 'lambda/storage-gb-seconds', range: { low: '0.20025' } },
    ])
  })

  test('REPORT lines become exact usage', async () => {
    const client = new CloudWatchLogs(moto.client)
    const group = { logGroupName: '/aws/lambda/orders', logStreamName: '2026/11/20/[$LATEST]a' }
    await client.createLogGroup(group)
    await client.createLogStream(group)
    const hour = Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs
    const report = (id: string, billed: number) =>
      `REPORT RequestId: ${id}\tDuration: ${billed - 0.5} ms\tBilled Duration: ${billed} ms\tMemory Size: 512 MB\tMax Memory Used: 71 MB\t\n`
    await client.putLogEvents({
      ...group,
      logEvents: [
        { timestamp: hour + 10_000, message: 'START RequestId: a Version: $LATEST\n' },
        { timestamp: hour + 11_000, message: report('a', 100) },
        { timestamp: hour + 12_000, message: report('b', 300) },
      ],
    })

    const source = reportUsage({ client, functions: [await lambdaShape(lambda, 'orders')] })
    const usage = await source.usage({ from: hour, to: hour + hourMs })
    const { mid } = estimate(usage, { prices: priceTable() })

    expect(usage.rows.map(({ meter, quantity }) => [meter, quantity])).toEqual([
      ['lambda/requests', '2'],
      ['lambda/gb-seconds/arm64', '0.2'],
      ['lambda/storage-gb-seconds', '0.2'],
    ])
    // 0.2 × 0.0000133334 + 2 × 0.0000002 + 0.2 × 0.0000000309
    expect(mid.amount).toBe('0.00000307286')
  })

  test('Cost Explorer’s days are read, page by page, and each request is paid for', async () => {
    const today = Math.floor(Date.now() / dayMs) * dayMs
    const date = (at: number) => new Date(at).toISOString().slice(0, 10)
    const days = [today - 4 * dayMs, today - 3 * dayMs, today]
    const result = (at: number, amount: string, usageType: string) => ({
      TimePeriod: { Start: date(at), End: date(at + dayMs) },
      Total: {},
      Groups: [
        {
          Keys: ['AWS Lambda', usageType],
          Metrics: { UnblendedCost: { Amount: amount, Unit: 'USD' }, UsageQuantity: { Amount: '10', Unit: 'N/A' } },
        },
      ],
      Estimated: true,
    })
    const answers = {
      results: [
        {
          ResultsByTime: [result(days[0] ?? 0, '0.0101516483', 'Request')],
          DimensionValueAttributes: [],
          NextPageToken: 'two',
        },
        {
          ResultsByTime: [
            result(days[1] ?? 0, '1.25', 'EUC1-Lambda-GB-Second'),
            result(days[2] ?? 0, '0.1', 'EUC1-Lambda-GB-Second'),
          ],
          DimensionValueAttributes: [],
        },
      ],
    }
    await fetch(`${moto.endpoint}/moto-api/static/ce/cost-and-usage-results`, {
      method: 'POST',
      body: JSON.stringify(answers),
      headers: { 'content-type': 'application/json' },
    })

    const budget = requestBudget(money('0.02', 'USD'))
    const bill = costExplorerBill({ client: new CostExplorer(moto.client), budget, account: '123456789012' })
    const window = { from: days[0] ?? 0, to: today + dayMs }
    const { rows, incomplete, missing, asked } = await bill.bill(window)

    expect(rows.map(({ meter, region, cost }) => [meter, region, cost.amount])).toEqual([
      ['lambda/requests', 'us-east-1', '0.0101516483'],
      ['lambda/gb-seconds/x86_64', 'eu-central-1', '1.25'],
    ])
    expect(incomplete.map(({ cost }) => cost.amount)).toEqual(['0.1'])
    // moto was given nothing for the two days between.
    expect(missing.map(({ from }) => date(from))).toEqual([date(today - 2 * dayMs), date(today - dayMs)])
    expect(asked.amount).toBe('0.02')
    const again = await bill.bill(window).catch((error: unknown) => error)
    expect(isCutoverError(again, 'COST_BUDGET_SPENT')).toBe(true)
  })

  test('a read that is aborted says so in the caller’s words', async () => {
    const client = new CloudWatch(moto.client)
    const source = lambdaUsage({ client, functions: [await lambdaShape(lambda, 'orders')] })
    const stop = new AbortController()
    const reason = new Error('enough')
    const now = systemClock.now()
    const reading = source.usage({ from: now - dayMs, to: now }, { signal: stop.signal })
    stop.abort(reason)
    await expect(reading).rejects.toBe(reason)
  })
})
