import { refuse } from './watch-error.ts'

/** False alarms in 30 days that the columns of `measured` stand for. */
const rates = [0.05, 0.1, 0.15, 0.25, 0.5] as const

/**
 * Above which sum there are so many false alarms in 30 days, by the length of a slot.
 *
 * Measured on the synthetic demand of `/testing` with 28 days of history, on the 60 days after it: of slots of 5 minutes seeds 1 to 300,
 * of days 1 to 2000, else 1 to 1000 (`test/watch/climbs.ts` computes them again). `npm run bench -- cost-watch` says how well they hold
 * on others.
 */
const measured: readonly (readonly [slotMs: number, sums: readonly number[]])[] = [
  [300_000, [168.14, 113.06, 89.03, 66.51, 42.95]],
  [900_000, [56.79, 36.53, 31.19, 23.3, 14.1]],
  [1_800_000, [30.19, 20.64, 16.32, 12.39, 7.71]],
  [3_600_000, [14.57, 10.62, 9, 7.17, 4.72]],
]

/** For totals of a day, whose sum has another allowance. */
const ofDays: readonly number[] = [4.39, 3.6, 3.26, 3.04, 2.19]

/**
 * The sum above which there are `perMonth` false alarms in 30 days: between what was measured interpolated, in logarithms.
 *
 * @throws CutoverError `COST_OPTION_INVALID` for a rate or a slot outside of what was measured: 0.05 to 0.5, and 5 minutes to an hour
 * or a day.
 */
export function threshold(slotMs: number, perMonth: number): number {
  const [fewest, most] = [rates[0], rates.at(-1) ?? 0]
  if (!(perMonth >= fewest && perMonth <= most))
    refuse('COST_OPTION_INVALID', 'falseAlarmsPer30Days', perMonth, `${fewest} to ${most}, for which it was measured`)
  if (slotMs === 86_400_000) return between(rates, ofDays, perMonth)
  const lengths = measured.map(([length]) => length)
  if (!(slotMs >= (lengths[0] ?? 0) && slotMs <= (lengths.at(-1) ?? 0)))
    refuse('COST_OPTION_INVALID', 'slotMs', slotMs, '300000 (5 minutes) to 3600000 (an hour), or 86400000 (a day)')
  return between(
    lengths,
    measured.map(([, sums]) => between(rates, sums, perMonth)),
    slotMs,
  )
}

/** Interpolates in logarithms; `xs` rise. */
function between(xs: readonly number[], ys: readonly number[], x: number): number {
  const right = Math.max(
    1,
    xs.findIndex((one) => one >= x),
  )
  const [x0 = 1, x1 = 1] = [xs[right - 1], xs[right]]
  const [y0 = 1, y1 = 1] = [ys[right - 1], ys[right]]
  return Math.exp(Math.log(y0) + (Math.log(y1 / y0) * Math.log(x / x0)) / Math.log(x1 / x0))
}
