import { fakeWorld } from '@cutover/core/testing'
import { estimate, priceTable } from '@cutover/cost-watch'
import {
  type CloudWatchLike,
  type CloudWatchResource,
  cloudWatchUsage,
  dynamoTable,
  gatewayApi,
  s3Bucket,
  sqsQueue,
} from '@cutover/cost-watch/aws'
import {
  type AzureResource,
  azureMonitorUsage,
  storageBlobs,
  cosmosServerless,
  serviceBusNamespace,
  storageQueues,
} from '@cutover/cost-watch/azure'
import { inMemoryFunctionMetrics } from '@cutover/cost-watch/testing'
import { describe, expect, test } from 'vitest'

import { day, dayMs, hourMs } from './usage.ts'

type Points = Readonly<Record<string, readonly (readonly [at: number, value: number])[]>>

/** CloudWatch, of metrics by their name. */
const cloudWatch = (points: Points, partial?: string): CloudWatchLike => ({
  getMetricData: async ({ MetricDataQueries: queries, StartTime, EndTime }) => ({
    MetricDataResults: queries.map(({ Id, MetricStat: { Metric } }) => {
      const own = (points[Metric.MetricName] ?? []).filter(
        ([at]) => at >= StartTime.getTime() && at < EndTime.getTime(),
      )
      return {
        Id,
        Timestamps: own.map(([at]) => new Date(at)),
        Values: own.map(([, value]) => value),
        StatusCode: Metric.MetricName === partial ? 'PartialData' : 'Complete',
      }
    }),
  }),
})
const read = (
  resource: CloudWatchResource,
  points: Points,
  window = { from: day, to: day + 2 * hourMs },
  partial?: string,
) => {
  const { clock } = fakeWorld({ startAt: day + 2 * dayMs })
  const where = { account: '1', region: 'us-east-1', resources: [resource], clock }
  return cloudWatchUsage({ client: cloudWatch(points, partial), ...where }).usage(window)
}

describe('beside the source', () => {
  const sqs: Points = {
    NumberOfMessagesSent: [[day, 1_000]],
    NumberOfMessagesReceived: [[day, 1_000]],
    NumberOfMessagesDeleted: [[day, 1_000]],
    NumberOfEmptyReceives: [
      [day, 55],
      [day + hourMs, 60],
    ],
  }

  test('a queue’s messages are requests of one to ten', async () => {
    const { rows, missing } = await read(sqsQueue('orders'), sqs)
    expect(missing).toEqual([])
    expect(rows).toMatchObject([
      { meter: 'sqs/requests/standard', quantity: 3_055, range: { low: '355', high: 3_055 } },
      { meter: 'sqs/requests/standard', quantity: 60, range: { low: '60', high: 60 } },
    ])
    expect(estimate(rows, { prices: priceTable() }).unpriced).toEqual([])
    expect((await read(sqsQueue('orders.fifo'), sqs)).rows[0]?.meter).toBe('sqs/requests/fifo')
  })

  test('a queue without any point is missing, and so is one of which the answer is partial', async () => {
    expect(await read(sqsQueue('gone'), {})).toMatchObject({
      rows: [],
      missing: [{ why: expect.stringMatching(/has not any datapoint of gone/) }],
    })
    expect(await read(sqsQueue('orders'), sqs, undefined, 'NumberOfMessagesSent')).toMatchObject({
      rows: [],
      missing: [{}],
    })
  })

  test('a table’s units, and an API’s requests', async () => {
    const table = await read(dynamoTable('orders'), {
      ConsumedReadCapacityUnits: [[day, 12.5]],
      ConsumedWriteCapacityUnits: [[day, 3]],
    })
    expect(table.rows.slice(0, 2).map(({ meter, quantity }) => [meter, quantity])).toEqual([
      ['dynamodb/read-units', 12.5],
      ['dynamodb/write-units', 3],
    ])
    const api = await read(gatewayApi({ httpApiId: 'a1' }), { Count: [[day, 7]] })
    expect(api.rows[0]).toMatchObject({ meter: 'api-gateway/requests/http', quantity: 7 })
    expect((await read(gatewayApi({ restApiName: 'orders' }), { Count: [[day, 7]] })).rows[0]?.meter).toBe(
      'api-gateway/requests/rest',
    )
  })

  test('what lies in a bucket, by the day; a day without a measurement is missing, and not empty', async () => {
    const points: Points = { BucketSizeBytes: [[day - dayMs, 1_073_741_824 * 300]] }
    const { rows, missing } = await read(s3Bucket('orders'), points, { from: day - dayMs, to: day + dayMs })
    // 300 GB for one of November's thirty days.
    expect(rows).toMatchObject([{ meter: 's3/gb-months/standard', quantity: '10', from: day - dayMs, to: day }])
    expect(missing).toMatchObject([{ from: day, to: day + dayMs, why: expect.stringMatching(/no BucketSizeBytes/) }])
  })

  test('a period that may still grow is not complete, and one of which nothing is there yet has no row', async () => {
    const { clock } = fakeWorld({ startAt: day + hourMs + 60_000 })
    const client = cloudWatch({
      Count: [
        [day, 1],
        [day + hourMs, 2],
      ],
    })
    const options = { client, account: '1', region: 'us-east-1', resources: [gatewayApi({ httpApiId: 'a' })], clock }
    const { rows } = await cloudWatchUsage(options).usage({ from: day, to: day + 3 * hourMs })
    expect(rows.map(({ quantity, complete }) => [quantity, complete])).toEqual([
      [1, false],
      [2, false],
    ])
  })
})

describe('beside the target', () => {
  const account = '/subscriptions/s1/resourceGroups/orders/providers/Microsoft.Storage/storageAccounts/orders'
  const readAzure = (resource: AzureResource, values: Readonly<Record<string, number>>) => {
    const world = fakeWorld({ startAt: day + 4 * hourMs })
    const metrics = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, [{ at: day + 60_000, value }]]),
    )
    const { resourceId } = resource
    const client = inMemoryFunctionMetrics(world, { resourceId, metrics, since: day })
    return azureMonitorUsage({ client, resources: [resource], clock: world.clock }).usage({
      from: day,
      to: day + hourMs,
    })
  }
  // 720 GB for one of November's 720 hours.
  const bytes = 1_073_741_824 * 720

  test('queues: operations of both classes cost the same, and what lies there', async () => {
    const { rows } = await readAzure(storageQueues(account, 'eastus'), { Transactions: 25_000, QueueCapacity: bytes })
    expect(rows.map(({ meter, quantity }) => [meter, String(quantity)])).toEqual([
      ['storage-queue/operations/class-1', '25000'],
      ['storage-queue/gb-months', '1'],
    ])
    expect(estimate(rows, { prices: priceTable() }).mid.amount).toBe('0.055')
  })

  test('blobs: an operation is a write at most, and nothing at least', async () => {
    const { rows } = await readAzure(storageBlobs(account, 'eastus'), { Transactions: 10_000, BlobCapacity: bytes })
    const { low, mid, high } = estimate(rows, { prices: priceTable() })
    expect([low, mid, high].map(({ amount }) => amount)).toEqual(['0.019136', '0.0708', '0.0748'])
  })

  test('a namespace costs its hours, whatever is known of its requests', async () => {
    const { rows, missing } = await readAzure(serviceBusNamespace(account, 'eastus', 'standard'), {})
    expect(rows.map(({ meter, quantity }) => [meter, quantity])).toEqual([['service-bus/base-hours', '1']])
    expect(missing).toMatchObject([{ meter: 'IncomingRequests' }])
    const basic = await readAzure(serviceBusNamespace(account, 'eastus', 'basic'), { IncomingRequests: 9 })
    expect(basic.rows.map(({ meter, quantity }) => [meter, quantity])).toEqual([['service-bus/operations/basic', 9]])
  })

  test('Cosmos DB: request units and what lies there', async () => {
    const { rows } = await readAzure(cosmosServerless(account, 'eastus'), {
      TotalRequestUnits: 4_000_000,
      DataUsage: bytes,
    })
    expect(estimate(rows, { prices: priceTable() }).mid.amount).toBe('1.25')
  })
})
