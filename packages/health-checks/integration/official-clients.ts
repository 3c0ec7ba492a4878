import { MonitorClient } from '@azure/arm-monitor'
import {
  LogsQueryClient as DeprecatedLogsQueryClient,
  MetricsClient as DeprecatedMetricsClient,
  MetricsQueryClient,
} from '@azure/monitor-query'
import { LogsQueryClient } from '@azure/monitor-query-logs'
import { MetricsClient } from '@azure/monitor-query-metrics'
import type { LocalAzure } from '@cutover/local-azure'

const endpoint = 'https://westeurope.metrics.monitor.azure.com'

/** Every official client of the same things, sent to the local server; none tries again by itself. */
export function officialClients(server: LocalAzure) {
  const options = { additionalPolicies: [server.policy()], retryOptions: { maxRetries: 0 } }
  const credential = server.credential()
  return {
    metrics: {
      'MetricsQueryClient of @azure/monitor-query': new MetricsQueryClient(credential, options),
      'MetricsClient of @azure/monitor-query': new DeprecatedMetricsClient(endpoint, credential, options),
      'MetricsClient of @azure/monitor-query-metrics': new MetricsClient(endpoint, credential, options),
      'MonitorClient of @azure/arm-monitor': new MonitorClient(credential, server.subscriptionId, options),
    },
    logs: {
      'LogsQueryClient of @azure/monitor-query': new DeprecatedLogsQueryClient(credential, options),
      'LogsQueryClient of @azure/monitor-query-logs': new LogsQueryClient(credential, options),
    },
  }
}
