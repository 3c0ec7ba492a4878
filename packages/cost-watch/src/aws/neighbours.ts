import { decimal } from '../money/decimal.ts'
import { gbMonths } from '../usage/gigabytes.ts'
import type { CloudWatchResource } from './cloudwatch-usage.ts'
import type { WantedSeries } from './metric-series.ts'

const sums = (
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
  metrics: readonly string[],
): Readonly<Record<string, WantedSeries>> =>
  Object.fromEntries(metrics.map((metric) => [metric, { namespace, metric, dimensions, stat: 'Sum' }]))

/**
 * An SQS queue. CloudWatch counts messages, the bill counts requests of up to ten of them: so the requests have bounds.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function sqsQueue(name: string): CloudWatchResource {
  const counted = ['NumberOfMessagesSent', 'NumberOfMessagesReceived', 'NumberOfMessagesDeleted']
  return {
    resourceId: name,
    series: sums('AWS/SQS', { QueueName: name }, [...counted, 'NumberOfEmptyReceives']),
    idleIsZero: true,
    quantities(values) {
      const messages = counted.reduce((sum, metric) => sum + (values[metric] ?? 0), 0)
      const empty = values['NumberOfEmptyReceives'] ?? 0
      const high = messages + empty
      const low = decimal(messages).dividedBy(decimal(10), 1).plus(decimal(empty)).toString()
      const meter = name.endsWith('.fifo') ? 'sqs/requests/fifo' : 'sqs/requests/standard'
      return [{ meter, quantity: high, range: { low, high } }]
    },
  }
}

/** A DynamoDB table on demand: the units that it has used. Its size is in no metric of CloudWatch. */
export function dynamoTable(name: string): CloudWatchResource {
  return {
    resourceId: name,
    series: sums('AWS/DynamoDB', { TableName: name }, ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits']),
    idleIsZero: true,
    quantities: (values) => [
      { meter: 'dynamodb/read-units', quantity: values['ConsumedReadCapacityUnits'] ?? 0 },
      { meter: 'dynamodb/write-units', quantity: values['ConsumedWriteCapacityUnits'] ?? 0 },
    ],
  }
}

/** What lies in an S3 bucket in the standard class, measured once a day. Requests are metrics only where they were switched on. */
export function s3Bucket(name: string): CloudWatchResource {
  const dimensions = { BucketName: name, StorageType: 'StandardStorage' }
  const metric = 'BucketSizeBytes'
  return {
    resourceId: `arn:aws:s3:::${name}`,
    series: { [metric]: { namespace: 'AWS/S3', metric, dimensions, stat: 'Average', periodSeconds: 86_400 } },
    idleIsZero: false,
    quantities: (values, period) => [
      { meter: 's3/gb-months/standard', quantity: gbMonths(values[metric] ?? 0, period).toString() },
    ],
  }
}

/** An API of API Gateway: HTTP APIs are measured by id, REST APIs by name. */
export function gatewayApi(
  options: { readonly httpApiId: string } | { readonly restApiName: string },
): CloudWatchResource {
  const isHttp = 'httpApiId' in options
  const [id, dimensions] = isHttp
    ? [options.httpApiId, { ApiId: options.httpApiId }]
    : [options.restApiName, { ApiName: options.restApiName }]
  return {
    resourceId: id,
    series: sums('AWS/ApiGateway', dimensions, ['Count']),
    idleIsZero: true,
    quantities: (values) => [
      { meter: isHttp ? 'api-gateway/requests/http' : 'api-gateway/requests/rest', quantity: values['Count'] ?? 0 },
    ],
  }
}
