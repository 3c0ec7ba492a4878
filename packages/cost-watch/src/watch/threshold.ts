import { refuse } from './watch-error.ts'

/** False alarms in 30 days that the columns of `measured` stand for. */
const rates = [0.05, 0.1, 0.15, 0.25, 0.5, 1] as const

/**
 * How high the sum climbs by chance so many times in 30 days, by the length of a slot.
 *
 * Measured on the synthetic demand of `/testing` with 28 days of history, seeds 1 to 1000: 1,000 to 4,000 series-months each
 * (`test/watch/climbs.ts` computes them again). Other seeds, `npm run bench -- cost-watch`, say how well they hold.
 */
const measured: readonly (readonly [slotMs: number, sums: readonly number[]])[] = [
  [300_000, [181.59, 125.61, 103, 85.15, 63.1, 44.72]],
  [900_000, [57.72, 39.29, 33.82, 27.96, 20.64, 13.82]],
  [1_800_000, [30.44, 21.66, 18.05, 14.63, 10.88, 7.38]],
  [3_600_000, [14.99, 11.33, 9.95, 8.36, 6.22, 4.27]],
]

/** For totals of a day, whose sum has another allowance. */
const ofDays: readonly number[] = [4.39, 3.6, 3.26, 3.08, 2.22, 1.44]

/**
 * The sum above which there are `perMonth` false alarms in 30 days: between what was measured interpolated, in logarithms.
 *
 * @throws CutoverError `COST_OPTION_INVALID` for a rate or a slot outside of what was measured: 0.05 to 1, and 5 minutes to an hour
 * or a day.
 */
export function threshold(slotMs: number, perMonth: number): number {
  const [fewest, most] = [rates[0], rates.at(-1) ?? 1]
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
