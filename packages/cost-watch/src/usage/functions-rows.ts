import { type Decimal, decimal, type DecimalLike } from '../money/decimal.ts'
import { gbSeconds } from './gigabytes.ts'
import type { UsageRow, Window } from './usage-row.ts'

/** What of a function app decides its price. */
export interface AppShape {
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.Web/sites/orders` */
  readonly resourceId: string
  /** `eastus` */
  readonly region: string
  readonly plan: 'flex' | 'consumption' | 'premium'
  /** Of a Premium plan: EP1 has 1 vCPU and 3.5 GiB, EP2 2 and 7, EP3 4 and 14. Its resource id then is the plan's. */
  readonly instance?: { readonly vcpus: number; readonly gib: number } | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** Sums of Azure Monitor's metrics, as they are: execution units are MB-milliseconds. */
export interface AppActivity extends Window {
  /** By the name of the metric: `OnDemandFunctionExecutionUnits`. One that is not there has no row. */
  readonly metrics: Readonly<Record<string, DecimalLike | undefined>>
  readonly complete: boolean
}

/**
 * Which metric is which meter. Units are MB-milliseconds, and become GB-seconds by ÷ 1,024,000.
 *
 * @see https://learn.microsoft.com/azure/azure-functions/functions-consumption-costs#view-cost-related-metrics
 */
export const planMetrics: Readonly<
  Record<
    'flex' | 'consumption',
    readonly { readonly metric: string; readonly meter: string; readonly isUnits: boolean }[]
  >
> = {
  flex: [
    { metric: 'OnDemandFunctionExecutionCount', meter: 'flex/executions', isUnits: false },
    { metric: 'OnDemandFunctionExecutionUnits', meter: 'flex/gb-seconds', isUnits: true },
    { metric: 'AlwaysReadyFunctionExecutionCount', meter: 'flex/always-ready/executions', isUnits: false },
    { metric: 'AlwaysReadyFunctionExecutionUnits', meter: 'flex/always-ready/gb-seconds', isUnits: true },
    { metric: 'AlwaysReadyUnits', meter: 'flex/always-ready/baseline-gb-seconds', isUnits: true },
  ],
  consumption: [
    { metric: 'FunctionExecutionCount', meter: 'functions/executions', isUnits: false },
    { metric: 'FunctionExecutionUnits', meter: 'functions/gb-seconds', isUnits: true },
  ],
}

/** The subscription of an Azure resource id. */
export const subscriptionOf = (resourceId: string): string => /^\/subscriptions\/([^/]+)/i.exec(resourceId)?.[1] ?? ''

export function functionsRows(app: AppShape, activity: AppActivity): readonly UsageRow[] {
  const { resourceId, region, plan, tags } = app
  const { from, to, metrics, complete } = activity
  const row = (meter: string, quantity: Decimal): UsageRow => ({
    cloud: 'azure',
    account: subscriptionOf(resourceId),
    region,
    resourceId,
    meter,
    from,
    to,
    quantity: quantity.toString(),
    complete,
    tags,
  })
  if (plan === 'premium') return premiumRows(app, activity, row)
  return planMetrics[plan].flatMap(({ metric, meter, isUnits }) => {
    const value = metrics[metric]
    if (value === undefined) return []
    return [row(meter, isUnits ? gbSeconds(value) : decimal(value))]
  })
}

/** `InstanceCount`, the plan's mean number of instances, each billed by the second whether it works or not. */
function premiumRows(
  { instance = { vcpus: 1, gib: 3.5 } }: AppShape,
  { from, to, metrics }: AppActivity,
  row: (meter: string, quantity: Decimal) => UsageRow,
): readonly UsageRow[] {
  const count = metrics['InstanceCount']
  if (count === undefined) return []
  const hours = decimal(count)
    .times(decimal(to - from))
    .dividedBy(decimal(3_600_000))
  return [
    row('premium/vcpu-hours', hours.times(decimal(instance.vcpus))),
    row('premium/gib-hours', hours.times(decimal(instance.gib))),
  ]
}

/**
 * What one execution on the Consumption plan is billed, in MB-milliseconds: memory rounded up to the next 128 MB, at least
 * 100 ms.
 *
 * @see https://azure.microsoft.com/pricing/details/functions/
 */
export function consumptionUnits(durationMs: number, memoryMb: number): number {
  return Math.max(100, Math.ceil(durationMs)) * Math.min(1_536, Math.max(128, Math.ceil(memoryMb / 128) * 128))
}

/**
 * What one period of activity of a Flex Consumption instance is billed, in MB-milliseconds: at least 1,000 ms, then steps of
 * 100 ms, always the whole memory of the instance.
 *
 * @see https://learn.microsoft.com/azure/azure-functions/functions-consumption-costs
 */
export function flexUnits(activeMs: number, instanceMb: 512 | 2048 | 4096): number {
  return flexBilledMs(activeMs) * instanceMb
}

export const flexBilledMs = (activeMs: number): number => Math.max(1_000, Math.ceil(activeMs / 100) * 100)
