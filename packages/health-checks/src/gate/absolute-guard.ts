import { type Duration, durationMs } from '@cutover/core'

import { refuseOption } from '../health-error.ts'

/** Ends it at once when a share of bad requests is over a limit in every window. Fast, compares nothing, and has no α. JSON. */
export interface AbsoluteGuard {
  readonly title: string
  /** A share of requests. */
  readonly limit: number
  readonly windowsMs: readonly number[]
  /** Every interval of a window must be over the limit, not only the window. */
  readonly each: boolean
  /** Fewer requests than this in a window say nothing. */
  readonly atLeast: number
}

/** More than `limit` of the requests fail in every interval of a window: `badShare(0.5, '2m')`. */
export function badShare(limit: number, window: Duration): AbsoluteGuard {
  if (!(limit > 0 && limit < 1)) refuseOption('limit', limit, 'a share between 0 and 1')
  return {
    title: `over ${percent(limit)} bad for ${window}`,
    limit,
    windowsMs: [positiveMs(window, 'window')],
    each: true,
    atLeast: 20,
  }
}

export interface BurnRateOptions {
  /** The share of good requests that is promised: 0.999. */
  readonly slo: number
  /** So many times the errors that the SLO allows. @default 14.4, which spends 2 % of a month's budget in an hour */
  readonly rate?: number | undefined
  /** @default '1h' */
  readonly long?: Duration | undefined
  /** @default '5m' */
  readonly short?: Duration | undefined
}

/**
 * The multi-window burn rate. An SLO that the source itself does not hold makes it fire on a target that is as good: take
 * the source's present rate of errors, not what it should be.
 *
 * @see Google SRE Workbook, chapter 5.
 */
export function burnRate({ slo, rate = 14.4, long = '1h', short = '5m' }: BurnRateOptions): AbsoluteGuard {
  if (!(slo > 0 && slo < 1)) refuseOption('slo', slo, 'a share between 0 and 1, such as 0.999')
  const limit = rate * (1 - slo)
  if (!(limit > 0 && limit < 1)) refuseOption('rate', rate, `a rate whose limit ${limit} is a share between 0 and 1`)
  return {
    title: `budget of ${slo} burning ${rate} times as fast, over ${long} and ${short}`,
    limit,
    windowsMs: [positiveMs(long, 'long'), positiveMs(short, 'short')],
    each: false,
    atLeast: 20,
  }
}

interface Interval {
  readonly from: number
  readonly to: number
  readonly source: { readonly bad: number; readonly total: number }
  readonly target: { readonly bad: number; readonly total: number }
}

/** Is one side over the limit, at the last of its intervals? A window counts once intervals cover it without a gap. */
export function isOver(
  { limit, windowsMs, atLeast, each }: AbsoluteGuard,
  intervals: readonly Interval[],
  side: 'source' | 'target',
): boolean {
  const end = intervals.at(-1)?.to
  if (end === undefined) return false
  return windowsMs.every((windowMs) => {
    let [bad, total, covered] = [0, 0, 0]
    for (let i = intervals.length - 1; i >= 0; i--) {
      const interval = intervals[i]
      if (!interval || interval.from < end - windowMs) break
      const seen = interval[side]
      if (each && seen.bad <= limit * seen.total) return false
      bad += seen.bad
      total += seen.total
      covered += interval.to - interval.from
    }
    return covered >= windowMs && total >= atLeast && bad > limit * total
  })
}

export const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`

function positiveMs(duration: Duration, field: string): number {
  const ms = durationMs(duration, field)
  if (ms <= 0) refuseOption(field, duration, 'more than 0')
  return ms
}
