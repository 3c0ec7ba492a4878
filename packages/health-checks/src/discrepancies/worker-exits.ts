import { type Clock, type Duration, durationMs, formatInstant, knownOptions, systemClock } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import type { LogsQueryLike } from '../sources/azure-monitor/logs-like.ts'
import { kqlText, queryLogs } from '../sources/azure-monitor/query-logs.ts'

export interface WorkerExitsOptions {
  /** `new LogsQueryClient(credential)` of `@azure/monitor-query-logs` or `@azure/monitor-query`. */
  readonly client: LogsQueryLike
  /** A GUID. */
  readonly workspaceId: string
  /** The app: `AppRoleName`. */
  readonly app: string
  /** How far back. @default '1h' */
  readonly since?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/** What the Functions host throws when a language worker ends, out of memory or otherwise. */
const exitException = 'Microsoft.Azure.WebJobs.Script.Workers.WorkerProcessExitException'

/**
 * How often a language worker of an app ended though nobody told it to, for `restarts` of `memoryHeadroom`; `undefined` when the app
 * has logged no request in that time, and nobody knows.
 *
 * Made of `AppExceptions`. An instance that the platform takes away whole logs nothing.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when made; the function rejects with a `SourceErrorCode`.
 * @see github.com/Azure/azure-functions-host WorkerProcessExitException for what it counts.
 */
export function workerExits(
  options: WorkerExitsOptions,
): (read: { readonly signal: AbortSignal }) => Promise<number | undefined> {
  const known = ['client', 'workspaceId', 'app', 'since', 'clock']
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'workerExits')
  const { client, workspaceId, app, since = '1h', clock = systemClock } = options
  if (typeof (client as Partial<LogsQueryLike> | undefined)?.queryWorkspace !== 'function')
    refuseOption('client', client, 'new LogsQueryClient(credential)')
  for (const [field, text] of Object.entries({ workspaceId, app })) {
    if (typeof text !== 'string' || text === '') refuseOption(field, text, 'a text')
  }
  const sinceMs = durationMs(since, 'since')

  return async ({ signal }) => {
    const to = clock.now()
    const window = { from: to - sinceMs, to }
    const count = async (table: string, ...filters: readonly string[]): Promise<number | undefined> => {
      const query = [
        table,
        `| where TimeGenerated >= datetime(${formatInstant(window.from)})`,
        `| where AppRoleName == ${kqlText(app)}`,
        ...filters,
        '| summarize found = sum(ItemCount)',
      ].join('\n')
      const what = `count what ended the workers of ${app}`
      const { rows, partial } = await queryLogs(client, { workspaceId }, query, window, what, signal)
      // A part of the count is none, unless it is bad enough.
      const found = Number(rows[0]?.['found'] ?? 0)
      return partial && found === 0 ? undefined : found
    }
    const requests = await count('AppRequests')
    const exits = await count('AppExceptions', `| where ExceptionType == ${kqlText(exitException)}`)
    if (exits !== undefined && exits > 0) return exits
    return requests === undefined || requests === 0 ? undefined : exits
  }
}
