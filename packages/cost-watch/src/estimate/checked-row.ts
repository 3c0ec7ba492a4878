import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { type Decimal, decimal } from '../money/decimal.ts'
import type { UsageRow } from '../usage/usage-row.ts'
import { thisMonth } from './month.ts'

/** @throws CutoverError `COST_USAGE_INVALID` naming the row and the field. */
export function checkedRow(row: UsageRow): void {
  const { cloud, account, meter, from, to, quantity, range, complete } = row
  const of = `usage of ${meter}`
  if (cloud !== 'aws' && cloud !== 'azure') throw invalid(`${of}: cloud is ${JSON.stringify(cloud)}`)
  if (typeof meter !== 'string' || meter === '') throw invalid(`usage row without a meter`)
  if (typeof account !== 'string' || account === '')
    throw invalid(`${of} has no account: grants are counted per account`)
  if (!Number.isFinite(from) || !Number.isFinite(to) || from >= to) {
    throw invalid(`${of} is from ${from} until ${to}; wanted epoch milliseconds that increase`)
  }
  if (typeof complete !== 'boolean') throw invalid(`${of} does not say whether it is complete`)
  // The last millisecond belongs to it, `to` itself does not.
  if (thisMonth(from) !== thisMonth(to - 1)) {
    throw invalid(`${of} spans two calendar months, whose grants and tiers are counted apart: split it at midnight UTC`)
  }
  const guess = notNegative(quantity, of)
  if (range === undefined) return
  const [low, high] = [notNegative(range.low, of), notNegative(range.high, of)]
  if (low.compare(guess) > 0 || guess.compare(high) > 0) {
    throw invalid(`${of}: ${String(quantity)} is not between ${String(range.low)} and ${String(range.high)}`)
  }
}

function notNegative(value: UsageRow['quantity'], of: string): Decimal {
  const number = decimal(value, of)
  if (number.digits < 0n) throw invalid(`${of} is ${String(value)}; wanted 0 or more`)
  return number
}

const invalid = (text: string): CutoverError<CostErrorCode> => new CutoverError('COST_USAGE_INVALID', text)
