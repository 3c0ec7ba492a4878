export type MetricAggregation = 'average' | 'minimum' | 'maximum' | 'total' | 'count'

export interface MetricDefinition {
  /** `Count`, `Bytes`, `Seconds`, `Percent`, … */
  readonly unit: string
  /** What it is aggregated by when nobody says, and the others that there are. */
  readonly aggregations: readonly [primary: MetricAggregation, ...others: MetricAggregation[]]
}

/** One resource that is measured, as a state machine: what a fake has, or a test in twenty lines. */
export interface MetricMachine {
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.Web/sites/orders` */
  readonly resourceId: string
  /** `westeurope`: the only regional endpoint that knows it. */
  readonly region: string
  /** By name: `Requests`. */
  readonly metrics: Readonly<Record<string, MetricDefinition>>
  /**
   * The metric from `from` to before `to`, epoch milliseconds. What has not been measured, or not taken in, is absent; a service
   * that answers 0 for it, as the real one may, does so here.
   */
  point(metric: string, from: number, to: number): Readonly<Partial<Record<MetricAggregation, number>>>
}
