// The official clients over HTTP, each under the same contract, against our local Azure: held to the official descriptions in that
// package's own tests.
import { appRequests, functionErrors } from '@cutover/health-checks/azure-monitor'
import { type CountedSide, countSourceConformance, type InMemoryAzureMonitor } from '@cutover/health-checks/testing'
import { type LocalAzure, localAzure, monitor } from '@cutover/local-azure'
import { afterEach, expect, test } from 'vitest'

import { recordedApp } from '../test/sources/azure-side.ts'
import { officialClients } from './official-clients.ts'

const opened: LocalAzure[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

type Clients = ReturnType<typeof officialClients>
type Clock = Parameters<Parameters<typeof recordedApp>[0]>[1]

/** A server over the machine, and a source that reads it through an official client. */
async function served(
  operation: string,
  source: (clients: Clients, machine: InMemoryAzureMonitor, clock: Clock) => CountedSide['source'],
  options?: Parameters<typeof recordedApp>[2],
): Promise<CountedSide> {
  const found: { machine?: InMemoryAzureMonitor; clock?: Clock; server?: LocalAzure } = {}
  const side = recordedApp(
    (machine, clock) => {
      Object.assign(found, { machine, clock })
      return { settleMs: 0, counts: () => Promise.reject(new Error('not yet')) }
    },
    (_, how) =>
      found.server?.failNext(
        operation,
        how === 'throttled' ? 'throttled' : { status: 403, code: 'AuthorizationFailed', message: 'no' },
      ),
    options,
  )
  const { machine, clock } = found
  if (!machine || !clock) throw new Error('recordedApp made no source')
  const server = await localAzure({
    providers: monitor({ metrics: [machine.metricMachine], logs: [machine.logMachine], clock }),
  })
  opened.push(server)
  found.server = server
  return { ...side, source: source(officialClients(server), machine, clock) }
}

const metricsClients = [
  ['MetricsQueryClient of @azure/monitor-query', 'Metrics_List'],
  ['MetricsClient of @azure/monitor-query', 'MetricsBatch_Batch'],
  ['MetricsClient of @azure/monitor-query-metrics', 'MetricsBatch_Batch'],
  ['MonitorClient of @azure/arm-monitor', 'Metrics_List'],
] as const

for (const [name, operation] of metricsClients) {
  const make = () =>
    served(operation, ({ metrics }, { metricMachine: { resourceId } }, clock) =>
      functionErrors({ client: metrics[name], resourceId, clock }),
    )
  for (const { name: rule, run } of countSourceConformance(make)) test(`${name} ${rule}`, run)
}

const logsClients = ['LogsQueryClient of @azure/monitor-query', 'LogsQueryClient of @azure/monitor-query-logs'] as const

for (const name of logsClients) {
  const ofWorkspace = () =>
    served(
      'Query_Execute',
      ({ logs }, { logMachine: { workspaceId } }, clock) =>
        appRequests({ client: logs[name], workspaceId, app: 'orders', slowerThan: '300ms', clock }),
      { slow: true, itemCount: 5 },
    )
  const ofResource = () =>
    served(
      'Query_ResourceExecute',
      ({ logs }, { metricMachine: { resourceId } }, clock) =>
        appRequests({ client: logs[name], resourceId, slowerThan: '300ms', clock }),
      { slow: true },
    )
  for (const { name: rule, run } of countSourceConformance(ofWorkspace)) test(`${name} ${rule}`, run)
  for (const { name: rule, run } of countSourceConformance(ofResource)) test(`${name}, of a resource, ${rule}`, run)

  test(`${name} is left when it is aborted, though it may not listen`, async () => {
    const { source, start } = await ofWorkspace()
    opened.at(-1)?.failNext('Query_Execute', 'slow')
    const stop = new AbortController()
    const reason = new Error('enough')

    const counting = source.counts({ from: start, to: start + 60_000 }, { signal: stop.signal })
    setTimeout(() => stop.abort(reason), 50)

    await expect(counting).rejects.toBe(reason)
  })
}

for (const [name, operation] of metricsClients) {
  test(`a gateway’s error without a body can be asked again, whatever ${name} makes of it`, async () => {
    const { source, start } = await served(operation, ({ metrics }, { metricMachine: { resourceId } }, clock) =>
      functionErrors({ client: metrics[name], resourceId, clock }),
    )
    opened.at(-1)?.failNext(operation, 'empty-error')

    await expect(source.counts({ from: start, to: start + 60_000 })).rejects.toMatchObject({
      code: 'HEALTH_SOURCE_UNAVAILABLE',
      retryable: true,
    })
  })
}
