/**
 * Every code of this package.
 *
 * - `COST_OPTION_INVALID`: a bad option, or one that there is not, before anything is read or written.
 * - `COST_CURRENCY_MIXED`: two currencies met in one sum; convert one of them first.
 * - `COST_USAGE_INVALID`: a usage row that cannot be meant: negative, not finite, ends before it begins.
 * - `COST_PRICES_INVALID`: a price list that cannot be read as one.
 * - `COST_BILL_INVALID`: an answer of a billing service that cannot be read, or that is for another time than was asked.
 * - `COST_BUDGET_SPENT`: asking once more would cost more than was allowed; nothing was sent.
 * - `COST_THROTTLED`: the service refuses for now; retryable, `next` says when.
 * - `COST_NOT_AUTHORIZED`: a permission or valid credentials are missing; `next` names the permission.
 * - `COST_NOT_FOUND`: there is no such function, app or metric.
 * - `COST_UNAVAILABLE`: no answer, or the service is busy; retryable, and a write may have happened.
 * - `COST_REJECTED`: the service refuses the request; nothing was written.
 * - `COST_CONFLICT`: it was set otherwise when it was to be written; nothing was.
 */
export type CostErrorCode =
  | 'COST_OPTION_INVALID'
  | 'COST_CURRENCY_MIXED'
  | 'COST_USAGE_INVALID'
  | 'COST_PRICES_INVALID'
  | 'COST_BILL_INVALID'
  | 'COST_BUDGET_SPENT'
  | 'COST_THROTTLED'
  | 'COST_NOT_AUTHORIZED'
  | 'COST_NOT_FOUND'
  | 'COST_UNAVAILABLE'
  | 'COST_REJECTED'
  | 'COST_CONFLICT'
