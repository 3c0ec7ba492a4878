// A whole watch over the SDKs' own clients: CloudWatch at moto, Azure Monitor at the local Azure, its state in Azurite.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { MetricsQueryClient } from '@azure/monitor-query'
import { manualClock } from '@cutover/core/testing'
import { costWatch, priceTable } from '@cutover/cost-watch'
import { lambdaUsage } from '@cutover/cost-watch/aws'
import { blobState, functionsUsage } from '@cutover/cost-watch/azure'
import { demand, withRunaway } from '@cutover/cost-watch/testing'
import { localAzure, type MetricMachine, monitor } from '@cutover/local-azure'
import { expect, test } from 'vitest'

import { startAzurite } from './azurite.ts'
import { noMoto, startMoto } from './moto.ts'

const hour = 3_600_000
const day = 24 * hour
const resourceId =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/local/providers/Microsoft.Web/sites/orders'

test.skipIf(noMoto)('the service that moved is watched from its first hour, and its runaway is told once', async () => {
  const switchedAt = Date.UTC(2026, 9, 20, 2)
  const runawayAt = switchedAt + 20 * hour
  const series = { seed: 7, days: 31, startAt: switchedAt - 28 * day, slotMs: hour }
  const requests = demand({ ...series, perDay: 500_000 })

  await using moto = await startMoto()
  // moto reads no compressed request.
  const cloudWatch = new CloudWatch({ ...moto.client, disableRequestCompression: true })
  const points = requests.filter(({ at }) => at < switchedAt)
  const datum = (MetricName: string, at: number, Value: number) => ({
    MetricName,
    Value,
    Timestamp: new Date(at + hour / 2),
    Dimensions: [{ Name: 'FunctionName', Value: 'orders' }],
  })
  for (let first = 0; first < points.length; first += 200) {
    const MetricData = points
      .slice(first, first + 200)
      .flatMap(({ at, spend }) => [
        datum('Invocations', at, Math.round(spend)),
        datum('Duration', at, Math.round(spend) * 400),
      ])
    await cloudWatch.putMetricData({ Namespace: 'AWS/Lambda', MetricData })
  }

  // 400 ms at 2 GB, as on Lambda at 512 MB: four times the GB-seconds.
  const execution = withRunaway(requests, { from: runawayAt, times: 3 })
  const sum = (all: typeof requests, from: number, to: number): number =>
    all.reduce((total, { at, spend }) => total + (at >= from && at < to && at >= switchedAt ? Math.round(spend) : 0), 0)
  const count = { unit: 'Count', aggregations: ['total'] } as const
  const machine: MetricMachine = {
    resourceId,
    region: 'eastus',
    metrics: {
      OnDemandFunctionExecutionCount: count,
      OnDemandFunctionExecutionUnits: count,
      AlwaysReadyFunctionExecutionCount: count,
      AlwaysReadyFunctionExecutionUnits: count,
      AlwaysReadyUnits: count,
    },
    point(metric, from, to) {
      if (metric === 'OnDemandFunctionExecutionCount') return { total: sum(requests, from, to) }
      return { total: metric === 'OnDemandFunctionExecutionUnits' ? sum(execution, from, to) * 400 * 2_048 : 0 }
    },
  }
  const clock = manualClock(switchedAt + 25 * 60_000)
  await using azure = await localAzure({ providers: monitor({ metrics: [machine], clock }), clock })
  const client = new MetricsQueryClient(azure.credential(), {
    additionalPolicies: [azure.policy()],
    retryOptions: { maxRetries: 0 },
  })
  await using azurite = await startAzurite('cutover')

  const functions = [{ functionName: 'orders', account: '111122223333', region: 'us-east-1', memoryMb: 512 }]
  const look = () =>
    costWatch({
      source: lambdaUsage({ client: cloudWatch, functions, clock }),
      target: functionsUsage({ client, apps: [{ resourceId, region: 'eastus', plan: 'flex' }], clock }),
      prices: priceTable(),
      switchedAt,
      targetTimesSource: 5.7,
      state: blobState(azurite.service.getContainerClient('cutover'), 'cost-watch.json'),
      clock,
    }).look()

  const looks = [await look()]
  for (let hours = 2; hours <= 28; hours += 2) {
    await clock.advance(2 * hour)
    looks.push(await look())
  }

  expect(looks[1]).toMatchObject({ judged: 2, judgement: { state: 'calm' } })
  expect(looks.flatMap(({ judged }) => judged).reduce((all, one) => all + one)).toBe(28)
  const alarms = looks.flatMap((one) => one.alarms)
  expect(alarms).toMatchObject([
    { kind: 'runaway', by: 'slot', since: runawayAt, shares: [{ meter: 'flex/gb-seconds' }, {}] },
  ])
  expect(alarms[0]?.at).toBeLessThan(runawayAt + 5 * hour)
  // Lambda has no datapoint any more; that is no rate of zero.
  expect(looks.at(-1)?.text).toMatch(/^AWS unknown, Azure \$/)
})
