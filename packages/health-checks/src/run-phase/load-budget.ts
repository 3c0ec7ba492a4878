import { type Duration, durationMs, knownOptions } from '@cutover/core'

import { percent } from '../gate/absolute-guard.ts'
import { refuseOption } from '../health-error.ts'

/** What either side may do at most, of all requests of the run. */
export interface LoadBudget {
  /** The share of requests without a good answer. @default 0.01 */
  readonly bad?: number | undefined
  /** @default none */
  readonly p95?: Duration | undefined
  /** @default none */
  readonly p99?: Duration | undefined
}

interface Limit {
  readonly title: string
  readonly share: number
  counts(bad: boolean, ms: number): boolean
}

/** @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID`. */
export function budgetLimits(budget: LoadBudget): readonly Limit[] {
  knownOptions(budget, ['bad', 'p95', 'p99'], 'HEALTH_OPTIONS_INVALID', 'budget')
  const { bad: share = 0.01, p95, p99 } = budget
  if (!(share >= 0 && share < 1)) refuseOption('budget.bad', share, 'a share from 0 to below 1')
  return [
    { title: `over ${percent(share)} bad`, share, counts: (bad) => bad },
    ...(p95 === undefined ? [] : [slower('p95', 0.05, p95)]),
    ...(p99 === undefined ? [] : [slower('p99', 0.01, p99)]),
  ]
}

function slower(name: string, share: number, limit: Duration): Limit {
  const limitMs = durationMs(limit, `budget.${name}`)
  if (limitMs <= 0) refuseOption(`budget.${name}`, limit, 'more than 0')
  return { title: `${name} over ${limit}`, share, counts: (bad, ms) => bad || ms > limitMs }
}

/** Counts against limits. A budget is broken once it is spent for the whole run: however good the rest were, it could not hold. */
export class BudgetSpent {
  readonly #limits: readonly Limit[]
  readonly #spent: number[]
  #seen = 0

  constructor(limits: readonly Limit[]) {
    this.#limits = limits
    this.#spent = limits.map(() => 0)
  }

  add(bad: boolean, ms: number): void {
    this.#seen += 1
    for (const [i, limit] of this.#limits.entries())
      if (limit.counts(bad, ms)) this.#spent[i] = (this.#spent[i] ?? 0) + 1
  }

  /** The first limit that is broken, of so many requests as are planned; at the end of those that were judged. */
  broken(planned: number | 'ended'): string | undefined {
    const of = planned === 'ended' ? this.#seen : planned
    const i = this.#limits.findIndex(({ share }, at) => (this.#spent[at] ?? 0) > share * of)
    return i < 0 ? undefined : `${this.#limits[i]?.title} (${this.#spent[i]} of ${of} requests)`
  }
}
