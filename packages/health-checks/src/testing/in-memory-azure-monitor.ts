import { formatInstant, knownOptions } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import type { CountBucket } from '../count-source.ts'
import { refuseOption } from '../health-error.ts'
import type { LogsQueryLike } from '../sources/azure-monitor/logs-like.ts'
import type { MetricsBatchLike, MetricsQueryLike, MonitorMetricsLike } from '../sources/azure-monitor/metrics-like.ts'
import { azureMonitorClients } from './azure-monitor-clients.ts'
import { parts } from './in-memory-cloudwatch.ts'
import type { Row } from './kql/kql-expression.ts'
import { runKql } from './kql/run-kql.ts'
import { LateData } from './late-data.ts'

export interface InMemoryAzureMonitorOptions {
  /** @default '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/local/providers/Microsoft.Web/sites/orders' */
  readonly resourceId?: string | undefined
  /** @default 'westeurope' */
  readonly region?: string | undefined
  /** How late metrics are, at least and at most. @default [60_000, 240_000] */
  readonly lagMs?: readonly [number, number] | undefined
  /** How late logs are, at least and at most. @default [120_000, 600_000] */
  readonly logLagMs?: readonly [number, number] | undefined
  /** What is answered for a minute that is not taken in: the service has been seen to do each. @default 'zero' */
  readonly notYet?: 'zero' | 'absent' | undefined
}

const optionNames: readonly (keyof InMemoryAzureMonitorOptions)[] = [
  'resourceId',
  'region',
  'lagMs',
  'logLagMs',
  'notYet',
]
const defaultId =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/local/providers/Microsoft.Web/sites/orders'

interface Point {
  readonly total?: number
}

export interface InMemoryAzureMonitor {
  /** The clients of `@azure/monitor-query` and `@azure/arm-monitor`. */
  readonly metricsQueryClient: MetricsQueryLike
  readonly monitorClient: MonitorMetricsLike
  /** The client of a region's batch endpoint. */
  metricsClient(region: string): MetricsBatchLike
  readonly logsQueryClient: LogsQueryLike
  /** For `monitor({ metrics: [machine.metricMachine], logs: [machine.logMachine] })` of `@cutover/local-azure`. */
  readonly metricMachine: {
    readonly resourceId: string
    readonly region: string
    readonly metrics: Readonly<Record<string, { readonly unit: string; readonly aggregations: readonly ['total'] }>>
    point(metric: string, from: number, to: number): Point
  }
  readonly logMachine: {
    readonly workspaceId: string
    readonly resourceIds: readonly string[]
    query(
      kql: string,
      timespan: { readonly from: number; readonly to: number } | undefined,
    ): {
      readonly columns: readonly {
        readonly name: string
        readonly type: 'string' | 'long' | 'datetime' | 'bool' | 'real'
      }[]
      readonly rows: readonly (readonly unknown[])[]
      readonly partial?: { readonly code: string; readonly message: string }
    }
  }
  /** Requests over HTTP, with metrics and logs; slow ones took 1,000 ms, the others 20. One row of logs stands for `itemCount`. */
  recordRequests(
    buckets: readonly Pick<CountBucket, 'from' | 'to' | 'total' | 'bad' | 'slow'>[],
    options?: { readonly app?: string; readonly operation?: string; readonly itemCount?: number },
  ): void
  /** A call that the app made at `at`, as its SDK reports it. */
  recordDependency(target: string, at: number, options?: { readonly app?: string }): void
  /** A language worker of the app ended, as the host reports it. */
  recordWorkerExit(at: number, options?: { readonly app?: string }): void
  /** A correction that comes later: so many more, seen from `seenAt` on. */
  correct(metric: 'Requests' | 'Http5xx', at: number, value: number, seenAt: number): void
  /** What happened from `from` to before `to` never arrives in metrics, nor in logs. */
  lose(from: number, to: number): void
  /** The next call of any client is refused. */
  failNext(error: unknown): void
  /** The next query of logs answers in part. */
  partNext(): void
}

const workspaceId = '11111111-0000-0000-0000-000000000001'

/**
 * Azure Monitor at the level of the official clients: metrics that come late, with 0 for minutes that are not taken in and nothing
 * for those that never were; a batch endpoint that knows one region; logs that come later still, sampled, in a fragment of KQL.
 *
 * Operations: `monitor.metrics <resource>`, `monitor.logs <workspace>`.
 */
export function inMemoryAzureMonitor(
  world: FakeWorld,
  options: InMemoryAzureMonitorOptions = {},
): InMemoryAzureMonitor {
  knownOptions(options, optionNames, 'HEALTH_OPTIONS_INVALID', 'inMemoryAzureMonitor')
  const { resourceId = defaultId, region = 'westeurope', notYet = 'zero' } = options
  const { lagMs = [60_000, 240_000], logLagMs = [120_000, 600_000] } = options
  if (notYet !== 'zero' && notYet !== 'absent') refuseOption('notYet', notYet, 'zero or absent')
  const metrics = new LateData(world, { lagMs })
  const logged: { readonly table: string; readonly row: Row; readonly at: number; readonly seenAt: number }[] = []
  const lag = (): number => logLagMs[0] + world.random() * (logLagMs[1] - logLagMs[0])
  let partial = false

  const metricMachine: InMemoryAzureMonitor['metricMachine'] = {
    resourceId,
    region,
    metrics: {
      Requests: { unit: 'Count', aggregations: ['total'] },
      Http5xx: { unit: 'Count', aggregations: ['total'] },
    },
    point(metric, from, to) {
      const now = world.clock.now()
      // Later than the longest lag nothing comes any more: then there was nothing.
      const mayCome = to > now - lagMs[1]
      const seen = metrics.seen(metric, from, to)
      if (seen.length > 0) return { total: seen.reduce((sum, { value, times }) => sum + value * times, 0) }
      return from >= now || !mayCome || notYet === 'absent' ? {} : { total: 0 }
    },
  }

  const logMachine: InMemoryAzureMonitor['logMachine'] = {
    workspaceId,
    resourceIds: [resourceId],
    query(kql, timespan) {
      const now = world.clock.now()
      const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = timespan ?? {}
      const seen = logged.filter(({ at, seenAt }) => seenAt <= now && at >= from && at < to)
      const rows = runKql(kql, (name) =>
        tables.has(name) ? seen.filter(({ table }) => table === name).map(({ row }) => row) : undefined,
      )
      const names = Object.keys(rows[0] ?? {})
      const columns = names.map((name) => ({ name, type: typeOf(name, rows[0]?.[name]) }))
      const part = partial
      partial = false
      return {
        columns,
        rows: rows.map((row) => names.map((name) => shown(name, row[name]))),
        ...(part ? { partial: { code: 'QueryExecutionTimeout', message: 'The query took too long' } } : {}),
      }
    },
  }

  const { failNext, ...clients } = azureMonitorClients(world, { metricMachine, logMachine })
  return {
    ...clients,
    failNext,
    metricMachine,
    logMachine,
    recordRequests(buckets, { app = 'orders', operation = 'http', itemCount = 1 } = {}) {
      for (const { from, to, total, bad, slow = 0 } of buckets) {
        parts(total, 4).forEach((count, i) => {
          const at = from + Math.floor(((to - from) * i) / 4)
          const [failed, late] = [parts(bad, 4)[i] ?? 0, parts(slow, 4)[i] ?? 0]
          if (count > 0) metrics.record('Requests', { at, value: 1, times: count })
          if (failed > 0) metrics.record('Http5xx', { at, value: 1, times: failed })
          if (count > failed) metrics.record('Http5xx', { at, value: 0, times: count - failed })
          for (const [n, Success, DurationMs] of [
            [Math.min(failed, late), false, 1_000],
            [Math.max(0, failed - late), false, 20],
            [Math.max(0, late - failed), true, 1_000],
            [count - Math.max(failed, late), true, 20],
          ] as const) {
            for (let left = n; left > 0; left -= itemCount) {
              const ItemCount = Math.min(itemCount, left)
              const row = {
                TimeGenerated: at,
                AppRoleName: app,
                OperationName: operation,
                ItemCount,
                Success,
                DurationMs,
              }
              logged.push({ table: 'AppRequests', row, at, seenAt: at + lag() })
            }
          }
        })
      }
    },
    recordDependency(target, at, { app = 'orders' } = {}) {
      const row = { TimeGenerated: at, AppRoleName: app, Target: target, ItemCount: 1 }
      logged.push({ table: 'AppDependencies', row, at, seenAt: at + lag() })
    },
    recordWorkerExit(at, { app = 'orders' } = {}) {
      const ExceptionType = 'Microsoft.Azure.WebJobs.Script.Workers.WorkerProcessExitException'
      const row = { TimeGenerated: at, AppRoleName: app, ExceptionType, ItemCount: 1 }
      logged.push({ table: 'AppExceptions', row, at, seenAt: at + lag() })
    },
    correct: (metric, at, value, seenAt) => metrics.record(metric, { at, value, times: 1 }, seenAt),
    lose(from, to) {
      metrics.lose(from, to)
      for (let i = logged.length - 1; i >= 0; i--) {
        const { at } = logged[i] ?? { at: Number.NaN }
        if (at >= from && at < to) logged.splice(i, 1)
      }
    },
    partNext() {
      partial = true
    },
  }
}

const tables: ReadonlySet<string> = new Set(['AppRequests', 'AppDependencies', 'AppExceptions'])
const instants: ReadonlySet<string> = new Set(['at', 'TimeGenerated'])

function typeOf(name: string, value: unknown): 'datetime' | 'bool' | 'long' | 'string' {
  if (instants.has(name)) return 'datetime'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'long' : 'string'
}

/** As they go over the wire. */
const shown = (name: string, value: unknown): unknown => (instants.has(name) ? formatInstant(Number(value)) : value)
