import type { PriceEntry } from '../price-book.ts'

const region = 'eastus'
const source = 'Azure Retail Prices API https://prices.azure.com/api/retail/prices, type Consumption'
const of =
  (asOf: string) =>
  (
    meter: string,
    per: string,
    tiers: readonly (readonly [above: string, price: string])[],
    free?: PriceEntry['free'],
  ): PriceEntry => ({
    meter,
    region,
    per,
    tiers: tiers.map(([above, price]) => ({ above, price })),
    free,
    source,
    asOf,
  })

const september = of('2026-09-24')
const october = of('2026-10-02')

/** Each month, for each subscription, over all regions. @see https://azure.microsoft.com/pricing/details/functions/ */
const free = {
  executions: { quantity: '1000000', pool: 'functions/executions' },
  gbSeconds: { quantity: '400000', pool: 'functions/gb-seconds' },
  flexExecutions: { quantity: '250000', pool: 'flex/executions' },
  flexGbSeconds: { quantity: '100000', pool: 'flex/gb-seconds' },
  egress: { quantity: '100', pool: 'azure/egress-gb' },
}

/** USD, East US, pay as you go, without tax. The price service sells executions by ten and requests by ten thousand. */
export const eastus: readonly PriceEntry[] = [
  september('functions/executions', '10', [['0', '0.000002']], free.executions),
  september('functions/gb-seconds', '1', [['0', '0.000016']], free.gbSeconds),
  september('flex/executions', '10', [['0', '0.000004']], free.flexExecutions),
  september('flex/gb-seconds', '1', [['0', '0.000026']], free.flexGbSeconds),
  september('flex/always-ready/executions', '10', [['0', '0.000004']]),
  september('flex/always-ready/gb-seconds', '1', [['0', '0.000016']]),
  september('flex/always-ready/baseline-gb-seconds', '1', [['0', '0.000004']]),
  october('premium/vcpu-hours', '1', [['0', '0.173']]),
  october('premium/gib-hours', '1', [['0', '0.0123']]),
  september('storage-queue/operations/class-1', '10000', [['0', '0.004']]),
  september('storage-queue/operations/class-2', '10000', [['0', '0.004']]),
  september('storage-queue/gb-months', '1', [['0', '0.045']]),
  september('blob/gb-months/hot-lrs', '1', [
    ['0', '0.0208'],
    ['51200', '0.019968'],
    ['512000', '0.019136'],
  ]),
  september('blob/operations/write', '10000', [['0', '0.05']]),
  september('blob/operations/read', '10000', [['0', '0.004']]),
  september('blob/operations/other', '10000', [['0', '0.004']]),
  september('service-bus/operations/basic', '1000000', [['0', '0.05']]),
  september('service-bus/operations/standard', '1000000', [
    ['0', '0'],
    ['13000000', '0.8'],
    ['100000000', '0.5'],
    ['2500000000', '0.2'],
  ]),
  // 10 USD for each month of 744 hours.
  september('service-bus/base-hours', '744', [['0', '10']]),
  september('cosmos/serverless-rus', '1000000', [['0', '0.25']]),
  september('cosmos/gb-months', '1', [['0', '0.25']]),
  // Of a profile, wherever it serves; requests and traffic have tiers that are not in this table.
  {
    meter: 'front-door/base-months',
    region: '*',
    tiers: [{ above: '0', price: '35' }],
    source: 'https://azure.microsoft.com/pricing/details/frontdoor/, Standard',
    asOf: '2026-04-01',
  },
  september(
    'azure/egress-gb',
    '1',
    [
      ['0', '0.087'],
      ['10240', '0.083'],
      ['51200', '0.07'],
      ['153600', '0.05'],
    ],
    free.egress,
  ),
]
