import { CutoverError } from '@cutover/core'

import type { TimeWindow } from '../count-buckets.ts'
import { dateOf } from '../date-of.ts'
import { asked, type SourceErrorCode } from '../service-error.ts'
import type { LogsQueryLike } from './logs-like.ts'

/** Whose logs: a workspace's, or those that a resource has in one. */
export type LogsOf = { readonly workspaceId: string } | { readonly resourceId: string }

export interface LogRows {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** The service could not read all of it. */
  readonly partial: boolean
}

/** The first table of the answer, a row by the names of its columns. */
export async function queryLogs(
  client: LogsQueryLike,
  of: LogsOf,
  query: string,
  window: TimeWindow,
  what: string,
  signal: AbortSignal | undefined,
): Promise<LogRows> {
  const timespan = { startTime: dateOf(window.from), endTime: dateOf(window.to) }
  const options = signal === undefined ? {} : { abortSignal: signal }
  const attempt = { what, action: 'Microsoft.OperationalInsights/workspaces/query/*/read (role Log Analytics Reader)' }
  const answer = await asked(attempt, signal, () =>
    'workspaceId' in of
      ? client.queryWorkspace(of.workspaceId, query, timespan, options)
      : client.queryResource(of.resourceId, query, timespan, options),
  )
  const partial = answer.status !== 'Success'
  const [table] = (partial ? answer.partialTables : answer.tables) ?? []
  if (!table) {
    const { code = answer.status, message = 'no table' } = answer.partialError ?? {}
    const unavailable: SourceErrorCode = 'HEALTH_SOURCE_UNAVAILABLE'
    throw new CutoverError(unavailable, `could not ${what}: ${code}: ${message}`, { retryable: true })
  }
  const names = table.columnDescriptors.map(({ name }) => name ?? '')
  return { partial, rows: table.rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))) }
}

/** A text inside a query: KQL escapes as JSON does. */
export const kqlText = (text: string): string => JSON.stringify(text)
