import { estimate, priceTable } from '@cutover/cost-watch'
import { type AwsPriceList, awsPriceList } from '@cutover/cost-watch/aws'
import { expect, test } from 'vitest'

import { usage } from '../usage.ts'

type Line = readonly [
  usageType: string,
  tiers: readonly (readonly [begin: string, end: string, usd: string])[],
  region?: string,
]

/** A file as AWS publishes it, of the lines given. */
const file = (offerCode: string, lines: readonly Line[]): AwsPriceList => ({
  offerCode,
  version: '20260919002359',
  publicationDate: '2026-09-19T00:23:59Z',
  products: Object.fromEntries(
    lines.map(([usagetype, , regionCode], at) => [
      `SKU${at}`,
      { attributes: { usagetype, ...(regionCode ? { regionCode } : {}) } },
    ]),
  ),
  terms: {
    OnDemand: Object.fromEntries(
      lines.map(([, tiers], at) => [
        `SKU${at}`,
        {
          [`SKU${at}.JRTCKXETXF`]: {
            priceDimensions: Object.fromEntries(
              tiers.map(([beginRange, endRange, USD], tier) => [
                `SKU${at}.${tier}`,
                { beginRange, endRange, pricePerUnit: { USD } },
              ]),
            ),
          },
        },
      ]),
    ),
  },
})

const lambda = file('AWSLambda', [
  [
    'EUC1-Lambda-GB-Second',
    [
      ['15000000000', 'Inf', '0.0000133334'],
      ['0', '6000000000', '0.0000166667'],
      ['6000000000', '15000000000', '0.0000150000'],
    ],
    'eu-central-1',
  ],
  ['EUC1-Lambda-GB-Second-ARM', [['0', 'Inf', '0.0000133334']], 'eu-central-1'],
  ['EUC1-Request', [['0', 'Inf', '0.0000002000']], 'eu-central-1'],
  ['Global-Request', [['0', '1000000', '0.0000000000']]],
  ['Global-Lambda-GB-Second', [['0', '400000', '0.0000000000']]],
  ['EUC1-Lambda-Edge-Request', [['0', 'Inf', '0.0000006000']], 'eu-central-1'],
])

test('a price list file is read with its tiers, its grants and its date', () => {
  const book = awsPriceList(lambda)
  expect(book.price('lambda/gb-seconds/x86_64', 'eu-central-1')).toMatchObject({
    tiers: [
      { above: '0', price: '0.0000166667' },
      { above: '6000000000', price: '0.000015' },
      { above: '15000000000', price: '0.0000133334' },
    ],
    free: { quantity: '400000', pool: 'lambda/gb-seconds' },
    source: 'AWS price list file AWSLambda 20260919002359',
    asOf: '2026-09-19',
  })
})

test('it prices as the table does, where both say the same', () => {
  const rows = [usage('lambda/requests', 3_000_000), usage('lambda/gb-seconds/x86_64', 540_000)]
  const there = rows.map((row) => ({ ...row, region: 'eu-central-1' }))
  expect(estimate(there, { prices: awsPriceList(lambda), accounts: 'complete' }).mid).toEqual(
    estimate(rows, { prices: priceTable(), accounts: 'complete' }).mid,
  )
})

test('what the file does not have is unpriced: a meter, a region', () => {
  const book = awsPriceList(lambda)
  expect(book.price('lambda/storage-gb-seconds', 'eu-central-1')).toBeUndefined()
  expect(book.price('lambda/requests', 'us-east-1')).toBeUndefined()
})

test('a usage type with two prices is left out, rather than guessed', () => {
  const twice = file('AWSLambda', [
    ['Request', [['0', 'Inf', '0.0000002']], 'us-east-1'],
    ['Request', [['0', 'Inf', '0.0000009']], 'us-east-1'],
  ])
  expect(awsPriceList(twice).price('lambda/requests', 'us-east-1')).toBeUndefined()
})

test('the same usage type means another meter in another offer', () => {
  const book = awsPriceList([
    file('AmazonS3', [['Requests-Tier1', [['0', 'Inf', '0.000005']], 'us-east-1']]),
    file('AWSQueueService', [
      [
        'Requests-Tier1',
        [
          ['0', '100000000000', '0.0000004'],
          ['100000000000', 'Inf', '0.0000003'],
        ],
        'us-east-1',
      ],
      ['Global-Requests', [['0', '1000000', '0']]],
    ]),
  ])
  expect(book.price('s3/requests/write', 'us-east-1')?.tiers).toEqual([{ above: '0', price: '0.000005' }])
  expect(book.price('sqs/requests/standard', 'us-east-1')).toMatchObject({
    free: { quantity: '1000000', pool: 'sqs/requests' },
  })
})

test('a new region keeps its prefix, and is not taken for us-east-1', () => {
  const book = awsPriceList(file('AWSLambda', [['MXC9-Request', [['0', 'Inf', '0.0000003']]]]))
  expect(book.price('lambda/requests', 'us-east-1')).toBeUndefined()
  expect(book.price('lambda/requests', 'MXC9')).toBeDefined()
})

test.each([
  [{}, 'USD', /no AWS price list file/],
  [lambda, 'CNY', /no price in CNY/],
])('what is no price list in that currency is refused', (given, currency, message) => {
  expect(() => awsPriceList(given as AwsPriceList, currency)).toThrow(message)
})
