import { knownOptions } from '@cutover/core'

import { type PriceBook, priceBook, type PriceEntry } from './price-book.ts'
import { eastus } from './tables/eastus.ts'
import { usEast1 } from './tables/us-east-1.ts'

export interface PriceTableOptions {
  /** Prices of your own: an agreement's, another region's. They win over those of the table. */
  readonly entries?: readonly PriceEntry[] | undefined
}

/**
 * The prices that are in this package: public list prices in USD for `us-east-1` and `eastus`, each with its source and its
 * date in `price(…).source` and `.asOf`. Another region is unpriced, never priced as if it were one of these: read
 * `awsPriceList` or `retailPrices` for it.
 */
export function priceTable(options: PriceTableOptions = {}): PriceBook {
  knownOptions(options, ['entries'], 'COST_OPTION_INVALID', 'priceTable')
  const { entries = [] } = options
  return priceBook('USD', [...usEast1, ...eastus, ...entries])
}
