import { estimate, focusColumns, focusCsv, focusRows, priceTable, validateFocus } from '@cutover/cost-watch'
import { describe, expect, test } from 'vitest'

import { goldenBills } from './golden-bills.ts'
import { azureUsage, usage } from './usage.ts'

const prices = priceTable()
const one = () => focusRows(estimate([usage('lambda/gb-seconds/arm64', '1000.5')], { prices }).rows)[0] as object

test('the columns are those of FOCUS 1.2', () => {
  expect(focusColumns).toHaveLength(57)
  expect(focusColumns.filter(({ level }) => level === 'mandatory').map(({ name }) => name)).toEqual(
    expect.arrayContaining(['BilledCost', 'ChargePeriodStart', 'InvoiceIssuerName', 'ServiceCategory']),
  )
})

test.each(goldenBills)('the rows of "$name" are a FOCUS 1.2 dataset', ({ usage: rows, before }) => {
  const answer = estimate(rows, { prices, accounts: 'complete', before })
  expect(validateFocus(focusRows(answer.rows))).toEqual([])
})

test('a row says what it is, that it is an estimate, and between which bounds', () => {
  const [row] = focusRows(estimate([azureUsage('flex/executions', 1_000_000)], { prices }).rows)
  expect(row).toMatchObject({
    BilledCost: '0.4',
    BillingCurrency: 'USD',
    BillingPeriodStart: '2026-11-01T00:00:00Z',
    BillingPeriodEnd: '2026-12-01T00:00:00Z',
    ChargePeriodStart: '2026-11-20T00:00:00Z',
    ChargePeriodEnd: '2026-11-20T01:00:00Z',
    ListCost: '0.4',
    ListUnitPrice: '0.0000004',
    PricingQuantity: '1000000',
    ProviderName: 'Microsoft',
    RegionId: 'eastus',
    ResourceName: 'orders',
    ResourceType: 'Microsoft.Web/sites',
    ServiceCategory: 'Compute',
    x_Meter: 'flex/executions',
    SubAccountId: 's1',
    x_Estimated: true,
    x_EstimateLow: '0.3',
    x_EstimateHigh: '0.4',
    x_Complete: true,
  })
})

test('what the price book calls it is its SKU', () => {
  const own = {
    meter: 'lambda/requests',
    region: 'us-east-1',
    source: 'list',
    asOf: '2026-11-01',
    skuId: 'GU2ZS9HVP6QTQ7KE',
  }
  const book = priceTable({ entries: [{ ...own, tiers: [{ above: '0', price: '0.0000002' }] }] })
  const rows = focusRows(estimate([usage('lambda/requests', 5)], { prices: book }).rows)
  expect(rows).toMatchObject([{ SkuId: 'GU2ZS9HVP6QTQ7KE', SkuMeter: 'Request' }])
  expect(validateFocus(rows)).toEqual([])
})

test('what a grant saves is in the billed cost, and not in the list cost', () => {
  const answer = estimate([usage('lambda/requests', 1_000_000)], { prices, accounts: 'complete' })
  expect(focusRows(answer.rows)).toMatchObject([{ ListCost: '0.2', BilledCost: '0', EffectiveCost: '0' }])
})

describe('the validator finds', () => {
  test.each<[string, object, RegExp]>([
    ['a mandatory column that is not there', { BilledCost: undefined }, /BilledCost is undefined/],
    ['a null where none may be', { ServiceName: null }, /ServiceName is null/],
    ['a number with a sign', { BilledCost: '+1' }, /no number as FOCUS/],
    ['a number with commas', { BilledCost: '1,000' }, /no number as FOCUS/],
    ['a time without a zone', { ChargePeriodStart: '2026-11-20 00:00' }, /wanted UTC/],
    ['a day that there is not', { ChargePeriodStart: '2026-13-20T00:00:00Z' }, /wanted UTC/],
    ['a value that is not allowed', { ChargeCategory: 'usage' }, /wanted one of Usage, Purchase/],
    ['a service category of its own', { ServiceCategory: 'Serverless' }, /wanted one of/],
    ['a currency that is none', { BillingCurrency: '$' }, /ISO 4217/],
    ['a unit without a quantity', { ConsumedQuantity: null }, /ConsumedUnit is there without ConsumedQuantity/],
    ['usage without a quantity', { PricingQuantity: null }, /PricingQuantity is null on a Usage row/],
    ['a product that is wrong', { ListCost: '1' }, /ListUnitPrice × PricingQuantity is/],
    ['a meter without a SKU', { SkuMeter: 'Request' }, /SkuMeter is there without SkuId/],
    ['a column of another specification', { UsageQuantity: '1' }, /no column of FOCUS 1.2/],
    ['a period that does not end', { ChargePeriodEnd: '2026-11-20T00:00:00Z' }, /is not after ChargePeriodStart/],
    ['a quantity on a tax', { ChargeCategory: 'Tax' }, /PricingQuantity is not null on a Tax row/],
    ['an empty text', { RegionId: '' }, /empty, or has space/],
  ])('%s', (_, change, text) => {
    const problems = validateFocus([one(), { ...one(), ...change }])
    expect(problems).toContainEqual({ row: 1, column: expect.any(String), text: expect.stringMatching(text) })
    expect(problems.every(({ row }) => row === 1)).toBe(true)
  })

  test('a mandatory column that was taken away', () => {
    const { BillingCurrency: _, ...rest } = one() as { BillingCurrency: string }
    expect(validateFocus([rest])).toMatchObject([{ column: 'BillingCurrency' }])
  })
})

test('CSV keeps every digit, quotes what it must, and starts no formula', () => {
  const text = focusCsv([
    { BilledCost: '0.0010656687976', Tags: { a: 'x,y' }, ChargeDescription: '=1+1', RegionId: null },
  ])
  expect(text).toBe('BilledCost,ChargeDescription,RegionId,Tags\r\n0.0010656687976,\'=1+1,,"{""a"":""x,y""}"\r\n')
})
