import { type Duration, durationMs, formatDuration, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { natsPerError } from './information.ts'
import type { SourceMeasure } from './measure-source.ts'

/** What `measureSource` answers fits, with the source's traffic as both sides'. */
export interface PlanGateOptions extends Partial<Omit<SourceMeasure, 'perMinute' | 'badShare' | 'burstiness'>> {
  /** Requests in a minute, both sides together. */
  readonly perMinute: number
  /** The share of them that are errors (or slow) while all is well. */
  readonly badShare: number
  /** What `measureSource` found. @default 0 */
  readonly burstiness?: number | undefined
  /** The target's share of the traffic. @default 0.5 */
  readonly split?: number | undefined
  /** @default 1.5 */
  readonly maxRatio?: number | undefined
  /** @default 0.05 */
  readonly alpha?: number | undefined
  /** @default 0.05 */
  readonly beta?: number | undefined
  /** @default '2h' */
  readonly horizon?: Duration | undefined
}

/** What to expect of a gate, in the middle of what may come: half the nights take longer. JSON. */
export interface GatePlan {
  /** Errors, of both sides together, until a target that is as good is promoted. */
  readonly needErrors: number
  readonly promoteMs: number
  /** Until a target that is twice (five times) as bad is rolled back. */
  readonly rollbackX2Ms: number
  readonly rollbackX5Ms: number
  /** The promotion fits the horizon. */
  readonly fits: boolean
  /** One English sentence, with what to change where it does not fit. */
  readonly text: string
}

const known: readonly (keyof PlanGateOptions)[] = [
  'perMinute',
  'badShare',
  'burstiness',
  'split',
  'maxRatio',
  'alpha',
  'beta',
  'horizon',
  'from',
  'to',
  'intervals',
  'errors',
]

/** What the mixture over alternatives and beginnings costs beyond ln(1/level), in nats; from the simulations in benchmarks. */
const mixtureNats = { promote: 1.4, rollback: 4.5 }

/**
 * How many errors, and so how long, a gate needs at your traffic; before the night.
 *
 * ln(1/β) / KL, the expected evidence of one error for "as good" against "`maxRatio` times as bad": at an equal split, without
 * bursts, and before what the mixture costs, 147 errors for 1.5, 51 for 2, 21 for 3. A target with 95 % of the traffic needs six times as many.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID`.
 */
export function planGate(options: PlanGateOptions): GatePlan {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'planGate')
  const { perMinute, badShare, burstiness = 0, split = 0.5, maxRatio = 1.5, alpha = 0.05, beta = 0.05 } = options
  const { horizon = '2h' } = options
  if (!(perMinute > 0 && Number.isFinite(perMinute))) refuseOption('perMinute', perMinute, 'requests over 0')
  for (const [field, share] of Object.entries({ badShare, split, alpha, beta }))
    if (!(share > 0 && share < 1)) refuseOption(field, share, 'a share between 0 and 1')
  if (!(maxRatio > 1)) refuseOption('maxRatio', maxRatio, 'a ratio over 1')
  if (!(burstiness >= 0)) refuseOption('burstiness', burstiness, 'a number from 0')
  const horizonMs = durationMs(horizon, 'horizon')

  const perMinuteErrors = (ratio: number): number => perMinute * badShare * (1 - split + split * ratio)
  const temper = (errors: number): number => 1 + 2 * burstiness * split * (1 - split) * errors
  const minutesFor = (nats: number, actual: number, against: number): number => {
    const errors = perMinuteErrors(actual)
    return nats / (errors * natsPerError(split, actual, against, temper(errors)))
  }
  const promote = minutesFor(mixtureNats.promote - Math.log(beta), 1, maxRatio)
  const promoteMs = Math.ceil(promote * 60) * 1_000
  const needErrors = Math.ceil(promote * perMinuteErrors(1))
  const rollback = (ratio: number): number =>
    Math.ceil(minutesFor(mixtureNats.rollback - Math.log(alpha), ratio, 1) * 60) * 1_000
  const fits = promoteMs <= horizonMs
  return {
    needErrors,
    promoteMs,
    rollbackX2Ms: rollback(2),
    rollbackX5Ms: rollback(5),
    fits,
    text: `needs ${needErrors} errors ≈ ${formatDuration(promoteMs)} to promote; twice as bad is found in about ${formatDuration(rollback(2))}${
      fits ? '' : `; that is over ${horizon}: give the source a larger part of the traffic, or accept a larger maxRatio`
    }`,
  }
}
