import { MonitorClient } from '@azure/arm-monitor'
import {
  LogsQueryClient as OldLogsQueryClient,
  MetricsClient as OldMetricsClient,
  MetricsQueryClient,
} from '@azure/monitor-query'
import { LogsQueryClient } from '@azure/monitor-query-logs'
import { MetricsClient } from '@azure/monitor-query-metrics'
import { type LocalAzure, localAzure, monitor, sites } from '@cutover/local-azure'
import { afterEach, expect, test } from 'vitest'

import { measuredOrders, ordersId, subscriptionId, watched, workspace, workspaceId } from './monitor-machines.ts'
import { monitorDescribed, officialDescriptions } from './official-descriptions.ts'
import { orders } from './orders.ts'
import { failure } from './serve.ts'

const descriptions = await officialDescriptions(monitorDescribed)
const now = Date.UTC(2026, 10, 20, 2)
const clock = { now: () => now, monotonic: () => 0, sleep: () => Promise.resolve() }
const [startTime, endTime] = [new Date(0), new Date(180_000)]

const opened: LocalAzure[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) {
    await server.close()
    if (server.complaints.length > 0) throw new Error(JSON.stringify(server.complaints))
  }
})

async function serve() {
  const watching = monitor({ metrics: [measuredOrders], logs: [workspace], alerts: [watched(now)], clock })
  const server = await localAzure({
    providers: [sites([orders()]), ...watching],
    clock,
    ...(descriptions ? { descriptions } : {}),
  })
  opened.push(server)
  const options = { additionalPolicies: [server.policy()], retryOptions: { maxRetries: 0 } }
  return { server, options, credential: server.credential() }
}

async function listed<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of pages) all.push(one)
  return all
}

const endpoint = 'https://westeurope.metrics.monitor.azure.com'
const wanted = [
  { timeStamp: new Date(0), total: 10 },
  { timeStamp: new Date(60_000), total: 0 },
  { timeStamp: new Date(120_000) },
]

test('the client that is deprecated reads metrics', async () => {
  const { options, credential } = await serve()
  const client = new MetricsQueryClient(credential, options)

  const { metrics, granularity } = await client.queryResource(ordersId, ['Requests', 'Http5xx'], {
    timespan: { startTime, endTime },
    granularity: 'PT1M',
    aggregations: ['Total'],
  })

  expect(granularity).toBe('PT1M')
  expect(metrics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['Requests', 'Success'],
    ['Http5xx', 'Success'],
  ])
  expect(metrics[0]?.timeseries[0]?.data).toMatchObject(wanted)
  expect(metrics[0]?.timeseries[0]?.data?.[2]?.total).toBeUndefined()
})

test('the management client reads metrics', async () => {
  const { options, credential } = await serve()
  const client = new MonitorClient(credential, subscriptionId, options)

  const { value } = await client.metrics.list(ordersId, {
    timespan: `${startTime.toISOString()}/${endTime.toISOString()}`,
    interval: 'PT1M',
    metricnames: 'Requests,HttpResponseTime',
    aggregation: 'total,average',
  })

  expect(value[0]?.timeseries[0]?.data).toMatchObject(wanted)
  expect(value[1]?.timeseries[0]?.data?.[0]).toMatchObject({ average: 0.25 })
  expect(value[1]?.timeseries[0]?.data?.[0]?.total).toBeUndefined()
})

test.each([
  ['old', OldMetricsClient],
  ['new', MetricsClient],
] as const)('the %s batch client reads metrics of its region', async (_, Client) => {
  const { options, credential } = await serve()
  const client = new Client(endpoint, credential, options)

  const [result] = await client.queryResources([ordersId], ['Requests'], 'Microsoft.Web/sites', {
    startTime,
    endTime,
    interval: 'PT1M',
    aggregation: 'total',
  })

  expect(result?.metrics[0]?.name).toBe('Requests')
  expect(result?.metrics[0]?.timeseries[0]?.data).toMatchObject(wanted)
})

test('a region that is not the resource’s own refuses it', async () => {
  const { options, credential } = await serve()
  const client = new MetricsClient('https://eastus.metrics.monitor.azure.com', credential, options)

  const refused = await failure(
    client.queryResources([ordersId], ['Requests'], 'Microsoft.Web/sites', { startTime, endTime }),
  )

  expect(refused).toMatchObject({ statusCode: 400 })
})

test('a batch of more than 50 is refused', async () => {
  const { options, credential } = await serve()
  const client = new OldMetricsClient(endpoint, credential, options)
  const many = Array.from({ length: 51 }, () => ordersId)

  const refused = await failure(
    client.queryResources(many, ['Requests'], 'Microsoft.Web/sites', { startTime, endTime }),
  )

  expect(refused).toMatchObject({ statusCode: 400, message: expect.stringMatching(/51.*50/) })
})

test('a metric that there is not is an error of the request, and in a batch one of the metric', async () => {
  const { options, credential } = await serve()

  const refused = await failure(
    new MetricsQueryClient(credential, options).queryResource(ordersId, ['Nonsense'], {
      timespan: { startTime, endTime },
    }),
  )
  const [result] = await new OldMetricsClient(endpoint, credential, options).queryResources(
    [ordersId],
    ['Nonsense'],
    'Microsoft.Web/sites',
    { startTime, endTime },
  )

  expect(refused).toMatchObject({ statusCode: 400, code: 'BadRequest' })
  expect(result?.metrics[0]).toMatchObject({ errorCode: 'InvalidMetric', timeseries: [] })
})

test.each([
  ['old', OldLogsQueryClient],
  ['new', LogsQueryClient],
] as const)('the %s client of logs queries a workspace and a resource', async (_, Client) => {
  const { options, credential } = await serve()
  const client = new Client(credential, options)

  const whole = await client.queryWorkspace(workspaceId, 'AppRequests', { startTime, endTime })
  const ofResource = await client.queryResource(ordersId, 'AppRequests', { startTime, endTime })
  const partial = await client.queryWorkspace(workspaceId, 'partly', { startTime, endTime })
  const refused = await failure(client.queryWorkspace(workspaceId, 'bad', { startTime, endTime }))
  const unknown = await failure(
    client.queryWorkspace('22222222-0000-0000-0000-000000000001', 'AppRequests', { startTime, endTime }),
  )

  expect(whole).toMatchObject({ status: 'Success', tables: [{ rows: [[startTime, 42]] }] })
  expect(ofResource).toMatchObject({ status: 'Success' })
  expect(partial).toMatchObject({ status: 'PartialFailure', partialTables: [{ rows: [[startTime, 42]] }] })
  expect(refused).toMatchObject({ statusCode: 400 })
  expect(unknown).toMatchObject({ statusCode: 404 })
})

test('a token for Resource Manager is none for logs', async () => {
  const { server, options } = await serve()
  const real = server.credential()
  const wrong = { getToken: () => real.getToken('https://management.azure.com/.default') }

  const refused = await failure(
    new LogsQueryClient(wrong, options).queryWorkspace(workspaceId, 'x', { startTime, endTime }),
  )

  expect(refused).toMatchObject({ statusCode: 401 })
})

test('rules, their status and who is told are read', async () => {
  const { options, credential } = await serve()
  const client = new MonitorClient(credential, subscriptionId, options)

  const rules = await listed(client.metricAlerts.listByResourceGroup('local'))
  const logRules = await listed(client.scheduledQueryRules.listByResourceGroup('local'))
  const groups = await listed(client.actionGroups.listByResourceGroup('local'))
  const night = await client.actionGroups.get('local', 'night')
  const noGroup = await failure(client.actionGroups.get('local', 'none'))
  const known = await client.metricAlertsStatus.list('local', 'errors')
  const unknown = await client.metricAlertsStatus.list('local', 'new')
  const missing = await failure(client.metricAlertsStatus.list('local', 'none'))

  expect(rules.map(({ name, enabled, scopes }) => [name, enabled, scopes])).toEqual([
    ['errors', true, [ordersId]],
    ['new', false, [ordersId]],
  ])
  expect(rules[0]?.actions?.[0]?.actionGroupId).toMatch(/actionGroups\/night$/)
  expect(logRules).toMatchObject([
    { name: 'slow', enabled: true, actions: { actionGroups: [expect.stringMatching(/night$/)] } },
  ])
  expect(groups).toMatchObject([{ enabled: true, emailReceivers: [{ name: 'duty', status: 'Enabled' }] }])
  expect(known.value).toMatchObject([{ properties: { status: 'Healthy', timestamp: new Date(now) } }])
  expect(unknown.value).toEqual([])
  expect(missing).toMatchObject({ statusCode: 404 })
  expect(night).toMatchObject({ name: 'night', enabled: true })
  expect(noGroup).toMatchObject({ statusCode: 404 })
})

test('alerts of the past day are listed unless a longer time is asked for', async () => {
  const { server } = await serve()
  const { token } = await server.credential().getToken('https://management.azure.com/.default')
  const list = async (more: string) => {
    const url = `${server.url}/subscriptions/${subscriptionId}/providers/Microsoft.AlertsManagement/alerts?api-version=2019-03-01${more}`
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    return ((await response.json()) as { value: { id: string }[] }).value.map(({ id }) => id.slice(-2))
  }

  expect(await list('')).toEqual(['a1', 'a2'])
  expect(await list('&timeRange=30d&monitorCondition=Fired')).toEqual(['a1', 'a3'])
})

test('what a data plane does is not to be had from Resource Manager', async () => {
  const { server } = await serve()
  const { token } = await server.credential().getToken('https://management.azure.com/.default')

  const response = await fetch(
    `${server.url}/subscriptions/${subscriptionId}/metrics:getBatch?api-version=2024-02-01`,
    { method: 'POST', body: '{}', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
  )

  expect(response.status).toBe(501)
})

test.skipIf(!descriptions)('every operation that is described was held to its description', () => {
  expect([...(descriptions?.checked ?? [])].sort()).toEqual(['MetricsBatch_Batch', 'Metrics_List', 'Query_Execute'])
})
