import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { decimal } from '../money/decimal.ts'

/** One step of a price: it holds from `above` on, until the next one begins. */
export interface Tier {
  /** Decimal text, in the meter's unit; counted per account, region and calendar month. */
  readonly above: string
  /** Decimal text: the price of `per` units. */
  readonly price: string
}

/** What one meter costs in one region. */
export interface Price {
  /** @default '1'; Azure sells executions by `'10'`, requests by `'10000'`. */
  readonly per?: string | undefined
  /** The first begins at `0`; each begins above the one before. */
  readonly tiers: readonly Tier[]
  /** What an account has free in each calendar month, before the first tier; shared by every meter of that `pool`, in all regions. */
  readonly free?: { readonly quantity: string; readonly pool: string } | undefined
  /** Where it was read, for people. */
  readonly source: string
  /** ISO date from which on, or on which, it was so. */
  readonly asOf: string
  /** The provider's own id of the price. */
  readonly skuId?: string | undefined
}

/** Prices by meter and region; all in one currency. */
export interface PriceBook {
  readonly currency: string
  /** `undefined` when there is none: the usage is then listed as unpriced, and never costs zero. */
  price(meter: string, region: string): Price | undefined
}

export interface PriceEntry extends Price {
  readonly meter: string
  /** `'*'`: wherever no other entry says otherwise. */
  readonly region: string
}

/**
 * A book of the given prices, checked. Later entries win.
 *
 * @throws CutoverError `COST_PRICES_INVALID` naming the entry that cannot be meant.
 */
export function priceBook(currency: string, entries: Iterable<PriceEntry>): PriceBook {
  if (!/^[A-Z]{3}$/.test(currency)) throw invalid(`currency is ${JSON.stringify(currency)}; wanted e.g. USD`)
  const prices = new Map<string, Price>()
  for (const entry of entries) {
    check(entry)
    prices.set(`${entry.meter}@${entry.region}`, entry)
  }
  return {
    currency,
    price: (meter, region) => prices.get(`${meter}@${region}`) ?? prices.get(`${meter}@*`),
  }
}

/**
 * Several books as one; the first that has a price says it.
 *
 * @throws CutoverError `COST_CURRENCY_MIXED`
 */
export function priceBooks(first: PriceBook, ...others: readonly PriceBook[]): PriceBook {
  const all = [first, ...others]
  const other = others.find(({ currency }) => currency !== first.currency)
  if (other) {
    throw new CutoverError<CostErrorCode>(
      'COST_CURRENCY_MIXED',
      `one price book is in ${first.currency}, another in ${other.currency}`,
      { next: 'Ask the price services for one currency: the Azure Retail Prices API takes currencyCode.' },
    )
  }
  return {
    currency: first.currency,
    price(meter, region) {
      for (const book of all) {
        const price = book.price(meter, region)
        if (price) return price
      }
      return undefined
    },
  }
}

function check({ meter, region, per = '1', tiers, free, source, asOf }: PriceEntry): void {
  const of = `the price of ${meter} in ${region}`
  if (tiers.length === 0 || !decimal(tiers[0]?.above ?? 1, of).isZero) {
    throw invalid(`${of} has no tier from 0 on`)
  }
  if (decimal(per, of).compare(decimal(0)) <= 0) throw invalid(`${of} is per ${per}; wanted more than 0`)
  tiers.forEach(({ above, price }, at) => {
    if (decimal(price, of).compare(decimal(0)) < 0) throw invalid(`${of} is ${price}; wanted 0 or more`)
    const before = tiers[at - 1]
    if (before && decimal(above, of).compare(decimal(before.above)) <= 0) {
      throw invalid(`${of}: the tier from ${above} on follows the one from ${before.above} on`)
    }
  })
  if (free && decimal(free.quantity, of).compare(decimal(0)) < 0) throw invalid(`${of}: free is ${free.quantity}`)
  if (source === '' || !/^\d{4}-\d{2}-\d{2}/.test(asOf)) throw invalid(`${of} has no source or no date`)
}

const invalid = (text: string): CutoverError<CostErrorCode> => new CutoverError('COST_PRICES_INVALID', text)
