import type { Meter } from './meter.ts'

type Category = Meter['category']

const of =
  (offer: string, service: string, category: Category) =>
  (id: string, unit: string, usageTypes: readonly string[], grant?: string): Meter => ({
    id,
    cloud: 'aws',
    service,
    category,
    unit,
    aws: { offer, usageTypes },
    grant,
  })

const lambda = of('AWSLambda', 'AWS Lambda', 'Compute')
const sqs = of('AWSQueueService', 'Amazon Simple Queue Service', 'Integration')
const s3 = of('AmazonS3', 'Amazon Simple Storage Service', 'Storage')
const dynamo = of('AmazonDynamoDB', 'Amazon DynamoDB', 'Databases')
const gateway = of('AmazonApiGateway', 'Amazon API Gateway', 'Networking')
const transfer = of('AWSDataTransfer', 'AWS Data Transfer', 'Networking')

/** Usage types as the price list files and the bill name them. @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html */
export const awsMeters: readonly Meter[] = [
  lambda('lambda/requests', 'Requests', ['Request', 'Request-ARM'], 'lambda/requests'),
  // One grant for both architectures.
  lambda('lambda/gb-seconds/x86_64', 'GB-Seconds', ['Lambda-GB-Second'], 'lambda/gb-seconds'),
  lambda('lambda/gb-seconds/arm64', 'GB-Seconds', ['Lambda-GB-Second-ARM'], 'lambda/gb-seconds'),
  lambda('lambda/provisioned/x86_64', 'GB-Seconds', ['Lambda-Provisioned-Concurrency']),
  lambda('lambda/provisioned/arm64', 'GB-Seconds', ['Lambda-Provisioned-Concurrency-ARM']),
  lambda('lambda/provisioned-gb-seconds/x86_64', 'GB-Seconds', ['Lambda-Provisioned-GB-Second']),
  lambda('lambda/provisioned-gb-seconds/arm64', 'GB-Seconds', ['Lambda-Provisioned-GB-Second-ARM']),
  lambda('lambda/storage-gb-seconds', 'GB-Seconds', ['Lambda-Storage-GB-Second', 'Lambda-Storage-GB-Second-ARM']),
  sqs('sqs/requests/standard', 'Requests', ['Requests-RBP', 'Requests-Tier1'], 'sqs/requests'),
  sqs('sqs/requests/fifo', 'Requests', ['Requests-FIFO-RBP', 'Requests-FIFO-Tier1'], 'sqs/requests'),
  s3('s3/gb-months/standard', 'GB-Months', ['TimedStorage-ByteHrs']),
  s3('s3/requests/write', 'Requests', ['Requests-Tier1']),
  s3('s3/requests/read', 'Requests', ['Requests-Tier2']),
  dynamo('dynamodb/read-units', 'Read Request Units', ['ReadRequestUnits']),
  dynamo('dynamodb/write-units', 'Write Request Units', ['WriteRequestUnits']),
  dynamo('dynamodb/gb-months', 'GB-Months', ['TimedStorage-ByteHrs']),
  gateway('api-gateway/requests/http', 'Requests', ['ApiGatewayHttpRequest']),
  gateway('api-gateway/requests/rest', 'Requests', ['ApiGatewayRequest']),
  transfer('aws/egress-gb', 'GB', ['DataTransfer-Out-Bytes'], 'aws/egress-gb'),
]
