// The real SDK over HTTP against a CloudWatch that has what moto lacks: pages, per-call tokens, PartialData, limits, trimmed counts.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { fakeWorld } from '@cutover/core/testing'
import { cloudWatchCounts, lambdaErrors } from '@cutover/health-checks/cloudwatch'
import { type CountedSide, countSourceConformance, inMemoryCloudWatch } from '@cutover/health-checks/testing'
import { afterEach, expect, test } from 'vitest'

import { serveCloudWatch } from './cloudwatch-server.ts'

const minute = 60_000
const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server[Symbol.asyncDispose]()
})

async function served(pageSize = 9) {
  const world = fakeWorld()
  const { clock } = world
  const service = inMemoryCloudWatch(world, { pageSize })
  const server = await serveCloudWatch(service.client)
  opened.push(server)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new CloudWatch({ endpoint: server.endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 })
  return { world, clock, service, client, server, start: clock.now() - 120 * minute }
}

async function side(): Promise<CountedSide> {
  const { service, client, clock, start } = await served()
  const recorded = Array.from({ length: 10 }, (_, i) => ({ total: 40 + i, bad: i, slow: 2 }))
  service.recordLambda(
    'orders',
    recorded.map((one, i) => ({ from: start + i * minute, to: start + (i + 1) * minute, ...one })),
  )
  service.lose(start + 3 * minute, start + 4 * minute)
  return {
    source: lambdaErrors({ client, functionName: 'orders', slowerThan: '300ms', clock }),
    start,
    recorded: recorded.map((one, i) => (i === 3 ? undefined : one)),
    refuse: (how) =>
      service.failNext(
        'getMetricData',
        Object.assign(new Error('no'), {
          name: how === 'throttled' ? 'ThrottlingException' : 'AccessDeniedException',
          $metadata: { httpStatusCode: how === 'throttled' ? 400 : 403 },
        }),
      ),
  }
}

for (const { name, run } of countSourceConformance(side)) test(`CloudWatch of the SDK ${name}`, run)

test('1,200 metrics go in three calls and all of their pages', async () => {
  const { client, service, server, clock, start } = await served(100)
  const of = (i: number, metric: string) => ({
    namespace: 'AWS/Lambda',
    metric,
    dimensions: { FunctionName: `f${i}` },
  })
  const totals = Array.from({ length: 1_200 }, (_, i) => of(i, 'Invocations'))
  for (const metric of totals) service.record(metric, { at: start, value: 1 })
  service.record(of(0, 'Errors'), { at: start, value: 0 })

  const counts = cloudWatchCounts({ client, total: totals, bad: of(0, 'Errors'), clock })

  expect(await counts.counts({ from: start, to: start + minute })).toMatchObject([
    { total: 1_200, bad: 0, complete: true },
  ])
  // 5 pages of 100 in the first two calls, and in the third 201 points.
  expect(server.calls).toBe(5 + 5 + 3)
})
