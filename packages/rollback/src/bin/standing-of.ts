import { History } from '../history.ts'
import type { Journal } from '../journal.ts'
import { assertBegun } from '../nothing-begun.ts'
import type { OperatorRequest } from '../operator-request.ts'

/** A cutover as another process sees it, without its lease. */
export interface StandingOf {
  readonly journal: Journal
  readonly history: History
  readonly holder: { readonly who: string; readonly pid: number } | undefined
  /** What operators asked that no run has taken yet. */
  readonly pending: readonly OperatorRequest[]
}

/** @throws CutoverError `CUTOVER_NOTHING_BEGUN`, `CUTOVER_JOURNAL_BROKEN` */
export async function standingOf(journal: Journal): Promise<StandingOf> {
  await assertBegun(journal)
  // Who holds it, first: what is recorded meanwhile is then not missed.
  const holder = await journal.holder?.()
  const history = new History(await journal.read())
  const pending = (await journal.requests?.since(history.requests)) ?? []
  return { journal, history, holder, pending }
}
