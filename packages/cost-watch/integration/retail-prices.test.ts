// Over HTTP, with the runtime's own fetch: pages that follow each other, and a service that throttles in between.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { estimate, systemClock, type UsageRow } from '@cutover/cost-watch'
import { retailPrices } from '@cutover/cost-watch/azure'
import { afterAll, beforeAll, expect, test } from 'vitest'

const item = (meterName: string, retailPrice: string, other: object = {}) => ({
  currencyCode: 'EUR',
  tierMinimumUnits: 0,
  // Written as it stands here: 0.000023400 is not a number of JavaScript's.
  retailPrice: `<<${retailPrice}>>`,
  armRegionName: 'westeurope',
  effectiveStartDate: '2026-01-01T00:00:00Z',
  meterName,
  productName: 'Flex Consumption',
  skuName: 'On Demand',
  skuId: 'DZH318Z0BQPS/00TG',
  serviceName: 'Functions',
  unitOfMeasure: '1 GB Second',
  type: 'Consumption',
  isPrimaryMeterRegion: true,
  ...other,
})
const items = [
  item('On Demand Execution Time', '0'),
  item('On Demand Execution Time', '0.000023400', { tierMinimumUnits: 100_000 }),
  item('On Demand Total Executions', '0.0000036', { unitOfMeasure: '10' }),
]

let server: Server
const asked: string[] = []
beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host ?? ''}`)
    asked.push(url.search)
    // Every third request is one too many.
    if (asked.length % 3 === 0) {
      response.writeHead(429, { 'retry-after-ms': '20' }).end()
      return
    }
    const isFunctions = url.searchParams.get('$filter')?.includes("serviceName eq 'Functions'") === true
    const skip = Number(url.searchParams.get('$skip') ?? '0')
    const page = isFunctions ? items.slice(skip, skip + 1) : []
    url.searchParams.set('$skip', String(skip + 1))
    const next = isFunctions && skip + 1 < items.length ? url.href : null
    const body = JSON.stringify({ BillingCurrency: 'EUR', Items: page, NextPageLink: next, Count: page.length })
    response.writeHead(200, { 'content-type': 'application/json' }).end(body.replaceAll(/"<<|>>"/g, ''))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  server.close()
  await once(server, 'close')
})

test('a price book is read over HTTP, page by page and digit by digit, and prices in euros', async () => {
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  const prices = await retailPrices({ fetch, regions: ['westeurope'], currency: 'EUR', endpoint })

  expect(prices.price('flex/gb-seconds', 'westeurope')).toMatchObject({ tiers: [{ above: '0', price: '0.0000234' }] })
  const usage: UsageRow = {
    cloud: 'azure',
    account: 's1',
    region: 'westeurope',
    resourceId: 'orders',
    meter: 'flex/gb-seconds',
    from: Date.UTC(2026, 10, 20),
    to: Date.UTC(2026, 10, 21),
    quantity: 100_001,
    complete: true,
  }
  const { mid } = estimate([usage, { ...usage, meter: 'flex/executions', quantity: 25 }], {
    prices,
    accounts: 'complete',
  })
  // One GB-second beyond the grant, and 2.5 tens of executions, which have no grant in this list.
  expect(mid).toEqual({ amount: '0.0000324', currency: 'EUR' })
  expect(asked.filter((query) => query.includes('skip=2')).length).toBeGreaterThan(0)
  expect(asked.length).toBeGreaterThan(8)
})

test('an abort ends it', async () => {
  const { port } = server.address() as AddressInfo
  const reason = new Error('enough')
  const reading = retailPrices({
    fetch,
    regions: ['westeurope'],
    currency: 'EUR',
    endpoint: `http://127.0.0.1:${port}`,
    clock: systemClock,
    signal: AbortSignal.abort(reason),
  })
  await expect(reading).rejects.toBe(reason)
})
