import { type Clock, systemClock } from '@cutover/core'

import type { Provider } from '../provider.ts'
import type { AlertMachine } from './alert-machine.ts'
import { alertRules, firedAlerts } from './alerts.ts'
import type { LogMachine } from './log-machine.ts'
import { logs } from './logs.ts'
import { metricBatch } from './metric-batch.ts'
import type { MetricMachine } from './metric-machine.ts'
import { metrics } from './metrics.ts'

export interface MonitorOptions {
  /** What is measured. @default none */
  readonly metrics?: readonly MetricMachine[] | undefined
  /** Log Analytics workspaces. @default none */
  readonly logs?: readonly LogMachine[] | undefined
  /** The alerts of resource groups. @default none */
  readonly alerts?: readonly AlertMachine[] | undefined
  /** @default 'westeurope' */
  readonly location?: string | undefined
  /** Tells which alerts are of the past day; the server's. @default systemClock */
  readonly clock?: Clock | undefined
}

/**
 * Azure Monitor: `Microsoft.Insights/metrics`, the batch API of each region, Log Analytics queries, rules with status and action
 * groups, and fired alerts; read only, on machines that are not copied. Metrics, batch and logs are held to the official
 * descriptions; those of rules, groups and alerts are written from what the official clients read.
 *
 * It does not do `$filter`, `top`, `rollupby`, nor queries over several workspaces: 501.
 */
export function monitor(options: MonitorOptions): readonly Provider[] {
  const { location = 'westeurope', clock = systemClock } = options
  const { metrics: measured = [], logs: workspaces = [], alerts = [] } = options
  return [
    metrics(measured, location),
    metricBatch(measured, location),
    logs(workspaces, location),
    alertRules(alerts, location),
    firedAlerts(alerts, location, () => clock.now()),
  ]
}
