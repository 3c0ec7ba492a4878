import type { DecimalLike } from '../money/decimal.ts'

export type Cloud = 'aws' | 'azure'

/** How much of one meter one resource used, from `from` until `to`. */
export interface UsageRow {
  readonly cloud: Cloud
  /** AWS account id or Azure subscription id: free grants and tiers are counted per account. */
  readonly account: string
  /** `us-east-1`, `eastus`. */
  readonly region: string
  /** ARN or Azure resource id; `''` when the service does not say. */
  readonly resourceId: string
  /** What is counted, as a price book names it: `lambda/requests`, `lambda/gb-seconds/arm64`. */
  readonly meter: string
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
  /** In the meter's own unit (requests, GB-seconds, GB-hours); 0 or more. A best guess where `range` is given. */
  readonly quantity: DecimalLike
  /** Between which bounds it certainly is, where it cannot be known exactly. */
  readonly range?: { readonly low: DecimalLike; readonly high: DecimalLike } | undefined
  /** False while the service may still add to it: then it is no full amount, and counts for no rate. */
  readonly complete: boolean
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** Usage that should be there and is not: never zero. */
export interface MissingUsage {
  readonly cloud: Cloud
  readonly resourceId: string
  /** The meter or the metric. */
  readonly meter: string
  readonly from: number
  readonly to: number
  /** One English sentence. */
  readonly why: string
}

export interface Usage {
  readonly rows: readonly UsageRow[]
  readonly missing: readonly MissingUsage[]
}

/** What the resources of one migration bear. */
export interface Tag {
  readonly key: string
  readonly values: readonly string[]
}

/** Epoch milliseconds; `to` is not part of it. */
export interface Window {
  readonly from: number
  readonly to: number
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
}

/** Where usage of one side comes from. */
export interface UsageSource {
  readonly cloud: Cloud
  /** How long after its end an hour may still grow, in milliseconds. */
  readonly settleMs: number
  usage(window: Window, options?: ReadOptions): Promise<Usage>
}
