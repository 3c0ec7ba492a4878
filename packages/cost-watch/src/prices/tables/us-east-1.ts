import type { PriceEntry } from '../price-book.ts'

const region = 'us-east-1'
const entry =
  (source: string, asOf: string) =>
  (
    meter: string,
    tiers: readonly (readonly [above: string, price: string])[],
    free?: PriceEntry['free'],
  ): PriceEntry => ({
    meter,
    region,
    tiers: tiers.map(([above, price]) => ({ above, price })),
    free,
    source,
    asOf,
  })

const list = (offer: string, asOf: string) =>
  entry(
    `AWS price list file https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/${offer}/current/${region}/index.json`,
    asOf,
  )
const lambda = list('AWSLambda', '2026-08-31')
const sqs = list('AWSQueueService', '2026-09-11')
const s3 = list('AmazonS3', '2026-08-31')
const dynamo = list('AmazonDynamoDB', '2026-08-31')
const gateway = list('AmazonApiGateway', '2026-09-11')
const transfer = list('AWSDataTransfer', '2026-08-31')

/** Each month, for each account: the price list's `Global-…` usage types, and https://aws.amazon.com/free/. */
const free = {
  lambdaRequests: { quantity: '1000000', pool: 'lambda/requests' },
  lambdaGbSeconds: { quantity: '400000', pool: 'lambda/gb-seconds' },
  sqsRequests: { quantity: '1000000', pool: 'sqs/requests' },
  egress: { quantity: '100', pool: 'aws/egress-gb' },
}

/** USD, N. Virginia, on demand, without tax. */
export const usEast1: readonly PriceEntry[] = [
  lambda('lambda/requests', [['0', '0.0000002']], free.lambdaRequests),
  lambda(
    'lambda/gb-seconds/x86_64',
    [
      ['0', '0.0000166667'],
      ['6000000000', '0.000015'],
      ['15000000000', '0.0000133334'],
    ],
    free.lambdaGbSeconds,
  ),
  lambda(
    'lambda/gb-seconds/arm64',
    [
      ['0', '0.0000133334'],
      ['7500000000', '0.0000120001'],
      ['18750000000', '0.0000106667'],
    ],
    free.lambdaGbSeconds,
  ),
  lambda('lambda/provisioned/x86_64', [['0', '0.0000041667']]),
  lambda('lambda/provisioned/arm64', [['0', '0.0000033334']]),
  lambda('lambda/provisioned-gb-seconds/x86_64', [['0', '0.0000097222']]),
  lambda('lambda/provisioned-gb-seconds/arm64', [['0', '0.0000077778']]),
  lambda('lambda/storage-gb-seconds', [['0', '0.0000000309']]),
  sqs(
    'sqs/requests/standard',
    [
      ['0', '0.0000004'],
      ['100000000000', '0.0000003'],
      ['200000000000', '0.00000024'],
    ],
    free.sqsRequests,
  ),
  sqs(
    'sqs/requests/fifo',
    [
      ['0', '0.0000005'],
      ['100000000000', '0.0000004'],
      ['200000000000', '0.00000035'],
    ],
    free.sqsRequests,
  ),
  s3('s3/gb-months/standard', [
    ['0', '0.023'],
    ['51200', '0.022'],
    ['512000', '0.021'],
  ]),
  s3('s3/requests/write', [['0', '0.000005']]),
  s3('s3/requests/read', [['0', '0.0000004']]),
  dynamo('dynamodb/read-units', [['0', '0.000000125']]),
  dynamo('dynamodb/write-units', [['0', '0.000000625']]),
  dynamo('dynamodb/gb-months', [
    ['0', '0'],
    ['25', '0.25'],
  ]),
  gateway('api-gateway/requests/http', [
    ['0', '0.000001'],
    ['300000000', '0.0000009'],
  ]),
  gateway('api-gateway/requests/rest', [
    ['0', '0.0000035'],
    ['333000000', '0.0000028'],
    ['1000000000', '0.00000238'],
    ['20000000000', '0.00000151'],
  ]),
  transfer(
    'aws/egress-gb',
    [
      ['0', '0.09'],
      ['10240', '0.085'],
      ['51200', '0.07'],
      ['153600', '0.05'],
    ],
    free.egress,
  ),
]
