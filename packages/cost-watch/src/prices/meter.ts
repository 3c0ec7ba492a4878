import type { Cloud } from '../usage/usage-row.ts'
import { awsMeters } from './aws-meters.ts'
import { azureMeters } from './azure-meters.ts'

/** Something that is counted and priced, the same in our tables, in the providers' price lists and on their bills. */
export interface Meter {
  /** `lambda/gb-seconds/arm64` */
  readonly id: string
  readonly cloud: Cloud
  /** As the provider's bill names it: `AWS Lambda`. */
  readonly service: string
  /** FOCUS 1.2 ServiceCategory. */
  readonly category: 'Compute' | 'Databases' | 'Integration' | 'Networking' | 'Storage'
  /** What a quantity of 1 is: `GB-Seconds`. */
  readonly unit: string
  /** Where it stands in an AWS price list or on an AWS bill: the offer code, and usage types without their region's prefix. */
  readonly aws?: { readonly offer: string; readonly usageTypes: readonly string[] } | undefined
  /** Where it stands in the Azure Retail Prices API and on an Azure bill. */
  readonly azure?:
    | {
        readonly serviceName: string
        readonly productName: string
        readonly skuName: string
        readonly meterName: string
      }
    | undefined
  /** Given free in each calendar month: by whom it is shared. Quantities are the price book's. */
  readonly grant?: string | undefined
}

/** Every meter that this package knows by name; one that is not here may still be priced by a book of your own. */
export const meters: ReadonlyMap<string, Meter> = new Map(
  [...awsMeters, ...azureMeters].map((meter) => [meter.id, meter]),
)
