import { knownOptions } from '@cutover/core'

import type { CountSource } from '../count-source.ts'
import { refuseOption } from '../health-error.ts'
import type { HealthGateOptions } from './gate-options.ts'

export interface GateMetric {
  /** Not needed for `{ slo }`. */
  readonly source?: CountSource | undefined
  readonly target: CountSource
  /** What counts against a side: errors, or answers over the threshold of its count source. @default 'bad' */
  readonly counts?: 'bad' | 'slow' | undefined
  /** Its share of α, relative to the others. @default 1 */
  readonly weight?: number | undefined
  /** A promotion waits for it, and without its data there is none. @default true */
  readonly critical?: boolean | undefined
  /** Recorded and told; decides nothing, and has no share of α. @default false */
  readonly dryRun?: boolean | undefined
}

export const metricOptions: readonly (keyof GateMetric)[] = [
  'source',
  'target',
  'counts',
  'weight',
  'critical',
  'dryRun',
]
export interface NamedMetric {
  readonly name: string
  readonly source: CountSource | undefined
  readonly target: CountSource
  readonly counts: 'bad' | 'slow'
  readonly weight: number
  readonly critical: boolean
  readonly dryRun: boolean
}

/** The metrics by name, with their share of α. */
export function namedMetrics(options: HealthGateOptions, reference: string): readonly NamedMetric[] {
  const { metrics } = options
  if (metrics && (options.source ?? options.target))
    refuseOption('metrics', metrics, 'either metrics, or source and target')
  const given: readonly (readonly [string, GateMetric])[] = metrics
    ? Object.entries(metrics)
    : [[options.counts === 'slow' ? 'slow answers' : 'errors', options]]
  if (!given.some(([, { dryRun }]) => !dryRun)) refuseOption('metrics', metrics, 'at least one that is no dryRun')
  const named = given.map(([name, metric]): NamedMetric => {
    if (metrics) knownOptions(metric, metricOptions, 'HEALTH_OPTIONS_INVALID', `metrics.${name}`)
    const { source, target, counts = 'bad', weight = 1, critical = true, dryRun = false } = metric
    const at = metrics ? `metrics.${name}.` : ''
    if (!isCountSource(target)) refuseOption(`${at}target`, target, 'a CountSource')
    if (source === undefined ? reference !== 'slo' : !isCountSource(source))
      refuseOption(`${at}source`, source, 'a CountSource')
    if (counts !== 'bad' && counts !== 'slow') refuseOption(`${at}counts`, counts, 'bad or slow')
    if (!(weight > 0 && Number.isFinite(weight))) refuseOption(`${at}weight`, weight, 'a number over 0')
    return { name, source: reference === 'slo' ? undefined : source, target, counts, weight, critical, dryRun }
  })
  if (!named.some(({ critical, dryRun }) => critical && !dryRun))
    refuseOption('metrics', metrics, 'at least one that is critical: a promotion waits for it')
  const sum = named.reduce((total, { weight, dryRun }) => total + (dryRun ? 0 : weight), 0)
  return named.map((metric) => Object.assign(metric, { weight: metric.dryRun ? 0 : metric.weight / sum }))
}

const isCountSource = (value: unknown): boolean => {
  const { counts, settleMs } = Object(value) as Partial<CountSource>
  return typeof counts === 'function' && typeof settleMs === 'number' && settleMs >= 0
}
