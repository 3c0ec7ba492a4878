// Bills worked out by hand from published prices; every digit counts. The prices stand in src/prices/tables, each with its source
// and date; here stands what is multiplied by what. `published` names where the example itself was published.
import {
  consumptionUnits,
  estimate,
  flexUnits,
  gbSeconds,
  invocationRows,
  lambdaRows,
  type LambdaShape,
  parseReport,
  priceTable,
  type UsageRow,
} from '@cutover/cost-watch'

export interface GoldenBill {
  readonly name: string
  readonly usage: readonly UsageRow[]
  /** What the account had used before in the month. */
  readonly before?: readonly UsageRow[]
  /** USD. */
  readonly expected: string
  readonly published?: string
}

const november = { from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 11, 1) }
const december = { from: Date.UTC(2026, 11, 1), to: Date.UTC(2027, 0, 1) }

const usage =
  (cloud: 'aws' | 'azure', region: string) =>
  (meter: string, quantity: number | string, other: Partial<UsageRow> = {}): UsageRow => ({
    cloud,
    account: 'one',
    region,
    resourceId: 'orders',
    meter,
    ...november,
    quantity,
    complete: true,
    ...other,
  })
const aws = usage('aws', 'us-east-1')
const azure = usage('azure', 'eastus')

const shape = (other: Partial<LambdaShape> = {}): LambdaShape => ({
  functionName: 'orders',
  account: 'one',
  region: 'us-east-1',
  memoryMb: 1024,
  ...other,
})
const lambda = (requests: number, msEach: number, other: Partial<LambdaShape> = {}): readonly UsageRow[] =>
  lambdaRows(shape(other), { ...november, requests, billedMs: requests * msEach, complete: true })

/** Grants that others of the account have used up. */
const lambdaGrantsUsed = [aws('lambda/requests', 1_000_000), aws('lambda/gb-seconds/x86_64', 400_000)]
const flexGrantsUsed = [azure('flex/executions', 250_000), azure('flex/gb-seconds', 100_000)]

const report =
  'REPORT RequestId: 8f10f676-9f28-4dd8-ae05-83fe17ac5f8e\tDuration: 31414.74 ms\tBilled Duration: 31964 ms\tMemory Size: 2048 MB\tMax Memory Used: 273 MB\tInit Duration: 548.72 ms\t'

/** An hour of November, for usage that changes with the hour. */
const hours = Array.from({ length: 720 }, (_, hour) => {
  const from = november.from + hour * 3_600_000
  return { from, to: from + 3_600_000, requests: (hour % 24) * 1_000 }
})

export const goldenBills: readonly GoldenBill[] = [
  {
    name: 'Lambda: a mobile backend, 3 million requests of 120 ms at 1536 MB',
    published: 'https://aws.amazon.com/lambda/pricing/, example 1: $2.73',
    usage: lambda(3_000_000, 120, { memoryMb: 1536 }),
    // 3,000,000 × 0.12 s × 1.5 GB = 540,000; (540,000 − 400,000) × 0.0000166667 = 2.333338; 2,000,000 × 0.0000002 = 0.4
    expected: '2.733338',
  },
  {
    name: 'Lambda: the same on arm64',
    usage: lambda(3_000_000, 120, { memoryMb: 1536, architecture: 'arm64' }),
    // 140,000 × 0.0000133334 = 1.866676; + 0.4
    expected: '2.266676',
  },
  {
    name: 'Lambda: both architectures share one grant',
    usage: [
      aws('lambda/gb-seconds/x86_64', 300_000),
      aws('lambda/gb-seconds/arm64', 300_000),
      aws('lambda/requests', 500_000),
    ],
    // 300,000 free on x86_64 leave 100,000: 200,000 × 0.0000133334
    expected: '2.66668',
  },
  {
    name: 'Lambda: all three tiers of x86_64',
    usage: [aws('lambda/gb-seconds/x86_64', 16_000_400_000)],
    // After 400,000 free: 6e9 × 0.0000166667 = 100,000.2; 9e9 × 0.000015 = 135,000; 1e9 × 0.0000133334 = 13,333.4
    expected: '248333.6',
  },
  {
    name: 'Lambda: all three tiers of arm64, which begin elsewhere',
    usage: [aws('lambda/gb-seconds/arm64', 20_000_400_000)],
    // 7.5e9 × 0.0000133334 = 100,000.5; 11.25e9 × 0.0000120001 = 135,001.125; 1.25e9 × 0.0000106667 = 13,333.375
    expected: '248335',
  },
  {
    name: 'Lambda: a tier is reached by a second row of the month',
    usage: [
      aws('lambda/gb-seconds/x86_64', 6_000_300_000, { to: november.from + 3_600_000 }),
      aws('lambda/gb-seconds/x86_64', 200_000, { from: november.from + 3_600_000 }),
    ],
    // After 400,000 free 5,999,900,000 are used: 100,000 more × 0.0000166667 = 1.66667, then 100,000 × 0.000015 = 1.5;
    // and 5,999,900,000 × 0.0000166667 = 99,998.53333
    expected: '100001.7',
  },
  {
    name: 'Lambda: 5 GB of /tmp; 512 MB of it are free',
    usage: lambda(3_000_000, 100, { ephemeralStorageMb: 5_120 }),
    // 300,000 s × 4.5 GB × 0.0000000309 = 0.041715; 300,000 GB-s are free; 2,000,000 × 0.0000002 = 0.4
    expected: '0.441715',
  },
  {
    name: 'Lambda: provisioned concurrency of 100 for 2 hours on 31 days, and what ran on it',
    usage: [aws('lambda/provisioned/x86_64', 22_320_000), aws('lambda/provisioned-gb-seconds/x86_64', 1_200_000)],
    // 100 × 1 GB × 7,200 s × 31 × 0.0000041667 = 93.000744; 1,200,000 × 0.0000097222 = 11.66664
    expected: '104.667384',
  },
  {
    name: 'Lambda: INIT is billed: the REPORT line of a cold start, its grants used by others',
    usage: invocationRows(
      shape(),
      [parseReport(report, november.from + 60_000)].filter((one) => one !== undefined),
      november,
    ),
    before: lambdaGrantsUsed,
    // 31.964 s × 2 GB = 63.928; × 0.0000166667 = 0.0010654687976; + 0.0000002
    expected: '0.0010656687976',
  },
  {
    name: 'Lambda: two calendar months have two grants',
    usage: [aws('lambda/requests', 700_000), aws('lambda/requests', 700_000, december)],
    expected: '0',
  },
  {
    name: 'Lambda: two accounts have two grants',
    usage: [aws('lambda/requests', 1_200_000), aws('lambda/requests', 1_200_000, { account: 'two' })],
    // 2 × 200,000 × 0.0000002
    expected: '0.08',
  },
  {
    name: 'Komiser 1: a month is the sum of its hours, not one of them times something',
    usage: hours.flatMap(({ requests, ...span }) =>
      lambdaRows(shape({ memoryMb: 128 }), { ...span, requests, billedMs: requests * 100, complete: true }),
    ),
    // 30 × 1,000 × (0 + 1 + … + 23) = 8,280,000 requests, 1,000,000 of them free: 7,280,000 × 0.0000002; 103,500 GB-s are free
    expected: '1.456',
  },
  {
    name: 'Komiser 2: below the grant it costs nothing, and never less',
    usage: [aws('lambda/requests', 100_000), aws('lambda/gb-seconds/x86_64', 1_000)],
    expected: '0',
  },
  {
    name: 'Komiser 3: the first million requests are free, and the next one is not',
    usage: [aws('lambda/requests', 1_000_001)],
    expected: '0.0000002',
  },
  {
    name: 'Komiser 4: a GB-second is 1,000 ms × 1,024 MB',
    usage: lambda(10_000_000, 1_000),
    // (10,000,000 − 400,000) × 0.0000166667 = 160.00032; 9,000,000 × 0.0000002 = 1.8. By 1,024²: 156.09 + 1.8
    expected: '161.80032',
  },
  {
    name: 'Komiser 5: the grant is the account’s: three functions share it',
    usage: ['a', 'b', 'c'].flatMap((resourceId) => [
      aws('lambda/requests', 500_000, { resourceId }),
      aws('lambda/gb-seconds/x86_64', 200_000, { resourceId }),
    ]),
    // 500,000 × 0.0000002 = 0.1; 200,000 × 0.0000166667 = 3.33334
    expected: '3.43334',
  },
  {
    name: 'Infracost: a mean duration is not rounded to milliseconds; each run is, up',
    usage: lambda(100_000_000, 2, { memoryMb: 128 }),
    before: lambdaGrantsUsed,
    // 100e6 × 0.002 s × 0.125 GB = 25,000 × 0.0000166667 = 0.4166675; 100e6 × 0.0000002 = 20
    expected: '20.4166675',
  },
  {
    name: 'Infracost: executions are sold by ten, and the grant is counted in ones (its PR 767)',
    usage: [azure('functions/executions', 1_000_010)],
    // 10 ÷ 10 × 0.000002
    expected: '0.000002',
  },
  {
    name: 'Infracost: Flex Consumption is no free plan (its PR 3599): executions by ten as well',
    usage: [azure('flex/executions', 250_010)],
    // 10 ÷ 10 × 0.000004
    expected: '0.000004',
  },
  {
    name: 'Infracost: Consumption bills 100 ms and 128 MB at least',
    usage: [
      azure('functions/executions', 10_000_000),
      azure('functions/gb-seconds', gbSeconds(10_000_000 * consumptionUnits(20, 100)).toString()),
    ],
    before: [azure('functions/gb-seconds', 400_000)],
    // 10e6 × 0.1 s × 0.125 GB = 125,000 × 0.000016 = 2; 9,000,000 ÷ 10 × 0.000002 = 1.8
    expected: '3.8',
  },
  {
    name: 'Functions Consumption: 3 million executions of 1 s at 512 MB',
    published: 'https://azure.microsoft.com/pricing/details/functions/, example: $18',
    usage: [azure('functions/executions', 3_000_000), azure('functions/gb-seconds', 1_500_000)],
    // 1,100,000 × 0.000016 = 17.6; 2,000,000 ÷ 10 × 0.000002 = 0.4
    expected: '18',
  },
  {
    name: 'Functions Consumption: 3 million executions of 1 s at 1,536 MB',
    published: 'https://modal.com/blog/azure-function-pricing-guide: $66.00',
    usage: [azure('functions/executions', 3_000_000), azure('functions/gb-seconds', 4_500_000)],
    // 4,100,000 × 0.000016 = 65.6; + 0.4
    expected: '66',
  },
  {
    name: 'Flex Consumption: 300,000 GB-s and 2.25 million executions on demand',
    usage: [azure('flex/executions', 2_250_000), azure('flex/gb-seconds', 300_000)],
    // 200,000 × 0.000026 = 5.2; 2,000,000 ÷ 10 × 0.000004 = 0.8
    expected: '6',
  },
  {
    name: 'Flex Consumption: one call of 50 ms on 2,048 MB is 2 GB-s, its grants used by others',
    usage: [azure('flex/executions', 1), azure('flex/gb-seconds', gbSeconds(flexUnits(50, 2048)).toString())],
    before: flexGrantsUsed,
    // 2 × 0.000026 = 0.000052; 1 ÷ 10 × 0.000004 = 0.0000004
    expected: '0.0000524',
  },
  {
    name: 'Flex Consumption: 1,001 ms are 1,100 ms, on the whole instance',
    usage: [azure('flex/gb-seconds', gbSeconds(1_000_000 * flexUnits(1_001, 4096)).toString())],
    // 1e6 × 1.1 s × 4 GB = 4,400,000; − 100,000; × 0.000026
    expected: '111.8',
  },
  {
    name: 'Flex Consumption: one always-ready instance of 2,048 MB for 30 days, without any grant',
    usage: [
      azure('flex/always-ready/baseline-gb-seconds', 5_184_000),
      azure('flex/always-ready/gb-seconds', 200_000),
      azure('flex/always-ready/executions', 1_000_000),
    ],
    // 5,184,000 × 0.000004 = 20.736; 200,000 × 0.000016 = 3.2; 1,000,000 ÷ 10 × 0.000004 = 0.4
    expected: '24.336',
  },
  {
    name: 'Premium: one EP1 for 730 hours',
    usage: [azure('premium/vcpu-hours', 730), azure('premium/gib-hours', 2_555)],
    // 730 × 0.173 = 126.29; 3.5 × 730 × 0.0123 = 31.4265
    expected: '157.7165',
  },
  {
    name: 'SQS: 5 million requests',
    usage: [aws('sqs/requests/standard', 5_000_000)],
    // 4,000,000 × 0.0000004
    expected: '1.6',
  },
  {
    name: 'SQS: standard and FIFO share one grant',
    usage: [aws('sqs/requests/standard', 600_000), aws('sqs/requests/fifo', 600_000)],
    // 200,000 × 0.0000005
    expected: '0.1',
  },
  {
    name: 'S3: 60 TB, 348,000 writes, a million reads',
    usage: [
      aws('s3/gb-months/standard', 61_440),
      aws('s3/requests/write', 348_000),
      aws('s3/requests/read', 1_000_000),
    ],
    // 51,200 × 0.023 = 1,177.6; 10,240 × 0.022 = 225.28; 348,000 × 0.000005 = 1.74; 1e6 × 0.0000004 = 0.4
    expected: '1405.02',
  },
  {
    name: 'DynamoDB on demand: 10 million writes, 40 million reads, 30 GB of which 25 are free',
    usage: [
      aws('dynamodb/write-units', 10_000_000),
      aws('dynamodb/read-units', 40_000_000),
      aws('dynamodb/gb-months', 30),
    ],
    // 6.25 + 5 + 5 × 0.25
    expected: '12.5',
  },
  {
    name: 'API Gateway: 350 million HTTP API requests',
    usage: [aws('api-gateway/requests/http', 350_000_000)],
    // 300e6 × 0.000001 = 300; 50e6 × 0.0000009 = 45
    expected: '345',
  },
  {
    name: 'API Gateway: 1.2 billion REST API requests',
    usage: [aws('api-gateway/requests/rest', 1_200_000_000)],
    // 333e6 × 0.0000035 = 1,165.5; 667e6 × 0.0000028 = 1,867.6; 200e6 × 0.00000238 = 476
    expected: '3509.1',
  },
  {
    name: 'AWS egress: 12 TB, 100 GB of them free',
    usage: [aws('aws/egress-gb', 12_288)],
    // 10,240 × 0.09 = 921.6; 1,948 × 0.085 = 165.58
    expected: '1087.18',
  },
  {
    name: 'Storage Queue: 25 million operations and 10 GB',
    usage: [azure('storage-queue/operations/class-1', 25_000_000), azure('storage-queue/gb-months', 10)],
    // 2,500 × 0.004 = 10; 10 × 0.045 = 0.45
    expected: '10.45',
  },
  {
    name: 'Service Bus Standard: a month of 744 hours and 120 million operations',
    usage: [azure('service-bus/base-hours', 744), azure('service-bus/operations/standard', 120_000_000)],
    // 10; 13e6 free; 87e6 × 0.8 ÷ 1e6 = 69.6; 20e6 × 0.5 ÷ 1e6 = 10
    expected: '89.6',
  },
  {
    name: 'Blob: 55,000 GB hot, 2 million writes, 10 million reads',
    usage: [
      azure('blob/gb-months/hot-lrs', 55_000),
      azure('blob/operations/write', 2_000_000),
      azure('blob/operations/read', 10_000_000),
    ],
    // 51,200 × 0.0208 = 1,064.96; 3,800 × 0.019968 = 75.8784; 200 × 0.05 = 10; 1,000 × 0.004 = 4
    expected: '1154.8384',
  },
  {
    name: 'Cosmos DB serverless: 40 million request units and 8 GB',
    usage: [azure('cosmos/serverless-rus', 40_000_000), azure('cosmos/gb-months', 8)],
    // 40 × 0.25 + 8 × 0.25
    expected: '12',
  },
  {
    name: 'Front Door Standard: a profile for half a month',
    usage: [azure('front-door/base-months', '0.5')],
    // 0.5 × 35
    expected: '17.5',
  },
  {
    name: 'Azure egress: 500 GB, 100 of them free',
    usage: [azure('azure/egress-gb', 500)],
    // 400 × 0.087
    expected: '34.8',
  },
]

/** What we say, of accounts whose usage is all there. */
export function ourBill({ usage: rows, before }: GoldenBill): string {
  const answer = estimate(rows, { prices: priceTable(), accounts: 'complete', before })
  if (answer.unpriced.length > 0) return `unpriced: ${answer.unpriced.map(({ meter }) => meter).join(', ')}`
  return answer.low.amount === answer.high.amount ? answer.mid.amount : `${answer.low.amount} to ${answer.high.amount}`
}
