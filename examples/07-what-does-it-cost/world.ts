// Two clouds in virtual time: an order service that was on Lambda for four weeks and moved to Functions at 02:00.
import { fakeWorld } from '@cutover/core/testing'
import { type CostWatchOptions, priceTable } from '@cutover/cost-watch'
import { functionsUsage } from '@cutover/cost-watch/azure'
import {
  demand,
  inMemoryFlexApp,
  inMemoryFunctionMetrics,
  scriptedUsage,
  withRunaway,
} from '@cutover/cost-watch/testing'

export const hour = 3_600_000
export const day = 24 * hour
export const switchedAt = Date.UTC(2026, 10, 20, 2)
/** A release that keeps asking a service that does not answer: each execution takes two and a half times as long. */
export const runawayAt = switchedAt + 31 * hour
export const lambda = 'arn:aws:lambda:us-east-1:111122223333:function:orders'

/** Gigabyte-seconds become megabyte-milliseconds, which is what Azure Monitor counts. */
const unitsPerGbSecond = 1_024_000

export function world() {
  const made = fakeWorld({ startAt: switchedAt + 25 * 60_000 })
  const app = inMemoryFlexApp(made)
  const resourceId = `/subscriptions/${app.subscriptionId}/resourceGroups/${app.resourceGroup}/providers/Microsoft.Web/sites/${app.name}`
  const series = { seed: 7, days: 40, startAt: switchedAt - 4 * 7 * day - 2 * hour, slotMs: hour }
  const source = scriptedUsage({
    ...series,
    clock: made.clock,
    cloud: 'aws',
    settleMs: 20 * 60_000,
    meters: [
      { resourceId: lambda, meter: 'lambda/requests', perDay: 3_000_000, until: switchedAt },
      { resourceId: lambda, meter: 'lambda/gb-seconds/x86_64', perDay: 1_500_000, until: switchedAt },
      // Kept warm for the way back.
      {
        resourceId: lambda,
        meter: 'lambda/provisioned/x86_64',
        perDay: 10 * 86_400,
        shape: 'constant',
        from: switchedAt,
      },
    ],
  })
  const since = ({ at }: { readonly at: number }): boolean => at >= switchedAt
  const gbSeconds = withRunaway(demand({ ...series, perDay: 1_150_000 }), { from: runawayAt, times: 2.5 })
  const client = inMemoryFunctionMetrics(made, {
    resourceId,
    since: switchedAt,
    metrics: {
      OnDemandFunctionExecutionCount: demand({ ...series, perDay: 3_000_000 })
        .filter(since)
        .map(({ at, spend }) => ({ at, value: Math.round(spend) })),
      OnDemandFunctionExecutionUnits: gbSeconds
        .filter(since)
        .map(({ at, spend }) => ({ at, value: Math.round(spend * unitsPerGbSecond) })),
      AlwaysReadyFunctionExecutionCount: [],
      AlwaysReadyFunctionExecutionUnits: [],
      AlwaysReadyUnits: [],
    },
  })
  const apps = [{ resourceId, region: 'eastus', plan: 'flex' as const }]
  const target = functionsUsage({ client, clock: made.clock, apps })
  const options: CostWatchOptions = {
    source,
    target,
    prices: priceTable(),
    switchedAt,
    clock: made.clock,
    // What flexShapePreflight said of the source's log: the same work at the target's price.
    targetTimesSource: 1.2,
    budget: { amount: 1_500 },
    inUse: [resourceId],
  }
  return { ...made, options, app, clock: made.clock }
}
