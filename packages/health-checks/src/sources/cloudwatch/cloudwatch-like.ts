interface SendOptions {
  readonly abortSignal?: AbortSignal
}

export interface MetricQuery {
  Id: string
  MetricStat: {
    Metric: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] }
    Period: number
    Stat: string
  }
}

export interface MetricResult {
  readonly Id?: string | undefined
  readonly Timestamps?: readonly Date[] | undefined
  readonly Values?: readonly number[] | undefined
  /** `Complete`, `PartialData`, `InternalError`, `Forbidden`. */
  readonly StatusCode?: string | undefined
}

/** The calls that the count sources make. `new CloudWatch(...)` of `@aws-sdk/client-cloudwatch` fits as it is. */
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
  ): Promise<{
    readonly MetricDataResults?: readonly MetricResult[] | undefined
    readonly NextToken?: string | undefined
    readonly Messages?:
      | readonly { readonly Code?: string | undefined; readonly Value?: string | undefined }[]
      | undefined
  }>
}

/** Says in the compiler's message what to pass instead of a `CloudWatchClient`. */
export type AggregatedCloudWatch<Client> = Client extends CloudWatchLike
  ? Client
  : Client extends { send: unknown }
    ? 'Pass new CloudWatch(...): a CloudWatchClient has only send()'
    : CloudWatchLike

export const abortable = (signal: AbortSignal | undefined): SendOptions =>
  signal === undefined ? {} : { abortSignal: signal }
