import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { compareMoney, formatMoney, type Money, money, sumMoney } from '../money/money.ts'

/** What asking may cost, shared by all that ask with it. */
export interface RequestBudget {
  readonly most: Money
  /** So far: keep it, and hand it on to the next process as `spent`. */
  readonly spent: Money
  /**
   * Books a request before it is sent.
   *
   * @throws CutoverError `COST_BUDGET_SPENT` when it would be too much; nothing is booked.
   */
  take(price: Money): void
}

/** A budget for requests that cost money. Cost Explorer takes 0.01 USD for each, and each page is one. */
export function requestBudget(most: Money, spent: Money = money(0, most.currency)): RequestBudget {
  let sum = sumMoney([spent, money(0, most.currency)])
  return {
    most,
    get spent() {
      return sum
    },
    take(price) {
      const next = sumMoney([sum, price])
      if (compareMoney(next, most) > 0) {
        throw new CutoverError<CostErrorCode>(
          'COST_BUDGET_SPENT',
          `one more request costs ${formatMoney(price)}, and ${formatMoney(sum)} of ${formatMoney(most)} is spent`,
          { next: 'Ask for fewer days, or raise the budget.' },
        )
      }
      sum = next
    },
  }
}
