import { monthSpan } from '../estimate/month.ts'
import { Decimal, decimal, type DecimalLike } from '../money/decimal.ts'

/** MB × milliseconds as GB-seconds: ÷ 1,024,000, exactly. Both clouds mean 1,024 MB and 1,000 ms; 1,024² is a mistake of 2.4 %. */
export function gbSeconds(mbMilliseconds: DecimalLike | Decimal): Decimal {
  // 1 ÷ 1,024,000 has 13 decimal places.
  return decimal(mbMilliseconds).times(mbMs)
}

const mbMs = new Decimal(9_765_625n, 13)

/** MB held for milliseconds, as GB-seconds. */
export const heldGbSeconds = (mb: DecimalLike | Decimal, ms: DecimalLike | Decimal): Decimal =>
  gbSeconds(decimal(mb).times(decimal(ms)))

/** Bytes (2³⁰ to the GB) that lay there from `from` until `to`, as GB-months of that calendar month; 18 decimal places. */
export function gbMonths(
  bytes: DecimalLike | Decimal,
  { from, to }: { readonly from: number; readonly to: number },
): Decimal {
  const month = monthSpan(from)
  const byteMs = decimal(bytes).times(decimal(to - from))
  return byteMs.dividedBy(decimal(1_073_741_824).times(decimal(month.to - month.from)))
}
