import { type Check, defineCheck, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { type Ceiling, ceilings, type HostingPlan } from './hosting-plan.ts'
import type { PeaksSource, WorkloadPeaks } from './workload-peaks.ts'

/** Quotas of a subscription in a region, by name. */
export interface QuotaSource {
  /** For people: `westeurope`. */
  readonly name: string
  quotas(options?: {
    readonly signal?: AbortSignal | undefined
  }): Promise<Readonly<Record<string, { readonly used: number; readonly limit: number; readonly unit: string }>>>
}

export interface CapacityOptions {
  /** What the target bears. */
  readonly plan: HostingPlan
  /** So many times the peak must fit: concurrency and rate. @default 1.5 */
  readonly margin?: number | undefined
  /** Of the largest request, where no metric tells: `SentMessageSize` of a queue does. @default what the source says */
  readonly payloadBytes?: number | undefined
  /** The subscription's quotas. @default not looked at */
  readonly quotas?: QuotaSource | undefined
  /** How much more of a quota the target takes, by the quota's name. @default none */
  readonly takes?: Readonly<Record<string, number>> | undefined
  /** Days that must have data; a week has its busy day. @default 7 */
  readonly daysNeeded?: number | undefined
  /** @default made of the source's name */
  readonly id?: string | undefined
}

export interface CapacityRow {
  readonly what: 'concurrency' | 'rate' | 'duration' | 'payload' | `quota ${string}`
  /** What is needed, margin included; missing where nobody knows. */
  readonly need: number | undefined
  readonly have: number
  /** `have` over `need`: below 1 it does not fit. */
  readonly headroom: number | undefined
  readonly unit: string
  /** How to raise what there is. */
  readonly raise: string
}

export interface CapacityEvidence {
  readonly plan: string
  readonly peaks: WorkloadPeaks
  readonly rows: readonly CapacityRow[]
}

const known: readonly (keyof CapacityOptions)[] = [
  'plan',
  'margin',
  'payloadBytes',
  'quotas',
  'takes',
  'daysNeeded',
  'id',
]

/**
 * A check that the peaks of the source fit into the target's plan and the subscription's quotas, with a margin.
 *
 * Rate is by Little's law: so many executions at a time, of so many milliseconds each, are so many in a second. Duration and payload
 * must fit as they are, without a margin. Fails for what does not fit. Undecided where a peak is not known, a quota has no such
 * name, or too few days have data.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when it is made.
 */
export function capacity(source: PeaksSource, options: CapacityOptions): Check<CapacityEvidence> {
  if (typeof (source as Partial<PeaksSource> | undefined)?.peaks !== 'function')
    refuseOption('source', source, 'peaks, such as lambdaPeaks(…)')
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'capacity')
  const {
    margin = 1.5,
    payloadBytes,
    quotas,
    takes = {},
    daysNeeded = 7,
    id = `health:capacity:${source.name}`,
  } = options
  const plan = ceilings(options.plan)
  if (!(margin >= 1)) refuseOption('margin', margin, 'a number from 1')
  if (payloadBytes !== undefined && !(payloadBytes >= 0)) refuseOption('payloadBytes', payloadBytes, 'bytes from 0')
  if (!Number.isInteger(daysNeeded) || daysNeeded < 0) refuseOption('daysNeeded', daysNeeded, 'a whole number from 0')
  if (Object.keys(takes).length > 0 && !quotas) refuseOption('quotas', quotas, 'the quotas that takes is about')

  return defineCheck<CapacityEvidence>({
    id,
    title: `The peaks of ${source.name} fit into ${plan.name}`,
    async run({ signal }) {
      const found = await source.peaks({ signal })
      const peaks = { ...found, ...(payloadBytes === undefined ? {} : { payloadBytes }) }
      const { concurrency, perMinute, averageMs } = peaks
      const rateNeed = perMinute === undefined ? undefined : (perMinute / 60) * margin
      const rateHave = averageMs === undefined ? undefined : (plan.concurrency.have / Math.max(averageMs, 1)) * 1_000
      const rows: CapacityRow[] = [
        row('concurrency', concurrency === undefined ? undefined : concurrency * margin, plan.concurrency),
        row('rate', rateHave === undefined ? undefined : rateNeed, {
          have: rateHave ?? 0,
          unit: 'executions per second',
          raise: plan.concurrency.raise,
        }),
        row('duration', peaks.durationMs, plan.durationMs),
        row('payload', peaks.payloadBytes, plan.payloadBytes),
        ...(quotas ? quotaRows(await quotas.quotas({ signal }), takes, quotas.name) : []),
      ]
      const evidence = { plan: plan.name, peaks, rows }
      const bad = rows.filter(({ headroom }) => headroom !== undefined && headroom < 1)
      if (bad.length > 0) return { status: 'fail', text: bad.map(sentence).join('; '), evidence }
      const open = rows.filter(({ need }) => need === undefined)
      if (open.length > 0) {
        return {
          status: 'undecided',
          text: `not known of ${source.name}: ${open.map(({ what }) => what).join(', ')}`,
          evidence,
        }
      }
      if (peaks.daysWithData < daysNeeded) {
        const text = `${source.name} has data of ${peaks.daysWithData} days, and ${daysNeeded} are needed`
        return { status: 'undecided', text, evidence }
      }
      const tightest = rows.reduce((one, other) => ((other.headroom ?? 0) < (one.headroom ?? 0) ? other : one))
      return { status: 'pass', text: `it fits; tightest: ${sentence(tightest)}`, evidence }
    },
  })
}

function row(what: CapacityRow['what'], need: number | undefined, { have, unit, raise }: Ceiling): CapacityRow {
  // Nothing needed fits whatever there is.
  const headroom = need === undefined ? undefined : need === 0 ? Number.MAX_SAFE_INTEGER : rounded(have / need)
  return { what, need: need === undefined ? undefined : rounded(need), have: rounded(have), headroom, unit, raise }
}

function quotaRows(
  found: Awaited<ReturnType<QuotaSource['quotas']>>,
  takes: Readonly<Record<string, number>>,
  where: string,
): CapacityRow[] {
  const raise = `Ask for more in ${where}: portal › Quotas, or a support request`
  const named = Object.entries(takes).map(([name, need]): CapacityRow => {
    const quota = found[name]
    const ceiling = { have: quota ? quota.limit - quota.used : 0, unit: quota?.unit ?? 'unknown', raise }
    return row(`quota ${name}`, quota ? need : undefined, ceiling)
  })
  // A quota that is used up is told whether the target is known to take of it or not.
  const full = Object.entries(found)
    .filter(([name, { used, limit }]) => !(name in takes) && limit > 0 && used >= limit)
    .map(([name, { unit }]) => row(`quota ${name}`, 1, { have: 0, unit, raise }))
  return [...named, ...full]
}

const sentence = ({ what, need, have, unit, raise, headroom }: CapacityRow): string =>
  (headroom ?? 0) < 1
    ? `${what}: ${need ?? '?'} ${unit} are needed, ${have} are there. ${raise}`
    : `${what}, ${need ?? '?'} of ${have} ${unit}`

const rounded = (value: number): number => Math.round(value * 100) / 100
