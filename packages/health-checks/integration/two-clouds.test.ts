// One verdict over two clouds: CloudWatch through the AWS SDK, Azure Monitor through @azure/monitor-query, both over HTTP on services
// with their lags, the time virtual.
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { fakeWorld } from '@cutover/core/testing'
import { healthGate, type Verdict } from '@cutover/health-checks'
import { functionErrors } from '@cutover/health-checks/azure-monitor'
import { lambdaErrors } from '@cutover/health-checks/cloudwatch'
import {
  type Degradation,
  inMemoryAzureMonitor,
  inMemoryCloudWatch,
  scriptedTraffic,
} from '@cutover/health-checks/testing'
import { localAzure, monitor } from '@cutover/local-azure'
import { afterEach, expect, test } from 'vitest'

import { contextOf } from '../test/context.ts'
import { serveCloudWatch } from './cloudwatch-server.ts'
import { officialClients } from './official-clients.ts'

const minute = 60_000
const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server[Symbol.asyncDispose]()
})

/** Looks once a minute until the verdict is final, or two hours are over. */
async function decide(degradations: readonly Degradation[]) {
  const world = fakeWorld()
  const { clock } = world
  const start = clock.now()
  const cloudWatch = inMemoryCloudWatch(world)
  const azure = inMemoryAzureMonitor(world)
  const traffic = scriptedTraffic({ seed: 7, minutes: 150, historyMinutes: 360, startAt: start, degradations })
  cloudWatch.recordLambda('orders', traffic.source)
  azure.recordRequests(traffic.target)
  const aws = await serveCloudWatch(cloudWatch.client)
  const arm = await localAzure({ providers: monitor({ metrics: [azure.metricMachine], clock }) })
  opened.push(aws, arm)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new CloudWatch({ endpoint: aws.endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 })
  const gate = healthGate({
    source: lambdaErrors({ client, functionName: 'orders', timeout: '30s', clock }),
    target: functionErrors({
      client: officialClients(arm).metrics['MetricsQueryClient of @azure/monitor-query'],
      resourceId: azure.metricMachine.resourceId,
      clock,
    }),
  })
  const verdicts: Verdict[] = []
  for (let i = 0; i < 130; i++) {
    const verdict = await gate.look(contextOf(world))
    verdicts.push(verdict)
    if (verdict.kind === 'rollback' || verdict.kind === 'promote') break
    await world.advance(minute)
  }
  return { last: verdicts.at(-1), afterMinutes: (clock.now() - start) / minute, verdicts }
}

test('a target that is as good is promoted', async () => {
  const { last, verdicts } = await decide([])

  expect(last?.kind).toBe('promote')
  expect(verdicts.some(({ kind }) => kind === 'rollback')).toBe(false)
  expect(verdicts.length).toBeGreaterThan(5)
})

test('one that is five times as bad from minute 3 on is rolled back, though the metrics come late', async () => {
  const { last, afterMinutes } = await decide([{ kind: 'errors', fromMinute: 3, times: 5 }])

  expect(last?.kind).toBe('rollback')
  expect(afterMinutes).toBeLessThan(30)
})

test('one that takes no traffic is neither promoted nor rolled back: its zeros may be late', async () => {
  const { last, verdicts } = await decide([{ kind: 'silent', fromMinute: 0 }])

  expect(verdicts.some(({ kind }) => kind === 'promote' || kind === 'rollback')).toBe(false)
  expect(last?.kind).toBe('undecided')
})
