import { formatDuration, formatInstant } from '@cutover/core'

import type { RunRate } from '../decide/run-rate.ts'
import type { CostRow } from '../estimate/cost-row.ts'
import { formatMoney, type Money } from '../money/money.ts'
import type { Cloud, MissingUsage, UsageRow, Window } from '../usage/usage-row.ts'
import type { Share } from './attribute.ts'
import type { Burn } from './burn-rate.ts'
import type { Judgement } from './runaway.ts'
import type { Standing } from './standing-costs.ts'

/** Something that a person should know; told once, until it is over. */
export type CostAlarm = { readonly at: number; readonly text: string } & (
  | {
      readonly kind: 'runaway'
      /** Found slot by slot, in the total of a day, or in what a good request costs. */
      readonly by: 'slot' | 'day' | 'unit'
      /** Epoch milliseconds. */
      readonly since: number
      /** As a multiple of what was expected. */
      readonly times: number
      readonly excess: Money
      /** Where it comes from, the largest first. */
      readonly shares: readonly Share[]
      /** `true`: as many good requests more; `undefined` where they are not counted. */
      readonly demand: boolean | undefined
    }
  | { readonly kind: 'budget'; readonly burn: Burn }
  | { readonly kind: 'idle' | 'orphaned' | 'residual'; readonly standing: Standing }
)

/** One look at both sides. */
export interface Look {
  readonly at: number
  /**
   * What each side costs now: since the switch, over a day at most; `undefined` where nothing is known. Until the first slot after the
   * switch is settled, the source's is that of the day before.
   */
  readonly source: RunRate | undefined
  readonly target: RunRate | undefined
  /** The newest judged slot; `undefined` where no new slot was known. */
  readonly judgement: Judgement | undefined
  /** Slots judged in this look. */
  readonly judged: number
  /** Slots that stayed unknown for two hours and were passed over: not judged, and no zeros. */
  readonly skipped: readonly number[]
  /** New in this look. */
  readonly alarms: readonly CostAlarm[]
  readonly unpriced: readonly UsageRow[]
  readonly missing: readonly MissingUsage[]
  /** The costs that the run rates are of. */
  readonly rows: readonly CostRow[]
  readonly text: string
}

/** `AWS $1.20 a day (of the last 1d), Azure $2.34 a day (of the last 6h); calm`. */
export function lookText(look: Omit<Look, 'text'>, clouds: { readonly source: Cloud; readonly target: Cloud }): string {
  const { source, target, judgement, alarms, unpriced, missing, skipped } = look
  const unpricedMeters = [...new Set(unpriced.map(({ meter }) => meter))]
  return [
    `${rateText(source, names[clouds.source])}, ${rateText(target, names[clouds.target])}`,
    judgement === undefined ? 'nothing new to judge' : stateText(judgement),
    ...(alarms.length > 0 ? [`${alarms.length} new alarm${alarms.length === 1 ? '' : 's'}`] : []),
    ...(unpricedMeters.length > 0 ? [`without ${unpricedMeters.join(', ')}, which have no price`] : []),
    ...(missing.length > 0
      ? [`usage is missing: ${missing[0]?.why}${missing.length > 1 ? ` (and ${missing.length - 1} more)` : ''}`]
      : []),
    ...(skipped.length > 0 ? [`${skipped.length} slots passed over, unknown`] : []),
  ].join('; ')
}

const names: Readonly<Record<Cloud, string>> = { aws: 'AWS', azure: 'Azure' }

const rateText = (rate: RunRate | undefined, cloud: string): string =>
  rate === undefined
    ? `${cloud} unknown`
    : `${cloud} ${rate.missing.length + rate.unpriced.length > 0 ? 'at least ' : ''}${formatMoney(rate.perDay)} a day (of the last ${formatDuration(rate.overMs)})`

function stateText({ state, times, since, evidence }: Judgement): string {
  if (state === 'learning') return 'learning, not judged yet'
  if (state === 'calm' || since === undefined) return 'calm'
  const many = times === undefined ? '' : ` ${times.toFixed(2)} times what was expected`
  return `${state === 'runaway' ? 'running away:' : `dearer (${Math.round(100 * evidence)} % of the evidence for an alarm):`}${many} since ${formatInstant(since)}`
}

/** What a person reads at night. */
export function runawayText(alarm: {
  readonly cloud: Cloud
  readonly by: 'slot' | 'day' | 'unit'
  readonly since: number
  readonly at: number
  readonly times: number
  readonly excess: Money
  readonly shares: readonly Share[]
  readonly demand: boolean | undefined
}): string {
  const { cloud, by, since, at, times, excess, shares, demand } = alarm
  const [first] = shares
  const what = by === 'unit' ? 'a good request costs' : 'costs'
  const part = first && `, ${Math.round(100 * first.part)} % of it ${first.meter} of ${first.resourceId}`
  const why =
    demand === undefined ? '' : demand ? '; good requests grew as much' : '; not because of more good requests'
  return `${names[cloud]}: ${what} ${times.toFixed(2)} times what was expected since ${formatInstant(since)} (${formatDuration(at - since)}), ${formatMoney(excess)} too much${part ?? ''}${why}`
}

export function burnText({ pace, long, longMs, shortMs, short }: Burn): string {
  const urgency = { fast: 'very fast', middle: 'fast', slow: 'too fast' }[pace]
  return `The budget burns ${urgency}: ${long.toFixed(1)} times as fast as it may over ${formatDuration(longMs)}, ${short.toFixed(1)} times over the last ${formatDuration(shortMs)}`
}

export function standingText({ kind, resourceId, cost, meters }: Standing, window: Window): string {
  const why = {
    idle: 'did no work and is paid for',
    orphaned: 'is not in use and is paid for',
    residual: 'was decommissioned and still costs',
  }[kind]
  return `${resourceId} ${why}: ${formatMoney(cost)} in ${formatDuration(window.to - window.from)}, for ${meters.join(', ')}`
}
