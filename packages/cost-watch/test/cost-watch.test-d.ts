import type { CloudWatch } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import type { CostExplorer } from '@aws-sdk/client-cost-explorer'
import type { Lambda } from '@aws-sdk/client-lambda'
import type { MonitorClient } from '@azure/arm-monitor'
import type { TokenCredential } from '@azure/core-auth'
import type { MetricsQueryClient } from '@azure/monitor-query'
import { type Change, type Capped, type CapState, capSpend, type SpendCap } from '@cutover/cost-watch'
import type {
  CloudWatchLike,
  CloudWatchLogsLike,
  ConcurrencyLike,
  CostExplorerLike,
  LambdaConfigurationLike,
} from '@cutover/cost-watch/aws'
import type { ArmMonitorLike, CredentialLike, FetchLike, MetricsQueryLike } from '@cutover/cost-watch/azure'
import type { BillingMachine, InMemoryFlexApp } from '@cutover/cost-watch/testing'
import type { CostMachine } from '@cutover/local-azure'
import { expectTypeOf, test } from 'vitest'

test("the SDKs' clients fit as they are", () => {
  expectTypeOf<CloudWatch>().toExtend<CloudWatchLike>()
  expectTypeOf<CloudWatchLogs>().toExtend<CloudWatchLogsLike>()
  expectTypeOf<CostExplorer>().toExtend<CostExplorerLike>()
  expectTypeOf<Lambda>().toExtend<LambdaConfigurationLike>()
  expectTypeOf<Lambda>().toExtend<ConcurrencyLike>()
  expectTypeOf<MetricsQueryClient>().toExtend<MetricsQueryLike>()
  expectTypeOf<MonitorClient>().toExtend<ArmMonitorLike>()
  expectTypeOf<TokenCredential>().toExtend<CredentialLike>()
  expectTypeOf<typeof fetch>().toExtend<FetchLike>()
})

test('the billing machine is what the local Azure serves', () => {
  expectTypeOf<BillingMachine>().toExtend<CostMachine>()
  expectTypeOf<InMemoryFlexApp['fetch']>().toExtend<FetchLike>()
})

test('a cap is a change', () => {
  expectTypeOf(capSpend({} as SpendCap, { limit: 1 })).toExtend<Change<CapState, Capped>>()
})
