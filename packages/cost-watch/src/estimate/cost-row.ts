import type { Money } from '../money/money.ts'
import type { Cloud } from '../usage/usage-row.ts'

/** What one meter of one resource cost, estimated or billed. `focusRow` makes a FOCUS 1.2 row of it. */
export interface CostRow {
  readonly cloud: Cloud
  readonly account: string
  readonly region: string
  /** `AWS Lambda`, `Azure Functions`. */
  readonly service: string
  readonly resourceId: string
  readonly meter: string
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
  /** Decimal text in `unit`. */
  readonly quantity: string
  /** `Requests`, `GB-Seconds`. */
  readonly unit: string
  /** The best guess, or what was billed. */
  readonly cost: Money
  /** Decimal text: the price of one unit in the first tier that costs anything; `undefined` where a bill does not say it. */
  readonly listUnitPrice: string | undefined
  /** The provider's own id of what is sold, where the price book has it. */
  readonly skuId?: string | undefined
  /** Certainly between these; all three are equal where nothing is unknown. */
  readonly low: Money
  readonly high: Money
  /** False: the time is not over, or the service may still restate it. Such a row is part of no total and no rate. */
  readonly complete: boolean
  /** By us from usage × price, not by the provider. */
  readonly estimated: boolean
  readonly tags?: Readonly<Record<string, string>> | undefined
}
