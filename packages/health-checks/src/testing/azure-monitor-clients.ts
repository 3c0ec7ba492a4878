import type { FakeWorld } from '@cutover/core/testing'

import type { LogsAnswer, LogsQueryLike } from '../sources/azure-monitor/logs-like.ts'
import { nameOf } from '../sources/azure-monitor/metric-series.ts'
import type {
  AzureMetricResult,
  MetricsBatchLike,
  MetricsQueryLike,
  MonitorMetricsLike,
} from '../sources/azure-monitor/metrics-like.ts'
import { dateOf } from '../sources/date-of.ts'
import type { InMemoryAzureMonitor } from './in-memory-azure-monitor.ts'
import { aborted, asRestError, restError } from './metric-service-errors.ts'

type Machines = Pick<InMemoryAzureMonitor, 'metricMachine' | 'logMachine'>

interface FakeClients {
  readonly metricsQueryClient: MetricsQueryLike
  readonly monitorClient: MonitorMetricsLike
  readonly logsQueryClient: LogsQueryLike
  metricsClient(region: string): MetricsBatchLike
  failNext(error: unknown): void
}

const grains: Readonly<Record<string, number>> = {
  PT1M: 60_000,
  PT5M: 300_000,
  PT15M: 900_000,
  PT30M: 1_800_000,
  PT1H: 3_600_000,
}

/** The official clients over the machines: each with its own shape, and all with the same strictness. */
export function azureMonitorClients(world: FakeWorld, { metricMachine, logMachine }: Machines): FakeClients {
  const failures: unknown[] = []

  async function call<T>(operation: string, signal: AbortSignal | undefined, body: () => T): Promise<T> {
    if (failures.length > 0) throw failures.shift()
    if (signal?.aborted) throw aborted()
    try {
      return await world.call(operation, { signal }, body)
    } catch (error) {
      throw signal?.aborted ? aborted() : asRestError(error)
    }
  }

  function values(
    id: string,
    names: readonly string[],
    from: number,
    to: number,
    interval: string,
  ): AzureMetricResult[] {
    if (id.toLowerCase() !== metricMachine.resourceId.toLowerCase())
      throw restError('ResourceNotFound', `The resource ${id} was not found.`, 404)
    const grain = grains[interval]
    if (grain === undefined) throw restError('BadRequest', `Detected invalid time grain input: ${interval}`, 400)
    if (!(from < to)) throw restError('BadRequest', 'Invalid time range: the end must be after the start.', 400)
    return names.map((name) => {
      if (!(name in metricMachine.metrics)) {
        return { name, errorCode: 'InvalidMetric', errorMessage: `Metric: ${name} was not found.`, timeseries: [] }
      }
      const data = []
      for (let at = from - (from % grain); at < to; at += grain) {
        data.push({ timeStamp: dateOf(at), ...metricMachine.point(name, at, at + grain) })
      }
      return { name, errorCode: 'Success', timeseries: [{ data }] }
    })
  }

  const { resourceId, region: own } = metricMachine
  const operation = `monitor.metrics ${resourceId.split('/').at(-1) ?? ''}`
  return {
    metricsQueryClient: {
      queryResource: (id, names, { timespan: { startTime, endTime }, granularity, abortSignal }) =>
        call(operation, abortSignal, () => ({
          metrics: strict(values(id, names, startTime.getTime(), endTime.getTime(), granularity)),
        })),
    },
    monitorClient: {
      metrics: {
        list: (id, { timespan, interval, metricnames, abortSignal }) =>
          call(operation, abortSignal, () => {
            // oxlint-disable-next-line no-restricted-globals -- reads what it is given, and no clock
            const [from = 0, to = 0] = timespan.split('/').map((text) => Date.parse(text))
            const results = strict(values(id, metricnames.split(','), from, to, interval))
            return {
              value: results.map(({ name, errorCode, timeseries }) => ({
                name: { value: nameOf(name) },
                errorCode,
                timeseries,
              })),
            }
          }),
      },
    },
    metricsClient: (region) => ({
      queryResources: (ids, names, namespace, { startTime, endTime, interval, abortSignal }) =>
        call(operation, abortSignal, () => {
          if (ids.length > 50) throw restError('BadRequest', 'At most 50 resources', 400)
          if (region !== own) {
            throw restError(
              'BadRequest',
              `Resource region ${own} does not match the region of the endpoint, ${region}.`,
              400,
            )
          }
          if (!resourceId.includes(`/${namespace}/`))
            throw restError('BadRequest', `Metric namespace ${namespace}`, 400)
          return ids.map((id) => ({ metrics: values(id, names, startTime.getTime(), endTime.getTime(), interval) }))
        }),
    }),
    logsQueryClient: {
      queryWorkspace: (id, query, timespan, options) =>
        call(`monitor.logs ${id}`, options?.abortSignal, () => {
          if (id !== logMachine.workspaceId)
            throw restError('PathNotFoundError', 'The workspace could not be found', 404)
          return logs(query, timespan)
        }),
      queryResource: (id, query, timespan, options) =>
        call(`monitor.logs ${id}`, options?.abortSignal, () => {
          if (!logMachine.resourceIds.includes(id))
            throw restError('PathNotFoundError', 'The resource could not be found', 404)
          return logs(query, timespan)
        }),
    },
    failNext: (error) => void failures.push(error),
  }

  function logs(query: string, { startTime, endTime }: { startTime: Date; endTime: Date }): LogsAnswer {
    const { columns, rows, partial } = logMachine.query(query, { from: startTime.getTime(), to: endTime.getTime() })
    const dates = new Set(columns.flatMap(({ type }, i) => (type === 'datetime' ? [i] : [])))
    const table = {
      columnDescriptors: columns,
      // oxlint-disable-next-line no-restricted-globals -- as the clients make them of the service's texts
      rows: rows.map((row) => row.map((cell, i) => (dates.has(i) ? new Date(String(cell)) : cell))),
    }
    return partial
      ? { status: 'PartialFailure', partialTables: [table], partialError: partial }
      : { status: 'Success', tables: [table] }
  }
}

/** Resource Manager refuses a metric that there is not; the batch endpoint answers it as an error of that metric. */
function strict(results: AzureMetricResult[]): AzureMetricResult[] {
  const unknown = results.find(({ errorCode }) => errorCode !== 'Success')
  if (unknown)
    throw restError('BadRequest', `Failed to find metric configuration: ${String(unknown.errorMessage)}`, 400)
  return results
}
