/** What one meter of one resource costs on one day, as far as the service knows by now. */
export interface CostCharge {
  /** `2026-11-20` */
  readonly day: string
  /** `/subscriptions/…/providers/Microsoft.Web/sites/orders` */
  readonly resourceId: string
  /** `On Demand Execution Time` */
  readonly meter: string
  /** Decimal text. */
  readonly cost: string
  readonly quantity: string
  readonly currency: string
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** `Usage`, `Purchase`, `Refund`. @default 'Usage' */
  readonly type?: string | undefined
}

/** What has been charged, as a state machine: `billingMachine` of `@cutover/cost-watch/testing`, or one of your own. */
export interface CostMachine {
  /** What is known now: late, and of the current day in part. */
  charges(): readonly CostCharge[]
  /** Epoch milliseconds. */
  now(): number
}
