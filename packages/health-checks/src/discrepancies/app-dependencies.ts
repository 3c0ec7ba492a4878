import { type Clock, type Duration, durationMs, formatInstant, knownOptions, systemClock } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import type { LogsQueryLike } from '../sources/azure-monitor/logs-like.ts'
import { kqlText, queryLogs } from '../sources/azure-monitor/query-logs.ts'
import type { Outbound } from './no-legacy-endpoints.ts'

export interface AppDependenciesOptions {
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

/**
 * What an app has called, as Application Insights saw it: `AppDependencies.Target`, for `noLegacyEndpoints`.
 *
 * Only what was called, and what its SDK reports; under sampling a rare call may be missing.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when made; `found` rejects with a `SourceErrorCode`.
 */
export function appDependencies(options: AppDependenciesOptions): Outbound {
  const known = ['client', 'workspaceId', 'app', 'since', 'clock']
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'appDependencies')
  const { client, workspaceId, app, since = '1h', clock = systemClock } = options
  if (typeof (client as Partial<LogsQueryLike> | undefined)?.queryWorkspace !== 'function')
    refuseOption('client', client, 'new LogsQueryClient(credential)')
  for (const [field, text] of Object.entries({ workspaceId, app })) {
    if (typeof text !== 'string' || text === '') refuseOption(field, text, 'a text')
  }
  const sinceMs = durationMs(since, 'since')
  return {
    name: `dependencies of ${app}`,
    async found({ signal } = {}) {
      const to = clock.now()
      const window = { from: to - sinceMs, to }
      const query = [
        'AppDependencies',
        `| where TimeGenerated >= datetime(${formatInstant(window.from)})`,
        `| where AppRoleName == ${kqlText(app)}`,
        '| summarize calls = sum(ItemCount) by Target',
      ].join('\n')
      const what = `list what ${app} calls`
      const { rows } = await queryLogs(client, { workspaceId }, query, window, what, signal)
      const targets = rows.map(({ Target }) => (typeof Target === 'string' ? Target : '')).filter((one) => one !== '')
      return Object.fromEntries(targets.map((target) => [target, [target]]))
    },
  }
}
