export type AzureAggregation = 'Average' | 'Count' | 'Maximum' | 'Minimum' | 'Total'

interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** One period: an aggregation that the service does not have is missing. */
export interface AzurePoint {
  readonly timeStamp: Date
  readonly average?: number | undefined
  readonly minimum?: number | undefined
  readonly maximum?: number | undefined
  readonly total?: number | undefined
  readonly count?: number | undefined
}

export interface AzureMetricResult {
  /** A text, or, in `@azure/arm-monitor`, a text with a translation. */
  readonly name: string | { readonly value: string }
  /** `Success`, or why there is no data: that is no error of the call. */
  readonly errorCode?: string | undefined
  readonly errorMessage?: string | undefined
  readonly timeseries: readonly { readonly data?: readonly AzurePoint[] | undefined }[]
}

/** `new MetricsQueryClient(credential)` of `@azure/monitor-query` 1.x fits as it is. */
export interface MetricsQueryLike {
  queryResource(
    resourceId: string,
    metricNames: string[],
    options: SendOptions & {
      timespan: { startTime: Date; endTime: Date }
      granularity: string
      aggregations: AzureAggregation[]
    },
  ): Promise<{ readonly metrics: readonly AzureMetricResult[] }>
}

/** `new MetricsClient(regionalEndpoint, credential)` of `@azure/monitor-query-metrics`, or of `@azure/monitor-query` 1.3, fits as it is. */
export interface MetricsBatchLike {
  queryResources(
    resourceIds: string[],
    metricNames: string[],
    metricNamespace: string,
    options: SendOptions & { startTime: Date; endTime: Date; interval: string; aggregation: string },
  ): Promise<readonly { readonly metrics: readonly AzureMetricResult[] }[]>
}

/** `new MonitorClient(credential, subscriptionId)` of `@azure/arm-monitor` fits as it is. */
export interface MonitorMetricsLike {
  readonly metrics: {
    list(
      resourceId: string,
      options: SendOptions & { timespan: string; interval: string; metricnames: string; aggregation: string },
    ): Promise<{ readonly value: readonly AzureMetricResult[] }>
  }
}

/** Any of the clients that read metrics. */
export type AzureMetricsLike = MetricsQueryLike | MetricsBatchLike | MonitorMetricsLike
