import { type Duration, durationMs, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { type AbsoluteGuard, badShare } from './absolute-guard.ts'
import { type GateMetric, metricOptions, type NamedMetric, namedMetrics } from './gate-metric.ts'
import type { SourceMeasure } from './measure-source.ts'
import type { GateSnapshot } from './snapshot.ts'

/** What the target is compared with. */
export type Reference = 'anchor' | 'shadow' | { readonly slo: number } | { readonly historical: Duration }

interface CommonOptions {
  /**
   * - `anchor`: the source keeps a part of the traffic, at the same time.
   * - `shadow`: one of the sides gets copies of the other's requests.
   * - `{ slo: 0.999 }`: what was promised; nothing cancels that shakes everything at once.
   * - `{ historical: '7d' }`: the source at the same time of an earlier day; no guarantee, whatever the day was like.
   *
   * @default 'anchor'
   */
  readonly reference?: Reference | undefined
  /** Probability of a rollback, at any time, of a target that is as good. @default 0.05 */
  readonly alpha?: number | undefined
  /** Probability of a promotion, at any time, of a target that is `maxRatio` times as bad. @default 0.05 */
  readonly beta?: number | undefined
  /** From here on a target is too bad to promote. @default 1.5 */
  readonly maxRatio?: number | undefined
  /** Up to here a rollback is a false one. @default 1 */
  readonly tolerate?: number | undefined
  /** How long traffic is judged. Fixed before the start. @default '2h' */
  readonly horizon?: Duration | undefined
  /** The time after the start that is recorded, not judged: cold starts. @default '0s' */
  readonly warmup?: Duration | undefined
  /**
   * - `measure`: from the source's own last six hours, before the start; too few errors there, and it is `betting`.
   * - what `measureSource` answered.
   * - `betting`: nothing is assumed of bursts, and it is slower.
   * - `exact`: there are none, you say.
   *
   * @default 'measure'; for `{ slo }` none, and no guarantee
   */
  readonly dispersion?: 'measure' | 'betting' | 'exact' | Pick<SourceMeasure, 'burstiness'> | undefined
  /** Absolute limits on errors at the target. @default [badShare(0.5, '2m')] */
  readonly guards?: readonly AbsoluteGuard[] | undefined
  /** From this share of errors in five intervals on, the source is no reference. @default 0.1 */
  readonly sourceLimit?: number | undefined
  /** Settled numbers older than this are stale. @default '5m' */
  readonly staleAfter?: Duration | undefined
  /** `watch` never promotes: for a guard that stands beside other steps. @default 'decide' */
  readonly mode?: 'decide' | 'watch' | undefined
  /** From when traffic counts, epoch milliseconds. @default the first look */
  readonly since?: number | undefined
  /** Goes on where another process was. */
  readonly snapshot?: GateSnapshot | undefined
  /** @default 'health:gate' */
  readonly id?: string | undefined
  /** @default 'The target is as good as the source' */
  readonly title?: string | undefined
}

export type HealthGateOptions = CommonOptions &
  (
    | (GateMetric & { readonly metrics?: undefined })
    | {
        readonly metrics: Readonly<Record<string, GateMetric>>
        readonly source?: undefined
        readonly target?: undefined
        readonly counts?: undefined
      }
  )

const gateOptions: readonly string[] = [
  ...metricOptions,
  'metrics',
  'reference',
  'alpha',
  'beta',
  'maxRatio',
  'tolerate',
  'horizon',
  'warmup',
  'dispersion',
  'guards',
  'sourceLimit',
  'staleAfter',
  'mode',
  'since',
  'snapshot',
  'id',
  'title',
]

/** The options with their defaults, durations in milliseconds. */
export interface GateSettings {
  readonly metrics: readonly NamedMetric[]
  readonly reference: 'anchor' | 'shadow' | 'slo' | 'historical'
  /** The share of bad requests that the SLO allows. */
  readonly allowed: number | undefined
  /** How much earlier the source's traffic is. */
  readonly backMs: number
  readonly alpha: number
  readonly beta: number
  readonly maxRatio: number
  readonly tolerate: number
  readonly horizonMs: number
  readonly warmupMs: number
  readonly dispersion: 'measure' | 'betting' | 'exact' | { readonly burstiness: number }
  readonly guards: readonly AbsoluteGuard[]
  readonly sourceLimit: number
  readonly staleAfterMs: number
  readonly watch: boolean
}

/** @throws CutoverError `HEALTH_OPTIONS_INVALID`, naming the first option that cannot be meant. */
export function gateSettings(options: HealthGateOptions): GateSettings {
  knownOptions(options, gateOptions, 'HEALTH_OPTIONS_INVALID', 'healthGate')
  const { reference = 'anchor', alpha = 0.05, beta = 0.05, maxRatio = 1.5, tolerate = 1, mode = 'decide' } = options
  const { horizon = '2h', warmup = '0s', staleAfter = '5m', sourceLimit = 0.1, since } = options
  const { guards = [badShare(0.5, '2m')] } = options
  if (!isShare(alpha)) refuseOption('alpha', alpha, 'a probability between 0 and 1')
  if (!isShare(beta)) refuseOption('beta', beta, 'a probability between 0 and 1')
  if (!(tolerate >= 1 && tolerate <= 10)) refuseOption('tolerate', tolerate, 'a ratio from 1 to 10')
  if (!(maxRatio > tolerate && maxRatio <= 20))
    refuseOption('maxRatio', maxRatio, `a ratio over tolerate, which is ${tolerate}, and at most 20`)
  if (!isShare(sourceLimit)) refuseOption('sourceLimit', sourceLimit, 'a share between 0 and 1')
  if (mode !== 'decide' && mode !== 'watch') refuseOption('mode', mode, 'decide or watch')
  if (since !== undefined && !Number.isFinite(since)) refuseOption('since', since, 'epoch milliseconds')
  const times = {
    horizonMs: durationMs(horizon, 'horizon'),
    warmupMs: durationMs(warmup, 'warmup'),
    staleAfterMs: durationMs(staleAfter, 'staleAfter'),
  }
  if (times.horizonMs <= times.warmupMs) refuseOption('horizon', horizon, `more than warmup, which is ${warmup}`)
  const kind = referenceOf(reference)
  return {
    metrics: namedMetrics(options, kind.reference),
    ...kind,
    alpha,
    beta,
    maxRatio,
    tolerate,
    guards,
    sourceLimit,
    ...times,
    dispersion: dispersionOf(options.dispersion, kind.reference),
    watch: mode === 'watch',
  }
}

const isShare = (value: number): boolean => value > 0 && value < 1

function referenceOf(reference: Reference): Pick<GateSettings, 'reference' | 'allowed' | 'backMs'> {
  if (reference === 'anchor' || reference === 'shadow') return { reference, allowed: undefined, backMs: 0 }
  if (typeof reference === 'object' && 'slo' in reference) {
    if (!isShare(reference.slo)) refuseOption('reference.slo', reference.slo, 'a share between 0 and 1, such as 0.999')
    return { reference: 'slo', allowed: 1 - reference.slo, backMs: 0 }
  }
  if (typeof reference === 'object' && 'historical' in reference) {
    const backMs = durationMs(reference.historical, 'reference.historical')
    if (backMs <= 0) refuseOption('reference.historical', reference.historical, 'more than 0')
    return { reference: 'historical', allowed: undefined, backMs }
  }
  return refuseOption('reference', reference, "'anchor', 'shadow', { slo } or { historical }")
}

function dispersionOf(
  given: HealthGateOptions['dispersion'],
  reference: GateSettings['reference'],
): GateSettings['dispersion'] {
  if (given === undefined) return reference === 'slo' ? { burstiness: 0 } : 'measure'
  if (typeof given === 'object') {
    const { burstiness } = given
    if (!(burstiness >= 0 && Number.isFinite(burstiness)))
      refuseOption('dispersion.burstiness', burstiness, 'a number from 0')
    return { burstiness }
  }
  if (given !== 'measure' && given !== 'betting' && given !== 'exact')
    refuseOption('dispersion', given, "'measure', 'betting', 'exact' or what measureSource answered")
  if (reference === 'slo' && given !== 'exact')
    refuseOption('dispersion', given, "'exact' or what measureSource answered, with reference { slo }")
  return given
}
