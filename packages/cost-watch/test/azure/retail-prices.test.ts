import { fakeWorld } from '@cutover/core/testing'
import { estimate, priceTable } from '@cutover/cost-watch'
import { retailPrices } from '@cutover/cost-watch/azure'
import { inMemoryRetailPrices } from '@cutover/cost-watch/testing'
import { expect, test } from 'vitest'

import { azureUsage } from '../usage.ts'

type Item = Readonly<Record<string, unknown>>

const item = (meterName: string, retailPrice: number, other: Item = {}): Item => ({
  currencyCode: 'USD',
  tierMinimumUnits: 0,
  retailPrice,
  unitPrice: retailPrice,
  armRegionName: 'eastus',
  location: 'US East',
  effectiveStartDate: '2026-01-01T00:00:00Z',
  meterName,
  skuId: 'DZH318Z0BQPS/00TG',
  productName: 'Flex Consumption',
  skuName: 'On Demand',
  serviceName: 'Functions',
  serviceFamily: 'Compute',
  unitOfMeasure: '1 GB Second',
  type: 'Consumption',
  isPrimaryMeterRegion: true,
  armSkuName: '',
  ...other,
})
const ten = { unitOfMeasure: '10' }
const items: readonly Item[] = [
  item('On Demand Execution Time', 0),
  item('On Demand Execution Time', 0.000026, { tierMinimumUnits: 100_000 }),
  item('On Demand Total Executions', 0, ten),
  item('On Demand Total Executions', 0.000004, { ...ten, tierMinimumUnits: 25_000 }),
  item('Always Ready Baseline', 0.000004, { skuName: 'Always Ready' }),
  // Not what is asked for: a reservation, a secondary region, a price that begins next year, a region's own.
  item('Always Ready Baseline', 9, { skuName: 'Always Ready', type: 'Reservation' }),
  item('Always Ready Baseline', 9, { skuName: 'Always Ready', isPrimaryMeterRegion: false }),
  item('Always Ready Baseline', 9, { skuName: 'Always Ready', effectiveStartDate: '2027-01-01T00:00:00Z' }),
  item('Always Ready Baseline', 9, { skuName: 'Always Ready', armRegionName: 'uksouth' }),
  ...[0, 51_200, 512_000].map((tierMinimumUnits, at) =>
    item('Hot LRS Data Stored', [0.0208, 0.019968, 0.019136][at] ?? 0, {
      tierMinimumUnits,
      serviceName: 'Storage',
      productName: 'General Block Blob v2',
      skuName: 'Hot LRS',
      unitOfMeasure: '1 GB/Month',
    }),
  ),
  item('Hot LRS Write Operations', 0.05, {
    serviceName: 'Storage',
    productName: 'General Block Blob v2',
    skuName: 'Hot LRS',
    unitOfMeasure: '10K',
  }),
  // Sold by the month here, counted by the hour by us: not the same thing.
  item('Standard Base Unit', 10, {
    serviceName: 'Service Bus',
    productName: 'Service Bus',
    skuName: 'Standard',
    unitOfMeasure: '1/Month',
  }),
]
const setUp = (options: Partial<Parameters<typeof inMemoryRetailPrices>[1]> = {}) => {
  const world = fakeWorld()
  const service = inMemoryRetailPrices(world, { items, ...options })
  const read = (other: object = {}) =>
    retailPrices({ fetch: service.fetch, regions: ['eastus'], clock: world.clock, ...other })
  return { world, service, read }
}

test('tens are tens: steps and prices are counted in what is sold', async () => {
  const book = await setUp().read()
  expect(book.price('flex/executions', 'eastus')).toMatchObject({
    per: '10',
    tiers: [{ above: '0', price: '0.000004' }],
    free: { quantity: '250000', pool: 'flex/executions' },
    asOf: '2026-01-01',
  })
  expect(book.price('blob/operations/write', 'eastus')).toMatchObject({ per: '10000', tiers: [{ price: '0.05' }] })
})

test('it prices as the table does, where both say the same', async () => {
  const rows = [
    azureUsage('flex/executions', 2_250_010),
    azureUsage('flex/gb-seconds', 300_000),
    azureUsage('flex/always-ready/baseline-gb-seconds', 5_184_000),
    azureUsage('blob/gb-months/hot-lrs', 55_000),
  ]
  const cost = (prices: Awaited<ReturnType<typeof retailPrices>>) => estimate(rows, { prices, accounts: 'complete' })
  const ours = cost(await setUp().read())
  expect(ours.mid).toEqual(cost(priceTable()).mid)
  expect(ours.unpriced).toEqual([])
})

test('every page is read', async () => {
  const { read, service } = setUp({ pageSize: 1 })
  const book = await read()
  expect(book.price('blob/gb-months/hot-lrs', 'eastus')?.tiers).toHaveLength(3)
  expect(service.requests.some((url) => url.includes('skip=3'))).toBe(true)
})

test('what is not listed, or is sold otherwise, is unpriced', async () => {
  const book = await setUp().read()
  expect(book.price('service-bus/base-hours', 'eastus')).toBeUndefined()
  expect(book.price('premium/vcpu-hours', 'eastus')).toBeUndefined()
  expect(book.price('flex/gb-seconds', 'westeurope')).toBeUndefined()
})

test('throttled, it waits as long as it is told, and then goes on', async () => {
  const { read, world } = setUp({ mostPerMinute: 3, retryAfterSeconds: 60 })
  const before = world.clock.now()
  const book = await world.runUntil(read({ patience: '10m' }))
  expect(book.price('flex/gb-seconds', 'eastus')).toBeDefined()
  expect(world.clock.now() - before).toBeGreaterThanOrEqual(60_000)
})

test('it is not more patient than it was told to be', async () => {
  const { read } = setUp({ mostPerMinute: 0 })
  await expect(read({ patience: '30s' })).rejects.toMatchObject({ code: 'COST_THROTTLED', next: 'Ask again in 1m.' })
})

test('another currency than was asked for is refused', async () => {
  const { read } = setUp({ currency: 'EUR' })
  await expect(read()).rejects.toMatchObject({
    code: 'COST_PRICES_INVALID',
    message: expect.stringMatching(/answered in EUR/),
  })
})

test('a next page elsewhere is not asked for', async () => {
  const asked: string[] = []
  const body = JSON.stringify({ BillingCurrency: 'USD', Items: [], NextPageLink: 'http://169.254.169.254/latest' })
  const fetch = async (url: string) => {
    asked.push(url)
    return new Response(body)
  }
  await expect(retailPrices({ fetch, regions: ['eastus'] })).rejects.toMatchObject({ code: 'COST_PRICES_INVALID' })
  expect(asked).toHaveLength(1)
})

test('no digit is lost on the way', async () => {
  const world = fakeWorld()
  const body = JSON.stringify({
    BillingCurrency: 'USD',
    Items: [item('On Demand Execution Time', 7)],
    NextPageLink: null,
  })
  const fetch = async () => ({
    status: 200,
    headers: { get: () => null, forEach: () => {} },
    text: async () => body.replace('"retailPrice":7', '"retailPrice":0.0000260000000000000001'),
  })
  const book = await retailPrices({ fetch, regions: ['eastus'], clock: world.clock })
  expect(book.price('flex/gb-seconds', 'eastus')?.tiers).toEqual([{ above: '0', price: '0.0000260000000000000001' }])
})

test('a page that is none, and a region that is none, are refused', async () => {
  const fetch = async () => ({
    status: 200,
    headers: { get: () => null, forEach: () => {} },
    text: async () => '<html>',
  })
  await expect(retailPrices({ fetch, regions: ['eastus'] })).rejects.toMatchObject({ code: 'COST_PRICES_INVALID' })
  await expect(retailPrices({ fetch, regions: ["x' or 1 eq 1"] })).rejects.toMatchObject({
    code: 'COST_OPTION_INVALID',
  })
})
