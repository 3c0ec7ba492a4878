import { knownOptions } from '@cutover/core'

import type { CountBucket } from '../count-source.ts'
import { refuseOption } from '../health-error.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'

/** What happens to the target, and from when; minutes count from the start. */
export type Degradation = {
  readonly fromMinute: number
  /** @default the end */
  readonly toMinute?: number | undefined
} & (
  | { /** So many times the errors. */ readonly kind: 'errors'; readonly times: number }
  | { /** So many times the slow answers. */ readonly kind: 'slow'; readonly times: number }
  | { /** It is deployed, and consumes nothing. */ readonly kind: 'silent' }
  | { /** Both sides consume: everything is handled twice, the second time with a conflict. */ readonly kind: 'double' }
  | {
      /** Memory runs out every `everyMinutes`: then half of a minute's requests fail. */
      readonly kind: 'out-of-memory'
      readonly everyMinutes: number
    }
)

export interface ScriptedTrafficOptions {
  /** @default 1 */
  readonly seed?: number | undefined
  /** @default 120 */
  readonly minutes?: number | undefined
  /** Requests in a minute at both sides together, on average. @default 1200 */
  readonly perMinute?: number | undefined
  /** The target's share of the traffic. @default 0.5 */
  readonly split?: number | undefined
  /** @default 0.01 */
  readonly errorRate?: number | undefined
  /** Share of answers over the threshold. @default 0.05 */
  readonly slowRate?: number | undefined
  /**
   * - `steady`: every request fails on its own.
   * - `shocks`: errors and traffic swing together at both sides (log-normal, sd 0.6 and 0.3, correlation 0.9 per minute).
   * - `bursty`: each side's error rate is multiplied, anew every minute, by a gamma variate of mean 1 and variance 0.5.
   *
   * @default 'steady'
   */
  readonly noise?: 'steady' | 'shocks' | 'bursty' | undefined
  /** @default [] */
  readonly degradations?: readonly Degradation[] | undefined
  /** Epoch milliseconds. @default 2026-11-20T02:00:00Z */
  readonly startAt?: number | undefined
  /** Minutes before the start, in which nothing is wrong and the source has all of the traffic. @default 0 */
  readonly historyMinutes?: number | undefined
}

export interface ScriptedTraffic {
  readonly source: readonly CountBucket[]
  readonly target: readonly CountBucket[]
}

const known: readonly (keyof ScriptedTrafficOptions)[] = [
  'seed',
  'minutes',
  'perMinute',
  'split',
  'errorRate',
  'slowRate',
  'noise',
  'degradations',
  'startAt',
  'historyMinutes',
]
const minuteMs = 60_000
/** 2026-11-20T02:00:00Z, where a fake world begins. */
const nightAt = 1_795_140_000_000

/** Minutes of two sides, the same for the same seed; what a degradation does begins at its minute, at the target only. */
export function scriptedTraffic(options: ScriptedTrafficOptions = {}): ScriptedTraffic {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'scriptedTraffic')
  const {
    seed = 1,
    minutes = 120,
    perMinute = 1_200,
    split = 0.5,
    errorRate = 0.01,
    slowRate = 0.05,
    noise = 'steady',
    degradations = [],
    startAt = nightAt,
    historyMinutes = 0,
  } = options
  if (!(split >= 0 && split <= 1)) refuseOption('split', split, 'a share from 0 to 1')
  const random = seededRandom(seed)
  const shared = sharedShocks(random)
  const source: CountBucket[] = []
  const target: CountBucket[] = []
  for (let minute = -historyMinutes; minute < minutes; minute++) {
    const { errors, traffic } = noise === 'shocks' ? shared() : calm
    const [atSource, atTarget] = noise === 'bursty' ? [random.gamma(2) / 2, random.gamma(2) / 2] : [1, 1]
    const from = startAt + minute * minuteMs
    const sick = degradations.filter(({ fromMinute, toMinute = minutes }) => minute >= fromMinute && minute < toMinute)
    const now = minute < 0 ? 0 : split
    const common = { random, from, errorRate: errorRate * errors, slowRate }
    source.push(bucket({ ...common, mean: perMinute * traffic * (1 - now), burst: atSource, minute, sick: [] }))
    target.push(bucket({ ...common, mean: perMinute * traffic * now, burst: atTarget, minute, sick }))
  }
  return { source, target }
}

const calm = { errors: 1, traffic: 1 }

const factor = (x: number, sd: number): number => Math.exp(sd * x - (sd * sd) / 2)

/** Two first-order autoregressions in the logarithm, with mean factors of 1. */
function sharedShocks(random: SeededRandom): () => { readonly errors: number; readonly traffic: number } {
  const keeps = 0.9
  const fresh = Math.sqrt(1 - keeps * keeps)
  let [a, b] = [random.normal(), random.normal()]
  return () => {
    a = keeps * a + fresh * random.normal()
    b = keeps * b + fresh * random.normal()
    return { errors: factor(a, 0.6), traffic: factor(b, 0.3) }
  }
}

interface Slice {
  readonly random: SeededRandom
  readonly from: number
  readonly minute: number
  readonly mean: number
  readonly errorRate: number
  readonly slowRate: number
  readonly burst: number
  readonly sick: readonly Degradation[]
}

function bucket({ random, from, minute, mean, errorRate, slowRate, burst, sick }: Slice): CountBucket {
  let [rate, slow, once] = [errorRate * burst, slowRate, random.poisson(mean)]
  let again = 0
  for (const degradation of sick) {
    if (degradation.kind === 'errors') rate *= degradation.times
    if (degradation.kind === 'slow') slow *= degradation.times
    if (degradation.kind === 'silent') once = 0
    if (degradation.kind === 'double') again = once
    if (degradation.kind === 'out-of-memory' && (minute - degradation.fromMinute) % degradation.everyMinutes === 0)
      rate = 0.5
  }
  return {
    from,
    to: from + minuteMs,
    total: once + again,
    bad: random.binomial(once, Math.min(1, rate)) + again,
    slow: random.binomial(once + again, Math.min(1, slow)),
    complete: true,
  }
}
