import type { SendOptions } from './cloudwatch-like.ts'

export interface CostAndUsageInput {
  TimePeriod: { Start: string; End: string }
  Granularity: 'DAILY'
  Metrics: string[]
  GroupBy: { Type: 'DIMENSION'; Key: string }[]
  Filter?: CostFilter
  NextPageToken?: string
}

export interface CostFilter {
  Tags?: { Key: string; Values: string[] }
  Dimensions?: { Key: 'LINKED_ACCOUNT' | 'RECORD_TYPE'; Values: string[] }
  And?: CostFilter[]
}

interface Amount {
  readonly Amount?: string | undefined
  readonly Unit?: string | undefined
}

export interface CostAndUsage {
  readonly ResultsByTime?:
    | readonly {
        readonly TimePeriod?: { readonly Start?: string | undefined; readonly End?: string | undefined } | undefined
        readonly Groups?:
          | readonly {
              readonly Keys?: readonly string[] | undefined
              readonly Metrics?: Readonly<Record<string, Amount>> | undefined
            }[]
          | undefined
        readonly Estimated?: boolean | undefined
      }[]
    | undefined
  readonly NextPageToken?: string | undefined
}

/** `new CostExplorer({ region: 'us-east-1' })` of `@aws-sdk/client-cost-explorer` fits as it is. */
export interface CostExplorerLike {
  getCostAndUsage(input: CostAndUsageInput, options?: SendOptions): Promise<CostAndUsage>
}
