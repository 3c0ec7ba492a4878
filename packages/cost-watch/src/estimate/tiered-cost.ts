import { Decimal, decimal, greatest, least } from '../money/decimal.ts'
import type { Price } from '../prices/price-book.ts'

/** A price, ready to be asked often. */
export interface Curve {
  /** What so many units cost, when so many were used before them in the month. The free grant is not in it. */
  cost(quantity: Decimal, usedBefore: Decimal): Decimal
  /** The least and the most that so many units can cost, wherever in the month's tiers they fall. */
  bounds(quantity: Decimal): { readonly low: Decimal; readonly high: Decimal }
  /** The price of one unit in the first tier that costs anything. */
  readonly listPrice: Decimal
  /** Does every unit cost the same? */
  readonly isFlat: boolean
}

/** Tiers are graduated: each unit costs what its own tier says, and the units below keep theirs. */
export function curveOf({ tiers, per = '1' }: Price): Curve {
  const steps = tiers.map(({ above, price }, at) => ({
    from: decimal(above),
    to: tiers[at + 1] === undefined ? undefined : decimal(tiers[at + 1]?.above ?? 0),
    price: decimal(price),
  }))
  const list = steps.find(({ price }) => !price.isZero)
  const single = steps.length === 1 ? steps[0]?.price : undefined
  const over = dividedBy(decimal(per))
  const cost = (quantity: Decimal, usedBefore: Decimal): Decimal => {
    if (single) return over(quantity.times(single))
    const end = usedBefore.plus(quantity)
    let sum = Decimal.zero
    for (const { from, to, price } of steps) {
      const begin = greatest(from, usedBefore)
      const stop = to === undefined ? end : least(to, end)
      if (stop.compare(begin) > 0) sum = sum.plus(stop.minus(begin).times(price))
    }
    return over(sum)
  }

  return {
    cost,
    // The cost of a piece of a graduated tariff, as a function of where it begins, bends only where one of its ends meets a step.
    bounds(quantity) {
      let [low, high] = [cost(quantity, Decimal.zero), cost(quantity, Decimal.zero)]
      for (const { from } of steps) {
        for (const begin of [from, from.minus(quantity)]) {
          if (begin.compare(Decimal.zero) < 0) continue
          const here = cost(quantity, begin)
          low = least(low, here)
          high = greatest(high, here)
        }
      }
      return { low, high }
    },
    listPrice: list ? over(list.price) : Decimal.zero,
    isFlat: single !== undefined,
  }
}

/** By 10 or 10,000 it is moving the point: exact. By anything else, last of all and at 18 more places. */
function dividedBy(per: Decimal): (sum: Decimal) => Decimal {
  const zeros = /^10*$/.exec(per.toString())?.[0].length
  if (zeros === undefined) return (sum) => sum.dividedBy(per, sum.scale + 18)
  return zeros === 1 ? (sum) => sum : (sum) => new Decimal(sum.digits, sum.scale + zeros - 1)
}
