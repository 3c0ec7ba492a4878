// Over HTTP: the costs and the scale of a local Azure that is held to the official descriptions in its own tests.
import { MonitorClient } from '@azure/arm-monitor'
import { MetricsQueryClient } from '@azure/monitor-query'
import { manualClock } from '@cutover/core/testing'
import {
  apply,
  capSpend,
  estimate,
  focusRows,
  isCutoverError,
  priceTable,
  systemClock,
  validateFocus,
} from '@cutover/cost-watch'
import { armMonitorMetrics, azureCostBill, flexCap, functionsUsage } from '@cutover/cost-watch/azure'
import { billingMachine, type Charge } from '@cutover/cost-watch/testing'
import {
  costManagement,
  type CostManagementOptions,
  type LocalAzure,
  localAzure,
  type MetricMachine,
  monitor,
  type SiteMachine,
  sites,
} from '@cutover/local-azure'
import { describe, expect, test } from 'vitest'

const dayMs = 86_400_000
const now = Date.UTC(2026, 10, 20, 12)
const day = (before: number): number => Date.UTC(2026, 10, 20) - before * dayMs
const subscriptionId = '00000000-0000-0000-0000-000000000001'
const appId = `/subscriptions/${subscriptionId}/resourceGroups/local/providers/Microsoft.Web/sites/Orders`

/** What goes to Azure goes to the server; what goes elsewhere must not. */
const fetchFrom =
  (server: LocalAzure) =>
  (url: string, init: RequestInit): Promise<Response> =>
    fetch(url.replace('https://management.azure.com', server.url), init)

const charge = (before: number, meter: string, cost: string, other: Partial<Charge> = {}): Charge => ({
  day: day(before),
  resourceId: appId,
  service: 'Azure Functions',
  meter,
  cost,
  quantity: '100',
  tags: { migration: 'orders' },
  ...other,
})
const charges: readonly Charge[] = [5, 4, 3, 0].flatMap((before) => [
  charge(before, 'On Demand Execution Time', '0.0524'),
  charge(before, 'On Demand Total Executions', '0.4'),
  charge(before, 'Something New', '0.01', { tags: {} }),
])

async function served(options: Partial<CostManagementOptions> = {}, clock = manualClock(now)) {
  const machine = billingMachine({ now: clock.now, charges, lagMs: 4 * 3_600_000 })
  const server = await localAzure({ providers: [costManagement({ machine, ...options })], clock })
  const bill = (other: object = {}) =>
    azureCostBill({
      credential: server.credential(),
      fetch: fetchFrom(server),
      scope: `/subscriptions/${subscriptionId}`,
      clock,
      ...other,
    })
  return { server, bill, clock }
}
const window = { from: day(5), to: day(0) + dayMs }

describe('the bill', () => {
  test('is read by day, resource and meter, on however many pages', async () => {
    const { server, bill } = await served({ pageSize: 2 })
    await using _ = server

    const { rows, incomplete, missing } = await bill().bill(window)

    expect(rows).toHaveLength(9)
    expect(rows.slice(0, 3)).toMatchObject([
      {
        meter: 'flex/gb-seconds',
        cost: { amount: '0.0524', currency: 'USD' },
        resourceId: appId.toLowerCase(),
        account: subscriptionId,
      },
      { meter: 'flex/executions', cost: { amount: '0.4' } },
      { meter: 'Azure: Something New', cost: { amount: '0.01' } },
    ])
    expect(validateFocus(focusRows(rows))).toEqual([])
    // Eight of today's twenty-four hours are there.
    expect(incomplete.map(({ cost }) => cost.amount)).toEqual(['0.0174666667', '0.1333333333', '0.0033333333'])
    expect(missing.map(({ from }) => from)).toEqual([day(2), day(1)])
    expect(server.requests.filter(({ status }) => status === 200)).toHaveLength(6)
  })

  test('is without purchases and refunds', async () => {
    const refund = charge(5, 'On Demand Execution Time', '-9', { type: 'Refund' })
    const clock = manualClock(now)
    const machine = billingMachine({ now: clock.now, charges: [...charges, refund] })
    await using server = await localAzure({ providers: [costManagement({ machine })], clock })
    const bill = azureCostBill({
      credential: server.credential(),
      fetch: fetchFrom(server),
      scope: `/subscriptions/${subscriptionId}/resourceGroups/local`,
      clock,
    })
    const { rows } = await bill.bill({ from: day(5), to: day(4) })
    expect(rows.map(({ cost }) => cost.amount)).toEqual(['0.0524', '0.4', '0.01'])
  })

  test('of a tag is that of this migration', async () => {
    const { server, bill } = await served()
    await using _ = server
    const { rows } = await bill({ tag: { key: 'migration', values: ['orders'] } }).bill(window)
    expect(rows.some(({ meter }) => meter.includes('Something New'))).toBe(false)
  })

  test('is asked for in pieces that the service does not cut', async () => {
    const { server, bill } = await served()
    await using _ = server
    const { rows } = await bill().bill({ from: day(60), to: day(0) })
    expect(rows).toHaveLength(9)
    expect(server.requests).toHaveLength(2)
  })

  test('of the future is refused here, since the service would answer another year', async () => {
    const { server, bill } = await served()
    await using _ = server
    await expect(bill().bill({ from: now, to: now + 3 * dayMs })).rejects.toMatchObject({
      code: 'COST_OPTION_INVALID',
      message: expect.stringMatching(/in the future/),
    })
    expect(server.requests).toEqual([])
  })

  test('of other days than were asked for is refused', async () => {
    // The server's clock stands a year before ours, so that these days are in the future there.
    const late = manualClock(now)
    const shifted = billingMachine({ now: () => now, charges: [charge(370, 'On Demand Execution Time', '1')] })
    const wrong = await localAzure({
      providers: [costManagement({ machine: { charges: shifted.charges, now: () => day(365) } })],
    })
    await using _ = wrong
    await expect(
      azureCostBill({
        credential: wrong.credential(),
        fetch: fetchFrom(wrong),
        scope: `/subscriptions/${subscriptionId}`,
        clock: late,
      }).bill({ from: day(5), to: day(4) }),
    ).rejects.toMatchObject({ code: 'COST_BILL_INVALID', message: expect.stringMatching(/has changed the dates/) })
  })

  test.each([
    ['units', { unitsPerMinute: 1 }],
    ['the entity', { entityPerMinute: 1 }],
    ['the tenant', { tenantPerMinute: 1 }],
    ['the client', { clientPerMinute: 1 }],
  ])('is waited for as long as the quota of %s asks, whose header no general client reads', async (_quota, limits) => {
    const { server, bill, clock } = await served({ limits })
    await using _ = server
    await bill().bill(window)

    const again = bill({ patience: '5m' }).bill(window)
    await waitingFor(() => server.requests.length >= 2)
    await clock.advance(60_000)

    expect((await again).rows).toHaveLength(9)
    expect(server.requests.map(({ status }) => status)).toEqual([200, 429, 200])
  })

  test('is not waited for longer than patience', async () => {
    const { server, bill } = await served({ limits: { tenantPerMinute: 1 } })
    await using _ = server
    await bill().bill(window)
    await expect(bill({ patience: '10s' }).bill(window)).rejects.toMatchObject({
      code: 'COST_THROTTLED',
      next: 'Ask again in 1m.',
    })
  })

  test('has a quota of its own, since it says who asks', async () => {
    const { server, bill } = await served({ limits: { anonymousPerMinute: 0 } })
    await using _ = server
    await expect(bill().bill(window)).resolves.toBeDefined()
  })

  test('is never sent a token elsewhere, wherever the next page is said to be', async () => {
    const asked: string[] = []
    const fetchEvil = (url: string) => {
      asked.push(url)
      const body = { properties: { columns: [], rows: [], nextLink: 'https://evil.example.com/query' } }
      return Promise.resolve(new Response(JSON.stringify(body)))
    }
    const bill = azureCostBill({
      credential: { getToken: async () => ({ token: 'secret' }) },
      fetch: fetchEvil,
      scope: `/subscriptions/${subscriptionId}`,
    })
    await expect(bill.bill({ from: systemClock.now() - dayMs, to: systemClock.now() })).rejects.toMatchObject({
      code: 'COST_BILL_INVALID',
    })
    expect(asked.every((url) => url.startsWith('https://management.azure.com/'))).toBe(true)
  })
})

/** An app on Flex Consumption. */
function flexApp(): SiteMachine & { edit(count: number): void } {
  let scale = { maximumInstanceCount: 100, instanceMemoryMB: 2048, alwaysReady: [{ name: 'http', instanceCount: 2 }] }
  return {
    name: 'orders',
    site: () => ({ enabled: true, state: 'Running', hostNames: [] }),
    start() {},
    stop() {},
    restart() {},
    appSettings: () => ({}),
    putAppSettings() {},
    functions: () => [],
    syncTriggers() {},
    functionAppConfig: () => ({ runtime: { name: 'node', version: '22' }, scaleAndConcurrency: scale }),
    putFunctionAppConfig: (config) => void (scale = config['scaleAndConcurrency'] as typeof scale),
    edit: (maximumInstanceCount) => void (scale = { ...scale, maximumInstanceCount }),
  }
}

describe('the cap', () => {
  const capped = async () => {
    const machine = flexApp()
    const server = await localAzure({ providers: [sites([machine])] })
    const cap = flexCap({
      credential: server.credential(),
      fetch: fetchFrom(server),
      subscriptionId,
      resourceGroup: 'local',
      name: 'orders',
      lateMs: 50,
    })
    return { machine, server, cap, scale: () => machine.functionAppConfig?.()['scaleAndConcurrency'] }
  }

  test('is set and undone, and what else the scale says stays', async () => {
    const { server, cap, scale } = await capped()
    await using _ = server
    const { revert } = await apply(capSpend(cap, { limit: 40 }))
    expect(scale()).toEqual({
      maximumInstanceCount: 40,
      instanceMemoryMB: 2048,
      alwaysReady: [{ name: 'http', instanceCount: 2 }],
    })
    await revert()
    expect(scale()).toMatchObject({ maximumInstanceCount: 100 })
  })

  test('is known to be set when the reply was lost, and not to be when it was refused', async () => {
    const { server, cap, scale } = await capped()
    await using _ = server
    server.failNext('WebApps_Update', 'reply-lost')
    await expect(apply(capSpend(cap, { limit: 40 }))).resolves.toMatchObject({ result: { limit: 40 } })
    server.failNext('WebApps_Update', 'throttled')
    const error = await apply(capSpend(cap, { limit: 20 })).catch((caught: unknown) => caught)
    expect(isCutoverError(error, 'CHANGE_REFUSED')).toBe(true)
    expect(scale()).toMatchObject({ maximumInstanceCount: 40 })
  })

  test('of somebody else is not overwritten', async () => {
    const { server, cap, machine, scale } = await capped()
    await using _ = server
    const { revert } = await apply(capSpend(cap, { limit: 40 }))
    machine.edit(77)
    await expect(revert()).rejects.toMatchObject({ code: 'CHANGE_FOREIGN' })
    expect(scale()).toMatchObject({ maximumInstanceCount: 77 })
  })
})

test('metrics become usage through both official clients', async () => {
  const hour = Date.UTC(2026, 10, 20, 8)
  const total = { unit: 'Count', aggregations: ['total', 'average'] } as const
  const measured: Readonly<Record<string, number>> = {
    OnDemandFunctionExecutionCount: 1_000,
    OnDemandFunctionExecutionUnits: 204_800_000,
  }
  const names = ['AlwaysReadyFunctionExecutionCount', 'AlwaysReadyFunctionExecutionUnits', 'AlwaysReadyUnits']
  const machine: MetricMachine = {
    resourceId: appId,
    region: 'eastus',
    metrics: Object.fromEntries([...Object.keys(measured), ...names].map((name) => [name, total])),
    point: (name, from, to) => (from <= hour && hour < to ? { total: measured[name] ?? 0 } : {}),
  }
  const clock = manualClock(now)
  await using server = await localAzure({ providers: monitor({ metrics: [machine], clock }), clock })
  const options = { additionalPolicies: [server.policy()], retryOptions: { maxRetries: 0 } }
  const clients = [
    new MetricsQueryClient(server.credential(), options),
    armMonitorMetrics(new MonitorClient(server.credential(), subscriptionId, options)),
  ]
  const apps = [{ resourceId: appId, region: 'eastus', plan: 'flex' }] as const
  const [one, other] = await Promise.all(
    clients.map((client) =>
      functionsUsage({ client, apps, clock }).usage({ from: hour - 3_600_000, to: hour + 3_600_000 }),
    ),
  )

  expect(other).toEqual(one)
  // 200 GB-s × 0.000026 + 1,000 ÷ 10 × 0.000004
  expect(estimate(one ?? [], { prices: priceTable() }).mid.amount).toBe('0.0056')
  // The hour before has no value: missing, not idle.
  expect(one?.missing).toHaveLength(5)
})

/** Lets what is on its way over HTTP arrive. */
async function waitingFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await systemClock.sleep(5)
  await systemClock.sleep(20)
}
