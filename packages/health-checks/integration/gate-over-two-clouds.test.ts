// The source counted by CloudWatch of moto, the target by Azure Monitor of our local server, through the official clients: one verdict.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { fakeWorld } from '@cutover/core/testing'
import { type CountBucket, healthGate, replayGate, systemClock } from '@cutover/health-checks'
import { functionErrors } from '@cutover/health-checks/azure-monitor'
import { lambdaErrors } from '@cutover/health-checks/cloudwatch'
import { inMemoryAzureMonitor, scriptedTraffic } from '@cutover/health-checks/testing'
import { localAzure, monitor } from '@cutover/local-azure'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

import { type Moto, noMoto, startMoto } from './moto.ts'
import { officialClients } from './official-clients.ts'

const minute = 60_000
/** Longer than either service takes to settle. */
const settled = 15

describe.skipIf(noMoto)('a gate over CloudWatch and Azure Monitor', () => {
  let moto: Moto
  let client: CloudWatch
  beforeAll(async () => {
    moto = await startMoto()
    // moto does not read compressed requests.
    client = new CloudWatch({ ...moto.client, disableRequestCompression: true })
  })
  afterAll(() => moto[Symbol.asyncDispose]())

  async function record(FunctionName: string, buckets: readonly CountBucket[]): Promise<void> {
    const datum = (MetricName: string, Value: number, from: number) => ({
      MetricName,
      Value,
      Timestamp: new Date(from),
      Dimensions: [{ Name: 'FunctionName', Value: FunctionName }],
    })
    const data = buckets.flatMap(({ from, total, bad }) => [
      datum('Invocations', total, from),
      datum('Errors', bad, from),
    ])
    for (let i = 0; i < data.length; i += 500)
      await client.putMetricData({ Namespace: 'AWS/Lambda', MetricData: data.slice(i, i + 500) })
  }

  test.each([
    ['as-good', 1, 'promote'],
    ['ill', 3, 'rollback'],
  ] as const)('a target that is %s', async (functionName, times, kind) => {
    const now = Math.floor(systemClock.now() / minute) * minute
    const startAt = now - (60 + settled) * minute
    const world = fakeWorld({ startAt: now })
    const traffic = scriptedTraffic({
      seed: 3,
      minutes: 60,
      startAt,
      historyMinutes: 120,
      degradations: [{ kind: 'errors', times, fromMinute: 0 }],
    })
    await record(functionName, traffic.source)
    const machine = inMemoryAzureMonitor(world)
    machine.recordRequests(traffic.target)
    const server = await localAzure({ providers: monitor({ metrics: [machine.metricMachine], clock: world.clock }) })
    onTestFinished(() => server.close())
    const gate = healthGate({
      source: lambdaErrors({ client, functionName, clock: world.clock }),
      target: functionErrors({
        client: officialClients(server).metrics['MetricsQueryClient of @azure/monitor-query'],
        resourceId: machine.metricMachine.resourceId,
        clock: world.clock,
      }),
      since: startAt,
      horizon: '1h',
    })

    const verdict = await gate.look(world)

    expect(verdict).toMatchObject({ kind, guarantee: 'dispersion-calibrated', evidence: [{ intervals: 60, gaps: 0 }] })
    const sum = (side: readonly CountBucket[], field: 'total' | 'bad'): number =>
      side.filter(({ from }) => from >= startAt).reduce((all, bucket) => all + bucket[field], 0)
    expect(verdict.evidence[0]).toMatchObject({
      source: { total: sum(traffic.source, 'total'), bad: sum(traffic.source, 'bad') },
      target: { total: sum(traffic.target, 'total'), bad: sum(traffic.target, 'bad') },
    })
    const snapshot = gate.snapshot()
    expect(snapshot && replayGate(snapshot).at(-1)).toEqual(verdict)
  })
})
