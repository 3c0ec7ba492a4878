import { fakeWorld } from '@cutover/core/testing'
import { appRequests, functionErrors } from '@cutover/health-checks/azure-monitor'
import { lambdaErrors } from '@cutover/health-checks/cloudwatch'
import {
  type CountedSide,
  countSourceConformance,
  type InMemoryAzureMonitor,
  inMemoryCloudWatch,
} from '@cutover/health-checks/testing'
import { test } from 'vitest'

import { recordedApp, refusals } from './azure-side.ts'

const minute = 60_000

const fail = (machine: InMemoryAzureMonitor, how: 'throttled' | 'denied') => machine.failNext(refusals[how]())

const sides: Readonly<Record<string, () => CountedSide>> = {
  CloudWatch: () => {
    const world = fakeWorld()
    const { clock } = world
    const service = inMemoryCloudWatch(world, { pageSize: 9 })
    const start = clock.now() - 120 * minute
    const recorded = Array.from({ length: 10 }, (_, i) => ({ total: 40 + i, bad: i, slow: 2 }))
    service.recordLambda(
      'orders',
      recorded.map((one, i) => ({ from: start + i * minute, to: start + (i + 1) * minute, ...one })),
    )
    service.lose(start + 3 * minute, start + 4 * minute)
    return {
      source: lambdaErrors({ client: service.client, functionName: 'orders', slowerThan: '300ms', clock }),
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
  },
  MetricsQueryClient: () =>
    recordedApp(
      ({ metricsQueryClient: client, metricMachine: { resourceId } }, clock) =>
        functionErrors({ client, resourceId, clock }),
      fail,
    ),
  MetricsClient: () =>
    recordedApp(
      (machine, clock) =>
        functionErrors({
          client: machine.metricsClient('westeurope'),
          resourceId: machine.metricMachine.resourceId,
          clock,
        }),
      fail,
    ),
  MonitorClient: () =>
    recordedApp(
      ({ monitorClient: client, metricMachine: { resourceId } }, clock) =>
        functionErrors({ client, resourceId, clock }),
      fail,
    ),
  LogsQueryClient: () =>
    recordedApp(
      ({ logsQueryClient: client, logMachine: { workspaceId } }, clock) =>
        appRequests({ client, workspaceId, app: 'orders', slowerThan: '300ms', clock }),
      fail,
      { slow: true },
    ),
  'LogsQueryClient of a resource, sampled': () =>
    recordedApp(
      ({ logsQueryClient: client, metricMachine: { resourceId } }, clock) =>
        appRequests({ client, resourceId, slowerThan: '300ms', clock }),
      fail,
      { slow: true, itemCount: 5 },
    ),
}

for (const [side, make] of Object.entries(sides)) {
  for (const { name, run } of countSourceConformance(make)) test(`${side} ${name}`, run)
}
