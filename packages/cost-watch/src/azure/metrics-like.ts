interface MetricsAnswer {
  readonly metrics: readonly {
    readonly name: string
    readonly errorCode?: string | undefined
    readonly timeseries: readonly {
      readonly data?:
        | readonly {
            readonly timeStamp: Date
            readonly total?: number | undefined
            readonly average?: number | undefined
          }[]
        | undefined
    }[]
  }[]
}

/** `new MetricsQueryClient(credential)` of `@azure/monitor-query` fits as it is; `armMonitorMetrics` makes one of its successor. */
export interface MetricsQueryLike {
  queryResource(
    resourceUri: string,
    metricNames: string[],
    options?: {
      granularity?: string
      timespan?: { startTime: Date; endTime: Date }
      aggregations?: ('Total' | 'Average')[]
      abortSignal?: AbortSignal
    },
  ): Promise<MetricsAnswer>
}

/** `new MonitorClient(credential, subscriptionId)` of `@azure/arm-monitor` fits as it is. */
export interface ArmMonitorLike {
  readonly metrics: {
    list(
      resourceUri: string,
      options?: {
        timespan?: string
        interval?: string
        metricnames?: string
        aggregation?: string
        abortSignal?: AbortSignal
      },
    ): Promise<{
      readonly value: readonly {
        readonly name: { readonly value: string }
        readonly errorCode?: string | undefined
        readonly timeseries: readonly {
          readonly data?:
            | readonly {
                readonly timeStamp: Date
                readonly total?: number | undefined
                readonly average?: number | undefined
              }[]
            | undefined
        }[]
      }[]
    }>
  }
}

/** `@azure/monitor-query` is deprecated; its successor for these metrics answers the same in other words. */
export function armMonitorMetrics(client: ArmMonitorLike): MetricsQueryLike {
  return {
    async queryResource(resourceUri, metricNames, { granularity, timespan, aggregations, abortSignal } = {}) {
      const { value } = await client.metrics.list(resourceUri, {
        ...(timespan ? { timespan: `${timespan.startTime.toISOString()}/${timespan.endTime.toISOString()}` } : {}),
        ...(granularity === undefined ? {} : { interval: granularity }),
        metricnames: metricNames.join(','),
        ...(aggregations ? { aggregation: aggregations.join(',') } : {}),
        ...(abortSignal ? { abortSignal } : {}),
      })
      return { metrics: value.map(({ name, errorCode, timeseries }) => ({ name: name.value, errorCode, timeseries })) }
    },
  }
}
