import { Decimal, decimal } from '../money/decimal.ts'
import type { Price, PriceBook } from '../prices/price-book.ts'
import type { UsageRow } from '../usage/usage-row.ts'
import { thisMonth } from './month.ts'
import { type Curve, curveOf } from './tiered-cost.ts'

/** What one row costs. */
export interface Amounts {
  readonly low: Decimal
  readonly mid: Decimal
  readonly high: Decimal
  readonly quantity: Decimal
  readonly listPrice: Decimal
  readonly skuId: string | undefined
}

type Case = 'low' | 'mid' | 'high'
type Used = Record<Case, Decimal>
const cases: readonly Case[] = ['low', 'mid', 'high']
const onlyLow: readonly Case[] = ['low']

/** What one meter costs in one region, and what has been used of it. */
interface Priced {
  readonly skuId: string | undefined
  readonly curve: Curve
  readonly free: { readonly quantity: Decimal; readonly used: Counters } | undefined
  readonly used: Counters
}

/** Prices rows one after the other, and remembers what each account has used of its grants and tiers. */
export class MonthToDate {
  readonly #prices: PriceBook
  readonly #accounts: 'shared' | 'complete'
  readonly #priced = new Map<string, Map<string, Priced | undefined>>()
  readonly #pools = new Map<string, Counters>()

  constructor(prices: PriceBook, accounts: 'shared' | 'complete') {
    this.#prices = prices
    this.#accounts = accounts
  }

  /** `undefined`: there is no price for it. */
  price(row: UsageRow): Amounts | undefined {
    const priced = this.#find(row.meter, row.region)
    if (!priced) return undefined
    const { curve } = priced
    const mid = decimal(row.quantity)
    const quantity: Used = {
      low: row.range ? decimal(row.range.low) : mid,
      mid,
      high: row.range ? decimal(row.range.high) : mid,
    }
    const billable = this.#afterGrant(row, priced, quantity)
    const cost = this.#accounts === 'complete' ? exact(row, priced, billable) : bounded(priced, billable)
    return { ...cost, quantity: mid, listPrice: curve.listPrice, skuId: priced.skuId }
  }

  /** In a shared account the best case is that nobody else uses the grant, once; and the guess, that others use it up. */
  #afterGrant({ account, from }: UsageRow, { free }: Priced, quantity: Used): Used {
    if (!free) return quantity
    const granted = free.used.of(account, from)
    const billable = { ...quantity }
    for (const which of this.#accounts === 'complete' ? cases : onlyLow) {
      const left = free.quantity.minus(granted[which])
      if (left.digits <= 0n) continue
      const given = left.compare(quantity[which]) < 0 ? left : quantity[which]
      granted[which] = granted[which].plus(given)
      billable[which] = quantity[which].minus(given)
    }
    return billable
  }

  #find(meter: string, region: string): Priced | undefined {
    let regions = this.#priced.get(meter)
    if (!regions) this.#priced.set(meter, (regions = new Map<string, Priced | undefined>()))
    if (regions.has(region)) return regions.get(region)
    const price = this.#prices.price(meter, region)
    const priced = price && this.#pricedBy(withGrant(price, `${meter}@${region}`))
    regions.set(region, priced)
    return priced
  }

  #pricedBy(price: Price): Priced {
    const { free, skuId } = price
    if (!free) return { skuId, curve: curveOf(price), free: undefined, used: new Counters() }
    const used = this.#pools.get(free.pool) ?? new Counters()
    this.#pools.set(free.pool, used)
    return { skuId, curve: curveOf(price), free: { quantity: decimal(free.quantity), used }, used: new Counters() }
  }
}

function exact({ account, from }: UsageRow, { curve, used: counters }: Priced, billable: Used): Used {
  const used = counters.of(account, from)
  const cost = { low: Decimal.zero, mid: Decimal.zero, high: Decimal.zero }
  for (const which of cases) {
    cost[which] = curve.cost(billable[which], used[which])
    used[which] = used[which].plus(billable[which])
  }
  return cost
}

/** Others' use may have reached the cheapest tier, or the dearest; the guess is the first. */
function bounded({ curve }: Priced, { low, mid, high }: Used): Used {
  if (curve.isFlat) {
    const guess = curve.cost(mid, Decimal.zero)
    return {
      low: low === mid ? guess : curve.cost(low, Decimal.zero),
      mid: guess,
      high: high === mid ? guess : curve.cost(high, Decimal.zero),
    }
  }
  return { low: curve.bounds(low).low, mid: curve.cost(mid, Decimal.zero), high: curve.bounds(high).high }
}

/** A first tier that costs nothing is a grant like any other. */
function withGrant(price: Price, key: string): Price {
  const [first, second] = price.tiers
  if (price.free || !first || !second || !decimal(first.price).isZero) return price
  const quantity = decimal(second.above)
  const tiers = price.tiers
    .slice(1)
    .map((tier) => ({ above: decimal(tier.above).minus(quantity).toString(), price: tier.price }))
  return { ...price, tiers, free: { quantity: second.above, pool: key } }
}

/** What was used, by account and calendar month. */
class Counters {
  readonly #all = new Map<string, Map<number, Used>>()

  of(account: string, at: number): Used {
    let months = this.#all.get(account)
    if (!months) this.#all.set(account, (months = new Map<number, Used>()))
    const month = thisMonth(at)
    let used = months.get(month)
    if (!used) months.set(month, (used = { low: Decimal.zero, mid: Decimal.zero, high: Decimal.zero }))
    return used
  }
}
