import {
  type Clock,
  type Duration,
  durationMs,
  knownOptions,
  type MetricSource,
  type OnEvent,
  systemClock,
} from '@cutover/core'

import type { PriceBook } from '../prices/price-book.ts'
import type { UsageSource } from '../usage/usage-row.ts'
import type { Budget } from './burn-rate.ts'
import { rates } from './slot-judge.ts'
import { refuse } from './watch-error.ts'
import { memoryState, type WatchState } from './watch-state.ts'
import { assertSlot } from './week-profile.ts'

export interface CostWatchOptions {
  /** The side that is left: shows the shape of a week, and must cost nothing in the end. */
  readonly source: UsageSource
  /** The side that is judged. */
  readonly target: UsageSource
  readonly prices: PriceBook
  /** When the target took over: ISO 8601 text with a zone, or epoch milliseconds. Nothing before it is judged. */
  readonly switchedAt: string | number
  /** When the source was switched off: what it costs afterwards is an alarm. As `switchedAt`. */
  readonly decommissionedAt?: string | number | undefined
  /** Where the watch keeps what it knows. @default memoryState() */
  readonly state?: WatchState | undefined
  /** How long a slot is: no shorter than the usage rows. @default '1h' */
  readonly slot?: Duration | undefined
  /** How much of the source before the switch is read, once, for the shape of a week. @default '28d' */
  readonly history?: Duration | undefined
  /**
   * What the target costs for the same work, as a multiple of the source: from `flexShapePreflight`, say. With it the first slot is
   * judged; without it the first day of the target is taken for right, and judged from then on.
   */
  readonly targetTimesSource?: number | undefined
  /** All looks together; 0.2 to 0.9. @default 0.25 */
  readonly falseAlarmsPer30Days?: number | undefined
  /** A runaway that has cost less so far is not told yet, in the currency of the prices; nor is one of less than a twentieth of a usual day. @default 0 */
  readonly minimumExcess?: number | undefined
  /** What the target may cost, in the currency of the prices. */
  readonly budget?: Budget | undefined
  /** Where the target's requests are counted: then what a good one costs is judged, too, and demand is told from waste. */
  readonly requests?: MetricSource | undefined
  /** Ids of the target's resources that are in use: what else costs something is orphaned. */
  readonly inUse?: readonly string[] | undefined
  readonly clock?: Clock | undefined
  readonly onEvent?: OnEvent | undefined
}

const known: readonly (keyof CostWatchOptions | 'signal')[] = [
  ...(['source', 'target', 'prices', 'switchedAt', 'decommissionedAt', 'state', 'slot', 'history'] as const),
  ...(['targetTimesSource', 'falseAlarmsPer30Days', 'minimumExcess', 'budget', 'requests', 'inUse'] as const),
  ...(['clock', 'onEvent', 'signal'] as const),
]

export interface CheckedOptions {
  readonly source: UsageSource
  readonly target: UsageSource
  readonly prices: PriceBook
  readonly switchedAt: number
  readonly decommissionedAt: number | undefined
  readonly state: WatchState
  readonly slotMs: number
  readonly historyMs: number
  readonly targetTimesSource: number | undefined
  readonly falseAlarmsPer30Days: number
  readonly minimumExcess: number
  readonly budget: Budget | undefined
  readonly requests: MetricSource | undefined
  readonly inUse: readonly string[] | undefined
  readonly clock: Clock
  readonly onEvent: OnEvent | undefined
}

/** @throws CutoverError `COST_OPTION_INVALID`, `DURATION_INVALID`. */
export function checkedWatch(options: CostWatchOptions): CheckedOptions {
  knownOptions(options, known, 'COST_OPTION_INVALID', 'costWatch')
  const { source, target, prices, slot = '1h', history = '28d', state = memoryState(), clock = systemClock } = options
  const {
    falseAlarmsPer30Days = 0.25,
    minimumExcess = 0,
    targetTimesSource,
    budget,
    requests,
    inUse,
    onEvent,
  } = options
  for (const [field, side] of Object.entries({ source, target }))
    if (typeof (side as Partial<UsageSource> | undefined)?.usage !== 'function')
      refuse('COST_OPTION_INVALID', field, side, 'a usage source, such as memoryUsage(…)')
  if (typeof (prices as Partial<PriceBook> | undefined)?.price !== 'function')
    refuse('COST_OPTION_INVALID', 'prices', prices, 'a price book, such as priceTable()')
  if (typeof (state as Partial<WatchState>).read !== 'function')
    refuse('COST_OPTION_INVALID', 'state', state, 'a place to keep the state, such as memoryState()')
  const slotMs = durationMs(slot, 'slot')
  assertSlot(slotMs)
  if (slotMs < 300_000 || slotMs > 3_600_000 || 86_400_000 % slotMs !== 0)
    refuse('COST_OPTION_INVALID', 'slot', slot, "'5m' to '1h', a whole part of a day")
  const { least, most } = rates
  if (!(falseAlarmsPer30Days >= least && falseAlarmsPer30Days <= most))
    refuse(
      'COST_OPTION_INVALID',
      'falseAlarmsPer30Days',
      falseAlarmsPer30Days,
      `${least} to ${most}, for which it was measured`,
    )
  positive('targetTimesSource', targetTimesSource)
  positive('budget.amount', budget?.amount)
  positive('budget.days', budget?.days)
  if (!(minimumExcess >= 0 && minimumExcess < Infinity))
    refuse('COST_OPTION_INVALID', 'minimumExcess', minimumExcess, 'a number of at least 0')
  const switchedAt = instant('switchedAt', options.switchedAt)
  const decommissionedAt =
    options.decommissionedAt === undefined ? undefined : instant('decommissionedAt', options.decommissionedAt)
  if (decommissionedAt !== undefined && decommissionedAt < switchedAt)
    refuse('COST_OPTION_INVALID', 'decommissionedAt', options.decommissionedAt, 'an instant after switchedAt')
  const historyMs = durationMs(history, 'history')
  return {
    source,
    target,
    prices,
    switchedAt,
    decommissionedAt,
    state,
    slotMs,
    historyMs,
    targetTimesSource,
    falseAlarmsPer30Days,
    minimumExcess,
    budget,
    requests,
    inUse,
    clock,
    onEvent,
  }
}

function positive(field: string, value: number | undefined): void {
  if (value === undefined || (value > 0 && value < Infinity)) return
  refuse('COST_OPTION_INVALID', field, value, 'a number above 0')
}

/** Without a zone, an instant would mean another one on each machine. */
function instant(field: string, value: string | number): number {
  const zoned = typeof value !== 'string' || /(?:Z|[+-]\d\d:?\d\d)$/.test(value)
  // oxlint-disable-next-line no-restricted-globals -- reads a text, no clock
  const at = typeof value === 'string' ? Date.parse(value) : value
  if (!zoned || !Number.isFinite(at))
    refuse('COST_OPTION_INVALID', field, value, "'2026-11-20T02:14:00Z' or epoch milliseconds")
  return at
}
