export interface SendOptions {
  readonly abortSignal?: AbortSignal
}

export interface MetricQuery {
  Id: string
  MetricStat: {
    Metric: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] }
    Period: number
    Stat: string
  }
  ReturnData: boolean
}

interface MetricData {
  readonly MetricDataResults?:
    | readonly {
        readonly Id?: string | undefined
        readonly Timestamps?: readonly Date[] | undefined
        readonly Values?: readonly number[] | undefined
        readonly StatusCode?: string | undefined
      }[]
    | undefined
  readonly NextToken?: string | undefined
}

/** `new CloudWatch(...)` of `@aws-sdk/client-cloudwatch` fits as it is. */
export interface CloudWatchLike {
  getMetricData(
    input: {
      MetricDataQueries: MetricQuery[]
      StartTime: Date
      EndTime: Date
      ScanBy: 'TimestampAscending'
      NextToken?: string
    },
    options?: SendOptions,
  ): Promise<MetricData>
}

interface LogEvents {
  readonly events?:
    | readonly {
        readonly timestamp?: number | undefined
        readonly message?: string | undefined
        readonly eventId?: string | undefined
      }[]
    | undefined
  readonly nextToken?: string | undefined
}

/** `new CloudWatchLogs(...)` of `@aws-sdk/client-cloudwatch-logs` fits as it is. */
export interface CloudWatchLogsLike {
  filterLogEvents(
    input: { logGroupName: string; startTime: number; endTime: number; filterPattern: string; nextToken?: string },
    options?: SendOptions,
  ): Promise<LogEvents>
}

/** What tells a function's shape: `new Lambda(...)` of `@aws-sdk/client-lambda` fits as it is. */
export interface LambdaConfigurationLike {
  getFunctionConfiguration(
    input: { FunctionName: string },
    options?: SendOptions,
  ): Promise<{
    readonly FunctionName?: string | undefined
    readonly FunctionArn?: string | undefined
    readonly MemorySize?: number | undefined
    readonly Architectures?: readonly string[] | undefined
    readonly EphemeralStorage?: { readonly Size?: number | undefined } | undefined
  }>
  listTags(
    input: { Resource: string },
    options?: SendOptions,
  ): Promise<{ readonly Tags?: Readonly<Record<string, string>> | undefined }>
}

export const abortable = (signal: AbortSignal | undefined): SendOptions => (signal ? { abortSignal: signal } : {})
