import { formatInstant } from '@cutover/core'

import { same } from '../admission.ts'
import { notImplemented } from '../arm-error.ts'
import type { Answer } from '../provider.ts'
import type { MetricAggregation, MetricMachine } from './metric-machine.ts'
import { parseInstant } from './parse-instant.ts'

/** What is asked of a resource's metrics, whichever operation it came by. */
export interface MetricQuery {
  readonly from: number
  readonly to: number
  readonly interval: string
  readonly grainMs: number
  readonly names: readonly string[]
  readonly aggregations: readonly MetricAggregation[] | undefined
}

const grains: Readonly<Record<string, number>> = {
  PT1M: 60_000,
  PT5M: 300_000,
  PT15M: 900_000,
  PT30M: 1_800_000,
  PT1H: 3_600_000,
  PT6H: 21_600_000,
  PT12H: 43_200_000,
  P1D: 86_400_000,
}

const every: ReadonlySet<string> = new Set<MetricAggregation>(['average', 'minimum', 'maximum', 'total', 'count'])

/** The query, or what is answered to one that makes no sense, in the words of the one who was asked. */
export function metricQuery(
  given: { readonly from: string | undefined; readonly to: string | undefined; readonly query: URLSearchParams },
  bad: (message: string) => Answer,
): MetricQuery | Answer {
  const { query } = given
  if (given.from === undefined || given.to === undefined) return notImplemented('it reads metrics of a given time span')
  for (const name of ['$filter', 'filter', 'rollupby', 'orderby', 'top', 'resultType', 'AutoAdjustTimegrain']) {
    if (query.has(name)) return notImplemented(`it reads metrics without ${name}`)
  }
  const [from, to] = [parseInstant(given.from), parseInstant(given.to)]
  if (!(from < to)) return bad(`Invalid time range: ${given.from}/${given.to}. The end must be after the start.`)
  const interval = query.get('interval') ?? 'PT1M'
  const grainMs = grains[interval]
  if (grainMs === undefined) {
    const supported = Object.keys(grains).join(',')
    return bad(`Detected invalid time grain input for metrics. Found: ${interval}, supported: ${supported}`)
  }
  const names = (query.get('metricnames') ?? '').split(',').filter((name) => name !== '')
  if (names.length === 0) return notImplemented('it reads metrics by their names')
  if (names.length > 20) return bad('Requested metric names exceed the maximum of 20 metrics.')
  const asked = query.get('aggregation')?.toLowerCase().split(',')
  const unknown = asked?.find((name) => !every.has(name))
  if (unknown !== undefined) return bad(`Invalid aggregation type '${unknown}'.`)
  return { from, to, interval, grainMs, names, aggregations: asked as MetricAggregation[] | undefined }
}

/** The first name that the resource does not have. */
export const unknownMetric = ({ metrics }: MetricMachine, { names }: MetricQuery): string | undefined =>
  names.find((name) => !Object.keys(metrics).some((known) => same(known, name)))

/** The metrics of one resource, as both operations answer them. */
export function metricValues(machine: MetricMachine, query: MetricQuery): object[] {
  return query.names.map((asked) => {
    const name = Object.keys(machine.metrics).find((known) => same(known, asked)) ?? asked
    const definition = machine.metrics[name]
    const id = `${machine.resourceId}/providers/Microsoft.Insights/metrics/${name}`
    const kind = { id, type: 'Microsoft.Insights/metrics', name: { value: name, localizedValue: name } }
    if (!definition) {
      const errorMessage = `Metric: ${name} was not found.`
      return { ...kind, unit: 'Unspecified', timeseries: [], errorCode: 'InvalidMetric', errorMessage }
    }
    const { unit, aggregations: own } = definition
    const data: object[] = []
    for (let at = query.from - (query.from % query.grainMs); at < query.to; at += query.grainMs) {
      const values = machine.point(name, at, at + query.grainMs)
      const shown = (query.aggregations ?? [own[0]])
        .filter((aggregation) => own.includes(aggregation) && values[aggregation] !== undefined)
        .map((aggregation) => [aggregation, values[aggregation]] as const)
      data.push({ timeStamp: formatInstant(at), ...Object.fromEntries(shown) })
    }
    const timeseries = [{ metadatavalues: [], data }]
    return { ...kind, displayDescription: name, unit, timeseries, errorCode: 'Success' }
  })
}
