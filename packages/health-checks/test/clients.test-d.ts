import type { APIGateway } from '@aws-sdk/client-api-gateway'
import type { ApiGatewayV2 } from '@aws-sdk/client-apigatewayv2'
import type { CloudWatch, CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Lambda } from '@aws-sdk/client-lambda'
import type { SQS } from '@aws-sdk/client-sqs'
import type { WebSiteManagementClient } from '@azure/arm-appservice'
import type { MonitorClient } from '@azure/arm-monitor'
import type {
  LogsQueryClient as DeprecatedLogsQueryClient,
  MetricsClient as DeprecatedMetricsClient,
  MetricsQueryClient,
} from '@azure/monitor-query'
import type { LogsQueryClient } from '@azure/monitor-query-logs'
import type { MetricsClient } from '@azure/monitor-query-metrics'
import type { QueueClient } from '@azure/storage-queue'
import type { Check, MetricSource } from '@cutover/core'
import {
  type AlarmsGreenEvidence,
  alarmsGreen,
  type CapacityEvidence,
  capacity,
  type CountSource,
  requiredSettings,
  type RequiredSettingsEvidence,
  type RetryLike,
} from '@cutover/health-checks'
import type { ApiGatewayLike, ApiGatewayV2Like } from '@cutover/health-checks/api-gateway'
import {
  appRequests,
  functionErrors,
  type LogsQueryLike,
  type MetricsBatchLike,
  type MetricsQueryLike,
  type MonitorAlertsLike,
  type MonitorMetricsLike,
} from '@cutover/health-checks/azure-monitor'
import { type CloudWatchAlarmsLike, type CloudWatchLike, lambdaErrors } from '@cutover/health-checks/cloudwatch'
import type { EditableAppLike, FunctionAppLike, UsagesLike } from '@cutover/health-checks/function-app'
import type { LambdaSettingsLike } from '@cutover/health-checks/lambda'
import type { SqsLike } from '@cutover/health-checks/sqs'
import type { StorageQueueLike } from '@cutover/health-checks/storage-queue'
import type { InMemoryAzureMonitor } from '@cutover/health-checks/testing'
import type { LogMachine, MetricMachine } from '@cutover/local-azure'
import type pRetry from 'p-retry'
import { expectTypeOf, test } from 'vitest'

test("the AWS SDK's clients fit as they are", () => {
  expectTypeOf<CloudWatch>().toExtend<CloudWatchLike>()
  expectTypeOf<CloudWatch>().toExtend<CloudWatchAlarmsLike>()
  expectTypeOf<Lambda>().toExtend<LambdaSettingsLike>()
  expectTypeOf<ApiGatewayV2>().toExtend<ApiGatewayV2Like>()
  expectTypeOf<APIGateway>().toExtend<ApiGatewayLike>()
  expectTypeOf<SQS>().toExtend<SqsLike>()
})

test('p-retry fits as it is', () => {
  expectTypeOf<typeof pRetry>().toExtend<RetryLike>()
})

test('the Azure clients fit as they are, the deprecated one and its successors', () => {
  expectTypeOf<MetricsQueryClient>().toExtend<MetricsQueryLike>()
  expectTypeOf<DeprecatedMetricsClient>().toExtend<MetricsBatchLike>()
  expectTypeOf<MetricsClient>().toExtend<MetricsBatchLike>()
  expectTypeOf<MonitorClient>().toExtend<MonitorMetricsLike>()
  expectTypeOf<MonitorClient>().toExtend<MonitorAlertsLike>()
  expectTypeOf<LogsQueryClient>().toExtend<LogsQueryLike>()
  expectTypeOf<DeprecatedLogsQueryClient>().toExtend<LogsQueryLike>()
  expectTypeOf<WebSiteManagementClient>().toExtend<FunctionAppLike>()
  expectTypeOf<WebSiteManagementClient>().toExtend<UsagesLike>()
  expectTypeOf<WebSiteManagementClient>().toExtend<EditableAppLike>()
  expectTypeOf<QueueClient>().toExtend<StorageQueueLike>()
})

test('a count source is a metric source', () => {
  expectTypeOf<CountSource>().toExtend<MetricSource>()
  expectTypeOf(lambdaErrors<CloudWatch>).returns.toEqualTypeOf<CountSource>()
  expectTypeOf(functionErrors).returns.toEqualTypeOf<CountSource>()
  expectTypeOf(appRequests).returns.toEqualTypeOf<CountSource>()
})

test('a client with send() alone is refused in a sentence', () => {
  // @ts-expect-error -- 'Pass new CloudWatch(...): a CloudWatchClient has only send()'
  lambdaErrors({ client: {} as CloudWatchClient, functionName: 'orders' })
})

test('a client of logs is none of metrics', () => {
  // @ts-expect-error -- its queryResource takes a query
  functionErrors({ client: {} as LogsQueryClient, resourceId: '/subscriptions/s' })
})

test('logs are of a workspace or of a resource, not of both', () => {
  const client = {} as LogsQueryClient
  // @ts-expect-error -- of nothing
  appRequests({ client })
  // @ts-expect-error -- of both
  appRequests({ client, workspaceId: 'w', resourceId: 'r' })
})

test('checks keep their evidence', () => {
  expectTypeOf(alarmsGreen).returns.toEqualTypeOf<Check<AlarmsGreenEvidence>>()
  expectTypeOf(requiredSettings).returns.toEqualTypeOf<Check<RequiredSettingsEvidence>>()
  expectTypeOf(capacity).returns.toEqualTypeOf<Check<CapacityEvidence>>()
})

test('the machines of the fake are what a local server needs', () => {
  expectTypeOf<InMemoryAzureMonitor['metricMachine']>().toExtend<MetricMachine>()
  expectTypeOf<InMemoryAzureMonitor['logMachine']>().toExtend<LogMachine>()
})
