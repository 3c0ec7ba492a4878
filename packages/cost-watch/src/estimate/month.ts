const dayMs = 86_400_000

/** Calendar arithmetic in UTC, without a clock: it is told the time. */
function civil(at: number): { readonly year: number; readonly month: number } {
  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days: https://howardhinnant.github.io/date_algorithms.html
  const z = Math.floor(at / dayMs) + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor((doe - Math.floor(doe / 1_460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month }
}

/** A number for each calendar month in UTC, one more than that of the month before. */
function monthOf(at: number): number {
  const { year, month } = civil(at)
  return year * 12 + month - 1
}

/** When the calendar month of this instant begins, and when it ends, in UTC; epoch milliseconds. */
export function monthSpan(at: number): { readonly from: number; readonly to: number } {
  const month = monthOf(at)
  return { from: startOf(month), to: startOf(month + 1) }
}

/** Midnight UTC at or before. */
export const dayStart = (at: number): number => Math.floor(at / dayMs) * dayMs

function startOf(monthNumber: number): number {
  const [year, month] = [Math.floor(monthNumber / 12), (monthNumber % 12) + 1]
  // days_from_civil, of the same source.
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5)
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy
  return (era * 146_097 + doe - 719_468) * dayMs
}

/** Rows mostly follow each other in one month. */
let last = { from: 0, to: 0, month: 0 }

/** `monthOf`, for many instants that follow each other. */
export function thisMonth(at: number): number {
  if (at < last.from || at >= last.to) last = { ...monthSpan(at), month: monthOf(at) }
  return last.month
}
