import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { Decimal, decimal, type DecimalLike } from './decimal.ts'

/** An exact amount in one currency; plain JSON, so that it can be journalled, compared and printed as it is. */
export interface Money {
  /** Decimal text without zeros at the end: `2.733338`. Never rounded, unless it was divided. */
  readonly amount: string
  /** ISO 4217: `USD`. */
  readonly currency: string
}

/** @throws CutoverError `COST_OPTION_INVALID` for what is no currency or no amount. */
export function money(amount: DecimalLike | Decimal, currency: string): Money {
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    throw new CutoverError<CostErrorCode>(
      'COST_OPTION_INVALID',
      `currency is ${JSON.stringify(currency)}; wanted three capital letters, as USD`,
    )
  }
  return { amount: decimal(amount, 'amount').toString(), currency }
}

/**
 * The exact sum. Without any money there is no currency either: then `currency` says it.
 *
 * @throws CutoverError `COST_CURRENCY_MIXED`, `COST_OPTION_INVALID` for a sum of nothing without a currency.
 */
export function sumMoney(all: Iterable<Money>, currency?: string): Money {
  let sum = Decimal.zero
  let common = currency
  for (const one of all) {
    common ??= one.currency
    assertSame(common, one.currency)
    sum = sum.plus(decimal(one.amount))
  }
  return money(sum, common ?? '')
}

/** @throws CutoverError `COST_CURRENCY_MIXED` */
export function minusMoney(one: Money, other: Money): Money {
  assertSame(one.currency, other.currency)
  return money(decimal(one.amount).minus(decimal(other.amount)), one.currency)
}

/** Times a number: exact. Over a number: rounded at 18 decimal places. */
export function timesMoney(one: Money, factor: DecimalLike | Decimal, over: DecimalLike | Decimal = 1): Money {
  const product = decimal(one.amount).times(decimal(factor))
  const divisor = decimal(over)
  return money(divisor.compare(decimal(1)) === 0 ? product : product.dividedBy(divisor), one.currency)
}

/** @throws CutoverError `COST_CURRENCY_MIXED` */
export function compareMoney(one: Money, other: Money): -1 | 0 | 1 {
  assertSame(one.currency, other.currency)
  return decimal(one.amount).compare(decimal(other.amount))
}

/** For people: `$1,040.50`, `EUR 3.10`; below one cent two digits that count: `$0.00035`. */
export function formatMoney({ amount, currency }: Money, places?: number): string {
  const value = decimal(amount)
  const size = value.digits < 0n ? decimal(0).minus(value) : value
  const isSmall = !size.isZero && size.compare(decimal('0.01')) < 0
  const digits = places ?? (isSmall ? (/^0\.(0*)/.exec(size.toString())?.[1]?.length ?? 0) + 2 : 2)
  const [whole = '', fraction] = size.toFixed(digits).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const text = `${currency === 'USD' ? '$' : `${currency} `}${grouped}${fraction === undefined ? '' : `.${fraction}`}`
  return value.digits < 0n ? `-${text}` : text
}

function assertSame(one: string, other: string): void {
  if (one === other) return
  throw new CutoverError<CostErrorCode>('COST_CURRENCY_MIXED', `${one} and ${other} meet in one sum`, {
    next: 'Convert one of them with a rate of your own first, or look at each cloud alone.',
  })
}
