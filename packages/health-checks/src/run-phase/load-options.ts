import { type Duration, durationMs, knownOptions } from '@cutover/core'

import type { CountSource } from '../count-source.ts'
import { refuseOption } from '../health-error.ts'
import type { HttpTransport } from '../http-transport.ts'
import { checkColdStarts, type ColdStarts } from './cold-starts.ts'
import { budgetLimits, type LoadBudget } from './load-budget.ts'
import { LoadCounts } from './load-counts.ts'
import { loadGate } from './load-gate.ts'
import { checkLoadRequests, type LoadRequest, type LoadSide, type Prepared, prepared } from './load-request.ts'
import { namedHosts } from './named-hosts.ts'

export interface LoadTestOptions {
  readonly source: LoadSide
  readonly target: LoadSide
  readonly requests: readonly LoadRequest[]
  /** Where connections may go, of both sides; what is not named is not asked. */
  readonly hosts: readonly string[]
  /** Requests a second at the target; or the source's counts, of whose last 24 hours the p95 is taken. At most 2,000. */
  readonly ratePerSecond: number | CountSource
  /** How many of the target's requests the source gets as well, as a share: it may be serving clients. @default 0.25 */
  readonly sourceShare?: number | undefined
  /** At most five minutes. @default '5m' */
  readonly for?: Duration | undefined
  /** From its beginning: only the budget is judged, and the source's p95 is measured. @default a fifth of `for` */
  readonly warmup?: Duration | undefined
  /** From here on an answer is slow. @default the source's own p95 in the warmup */
  readonly slowerThan?: Duration | undefined
  /** @default { bad: 0.01 } */
  readonly budget?: LoadBudget | undefined
  /** @default { first: 20 } */
  readonly cold?: ColdStarts | undefined
  /** How long an answer is waited for. @default '10s' */
  readonly timeout?: Duration | undefined
  /** How many requests of one side may be under way; further ones are not sent, and count as bad. @default 500 */
  readonly maxInFlight?: number | undefined
  /** The gate's. @default 2 */
  readonly maxRatio?: number | undefined
  /** The gate's. @default 0.05 */
  readonly alpha?: number | undefined
  /** The gate's. @default 0.05 */
  readonly beta?: number | undefined
  /** The gate's: `exact` when requests fail, and are slow, independently of each other. @default 'betting' */
  readonly dispersion?: 'betting' | 'exact' | undefined
  /** Plans the same arrivals for the same number. @default 1 */
  readonly seed?: number | undefined
  /** @default connections that are kept, and closed with the run */
  readonly transport?: HttpTransport | undefined
  /** @default 'health:load' */
  readonly id?: string | undefined
  /** @default 'The target bears the load of the source' */
  readonly title?: string | undefined
}

const known: readonly (keyof LoadTestOptions)[] = [
  ...([
    'source',
    'target',
    'requests',
    'hosts',
    'ratePerSecond',
    'sourceShare',
    'for',
    'warmup',
    'slowerThan',
  ] as const),
  ...(['budget', 'cold', 'timeout', 'maxInFlight', 'maxRatio', 'alpha', 'beta', 'dispersion', 'seed'] as const),
  ...(['transport', 'id', 'title'] as const),
]

const longestMs = 300_000
export const maxRate = 2_000

/** The options with their defaults, durations in milliseconds. */
export interface LoadSettings {
  readonly sides: { readonly source: readonly Prepared[]; readonly target: readonly Prepared[] }
  readonly limits: ReturnType<typeof budgetLimits>
  readonly cold: ColdStarts
  readonly sourceShare: number
  readonly lengthMs: number
  readonly warmupMs: number
  readonly slowerThanMs: number | undefined
  readonly timeoutMs: number
  readonly maxInFlight: number
  readonly seed: number
}

/** @throws CutoverError `HEALTH_OPTIONS_INVALID`, `HEALTH_HOST_NOT_NAMED`, `DURATION_INVALID`. */
export function loadSettings(options: LoadTestOptions): LoadSettings {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'loadTest')
  const { source, target, requests, hosts, ratePerSecond, sourceShare = 0.25, for: length = '5m' } = options
  const { budget = {}, cold = { first: 20 }, timeout = '10s', maxInFlight = 500, seed = 1, slowerThan } = options
  const named = namedHosts(hosts)
  checkLoadRequests(requests)
  if (typeof ratePerSecond === 'number') {
    if (!(ratePerSecond > 0 && ratePerSecond <= maxRate))
      refuseOption('ratePerSecond', ratePerSecond, `more than 0, and at most ${maxRate}`)
  } else if (typeof (ratePerSecond as Partial<CountSource> | undefined)?.counts !== 'function')
    refuseOption('ratePerSecond', ratePerSecond, 'requests a second, or the counts of the source')
  if (!(sourceShare > 0 && sourceShare <= 1)) refuseOption('sourceShare', sourceShare, 'a share over 0, at most 1')
  const lengthMs = durationMs(length, 'for')
  if (!(lengthMs > 0 && lengthMs <= longestMs)) refuseOption('for', length, 'more than 0, and at most 5m')
  const warmupMs = options.warmup === undefined ? lengthMs / 5 : durationMs(options.warmup, 'warmup')
  if (warmupMs >= lengthMs) refuseOption('warmup', options.warmup, `less than for, which is ${length}`)
  const slowerThanMs = slowerThan === undefined ? undefined : durationMs(slowerThan, 'slowerThan')
  if (slowerThanMs === 0) refuseOption('slowerThan', slowerThan, 'more than 0')
  const timeoutMs = durationMs(timeout, 'timeout')
  if (timeoutMs <= 0) refuseOption('timeout', timeout, 'more than 0')
  if (!Number.isInteger(maxInFlight) || maxInFlight < 1 || maxInFlight > 5_000)
    refuseOption('maxInFlight', maxInFlight, 'a whole number from 1 to 5000')
  checkColdStarts(cold)
  const sides = {
    source: prepared('source', source, requests, named),
    target: prepared('target', target, requests, named),
  }
  const limits = budgetLimits(budget)
  // The gate's own options are refused now, not after five minutes.
  loadGate(options, new LoadCounts(1_000, () => 0), new LoadCounts(1_000, () => 0), { since: 0, lengthMs: 1_000 })
  return { sides, limits, cold, sourceShare, lengthMs, warmupMs, slowerThanMs, timeoutMs, maxInFlight, seed }
}
