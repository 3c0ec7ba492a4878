import { type CostCharge, type CostManagementOptions, costManagement, localAzure } from '@cutover/local-azure'
import { describe, expect, test } from 'vitest'

import { costDescribed, officialDescriptions } from './official-descriptions.ts'
import { send } from './serve.ts'

const described = await officialDescriptions(costDescribed)
const app = (server: { subscriptionId: string }, name = 'Orders') =>
  `/subscriptions/${server.subscriptionId}/resourceGroups/local/providers/Microsoft.Web/sites/${name}`
const now = Date.UTC(2026, 10, 20, 12)

const charge = (day: string, other: Partial<CostCharge> = {}): CostCharge => ({
  day,
  resourceId: app({ subscriptionId: '00000000-0000-0000-0000-000000000001' }),
  meter: 'On Demand Execution Time',
  cost: '0.0524',
  quantity: '2015.3846',
  currency: 'USD',
  tags: { migration: 'orders' },
  ...other,
})

async function serve(charges: readonly CostCharge[], options: Partial<CostManagementOptions> = {}) {
  const time = { now }
  const machine = { charges: () => charges, now: () => time.now }
  const server = await localAzure({
    providers: [costManagement({ machine, ...options })],
    ...(described ? { descriptions: described } : {}),
  })
  return { server, time }
}
type Server = Awaited<ReturnType<typeof serve>>['server']

const query = (from: string, to: string, dataset: object = {}) => ({
  type: 'ActualCost',
  timeframe: 'Custom',
  timePeriod: { from: `${from}T00:00:00+00:00`, to: `${to}T23:59:59+00:00` },
  dataset: {
    granularity: 'Daily',
    aggregation: { totalCost: { name: 'Cost', function: 'Sum' }, quantity: { name: 'UsageQuantity', function: 'Sum' } },
    grouping: [
      { type: 'Dimension', name: 'ResourceId' },
      { type: 'Dimension', name: 'Meter' },
    ],
    ...dataset,
  },
})
const ask = (server: Server, body: object, headers: Record<string, string> = { ClientType: 'test' }, path?: string) =>
  send(
    server,
    'POST',
    path ?? `/subscriptions/${server.subscriptionId}/providers/Microsoft.CostManagement/query?api-version=2022-10-01`,
    { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } },
  )
interface Found {
  readonly columns: readonly { readonly name: string }[]
  readonly rows: readonly (readonly unknown[])[]
  readonly nextLink?: string
}
const found = ({ body }: { readonly body: unknown }): Found => (body as { properties: Found }).properties

test('costs are summed by day, resource and meter; days are numbers, ids are small', async () => {
  const { server } = await serve([charge('2026-11-18'), charge('2026-11-18', { cost: '0.01' }), charge('2026-11-19')])
  await using _ = server
  const { columns, rows } = found(await ask(server, query('2026-11-18', '2026-11-19')))
  expect(columns.map(({ name }) => name)).toEqual([
    'Cost',
    'UsageQuantity',
    'UsageDate',
    'ResourceId',
    'Meter',
    'Currency',
  ])
  expect(rows).toEqual([
    [0.0624, 4030.7692, 20261118, app(server).toLowerCase(), 'On Demand Execution Time', 'USD'],
    [0.0524, 2015.3846, 20261119, app(server).toLowerCase(), 'On Demand Execution Time', 'USD'],
  ])
  expect(server.complaints).toEqual([])
})

test.skipIf(!described)('the official description is asked, and refuses what it does not know', async () => {
  const { server } = await serve([])
  await using _ = server
  await ask(server, query('2026-11-18', '2026-11-19'))
  expect(described?.checked).toContain('Query_Usage')
  const bad = { ...query('2026-11-18', '2026-11-19'), timePeriod: { from: 'yesterday' } }
  expect(await ask(server, bad)).toMatchObject({ status: 400 })
  expect(server.complaints.length).toBeGreaterThan(0)
})

test('pages follow each other', async () => {
  const days = ['2026-11-17', '2026-11-18', '2026-11-19']
  const { server } = await serve(
    days.map((day) => charge(day)),
    { pageSize: 2 },
  )
  await using _ = server
  const first = found(await ask(server, query('2026-11-17', '2026-11-19')))
  expect([first.rows.length, first.nextLink]).toEqual([
    2,
    expect.stringMatching(/^https:\/\/management.azure.com\/.*skiptoken=2$/),
  ])
  const next = new URL(first.nextLink ?? '')
  const second = found(await ask(server, query('2026-11-17', '2026-11-19'), undefined, next.pathname + next.search))
  expect([second.rows.map((row) => row[2]), second.nextLink]).toEqual([[20261119], undefined])
})

describe('without a word it changes', () => {
  const days = ['2025-11-21', '2026-10-01', '2026-10-31', '2026-11-01', '2026-11-19']
  test.each([
    ['swapped dates', '2026-11-19', '2026-11-01', [20261101, 20261119]],
    ['dates in the future', '2026-11-21', '2026-11-21', [20251121]],
    ['more than 31 days', '2026-10-01', '2026-11-19', [20261001, 20261031]],
  ])('%s', async (_what, from, to, answered) => {
    const { server } = await serve(days.map((day) => charge(day)))
    await using _ = server
    const { rows } = found(await ask(server, query(from, to)))
    expect(rows.map((row) => row[2])).toEqual(answered)
  })
})

test.each([
  [
    'three groupings',
    { grouping: ['ResourceId', 'Meter', 'ResourceGroupName'].map((name) => ({ type: 'Dimension', name })) },
  ],
  ['a column that there is not', { grouping: [{ type: 'Dimension', name: 'Colour' }] }],
])('%s are refused', async (_what, dataset) => {
  const { server } = await serve([])
  await using _ = server
  expect(await ask(server, query('2026-11-18', '2026-11-19', dataset))).toMatchObject({ status: 400 })
})

test('it remembers 37 months', async () => {
  const { server } = await serve([])
  await using _ = server
  expect(await ask(server, query('2020-01-01', '2020-01-02'))).toMatchObject({ status: 400 })
})

test('a filter by tag, and a resource group, leave out what is not theirs', async () => {
  const other = charge('2026-11-18', { resourceId: '/subscriptions/x/resourceGroups/other/providers/a/b/c', tags: {} })
  const { server } = await serve([charge('2026-11-18'), other])
  await using _ = server
  const tags = { filter: { tags: { name: 'migration', operator: 'In', values: ['orders'] } } }
  expect(found(await ask(server, query('2026-11-18', '2026-11-18', tags))).rows).toHaveLength(1)
  const path = `/subscriptions/${server.subscriptionId}/resourceGroups/local/providers/Microsoft.CostManagement/query?api-version=2022-10-01`
  expect(found(await ask(server, query('2026-11-18', '2026-11-18'), undefined, path)).rows).toHaveLength(1)
})

describe('each quota has a header of its own', () => {
  const body = query('2026-11-18', '2026-11-18')
  const header = (name: string) => `x-ms-ratelimit-microsoft.costmanagement-${name}-retry-after`
  test.each([
    ['qpu', { unitsPer10Seconds: 1 }, '10'],
    ['entity', { entityPerMinute: 1 }, '60'],
    ['tenant', { tenantPerMinute: 1 }, '60'],
    ['clienttype', { clientPerMinute: 1 }, '60'],
  ])('%s', async (name, limits, seconds) => {
    const { server, time } = await serve([charge('2026-11-18')], { limits })
    await using _ = server
    await ask(server, body)
    const throttled = await ask(server, body)
    expect([throttled.status, throttled.headers.get(header(name)), throttled.headers.get('retry-after')]).toEqual([
      429,
      seconds,
      null,
    ])
    time.now += Number(seconds) * 1_000
    expect((await ask(server, body)).status).toBe(200)
  })

  test('who does not say a ClientType shares one with all the world', async () => {
    const { server } = await serve([charge('2026-11-18')])
    await using _ = server
    expect((await ask(server, body, {})).status).toBe(200)
    expect((await ask(server, body, {})).headers.get(header('clienttype'))).toBe('60')
    expect((await ask(server, body)).status).toBe(200)
  })
})

test('a page of no rows makes no sense', () => {
  const machine = { charges: () => [], now: () => now }
  expect(() => costManagement({ machine, pageSize: 0 })).toThrow(/pageSize is 0/)
})
