import { type Clock, CutoverError, formatDuration } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import type { ArmOptions } from './arm-like.ts'
import { type ArmAnswer, type ArmAttempt, armRequest, refusal } from './arm-request.ts'
import { retryAfterMs } from './retry-after.ts'

export interface CostQuery {
  readonly type: 'ActualCost' | 'AmortizedCost'
  readonly timeframe: 'Custom'
  readonly timePeriod: { readonly from: string; readonly to: string }
  readonly dataset: {
    readonly granularity: 'Daily'
    readonly aggregation: Readonly<Record<string, { readonly name: string; readonly function: 'Sum' }>>
    readonly grouping: readonly { readonly type: 'Dimension'; readonly name: string }[]
    readonly filter?: unknown
  }
}

export interface QueryParts {
  readonly arm: ArmOptions
  readonly scope: string
  readonly clientType: string
  readonly patienceMs: number
  readonly clock: Clock
}

export type QueryRow = Readonly<Record<string, unknown>>

/** The service's own: a page has at most 5,000 rows. So many pages are a loop, not a bill. */
const mostPages = 2_000

/** Every row of every page, by the names of the columns. Throttled, it waits as long as the service asks, `patienceMs` at most. */
export async function costQuery(
  parts: QueryParts,
  query: CostQuery,
  signal: AbortSignal | undefined,
): Promise<readonly QueryRow[]> {
  const first = `${parts.scope}/providers/Microsoft.CostManagement/query?api-version=2022-10-01`
  const rows: QueryRow[] = []
  let path: string | undefined = first
  for (let page = 0; path !== undefined; page++) {
    if (page >= mostPages) throw invalid(`the service names more than ${mostPages} pages`)
    const answer = await patiently(parts, path, query, signal)
    // 204: there is no such data for this scope; that is not a bill of zero.
    if (answer.status === 204) throw invalid(`the service has no cost data for ${parts.scope}`)
    const { properties } = Object(answer.body) as { properties?: unknown }
    const { columns, rows: found, nextLink } = Object(properties) as Readonly<Record<string, unknown>>
    if (!Array.isArray(columns) || !Array.isArray(found)) throw invalid('the service answered no columns or no rows')
    const names = columns.map((column) => String((Object(column) as { name?: unknown }).name))
    for (const row of found as readonly (readonly unknown[])[]) {
      rows.push(Object.fromEntries(names.map((name, at) => [name, row[at]])))
    }
    path = typeof nextLink === 'string' && nextLink !== '' ? nextLink : undefined
  }
  return rows
}

async function patiently(
  { arm, scope, clientType, patienceMs, clock }: QueryParts,
  path: string,
  body: CostQuery,
  signal: AbortSignal | undefined,
): Promise<ArmAnswer> {
  const attempt: ArmAttempt = { what: `read the costs of ${scope}`, operation: 'Microsoft.CostManagement/query/action' }
  const giveUpAt = clock.monotonic() + patienceMs
  for (;;) {
    signal?.throwIfAborted()
    // Without a ClientType of its own a caller shares one quota with all the world.
    const headers = { ClientType: clientType }
    const answer = await armRequest(arm, { method: 'POST', path, body, headers, signal }, attempt)
    if (answer.status < 300) return answer
    if (answer.status !== 429) throw refusal(answer, attempt)
    const waitMs = retryAfterMs(answer.headers) ?? 10_000
    if (clock.monotonic() + waitMs > giveUpAt) {
      throw new CutoverError<CostErrorCode>('COST_THROTTLED', refusal(answer, attempt).message, {
        retryable: true,
        next: `Ask again in ${formatDuration(waitMs)}.`,
      })
    }
    await clock.sleep(waitMs, { signal })
  }
}

const invalid = (text: string): CutoverError<CostErrorCode> => new CutoverError('COST_BILL_INVALID', text)
