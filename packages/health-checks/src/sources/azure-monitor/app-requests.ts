import { type Clock, type Duration, durationMs, formatInstant, knownOptions, systemClock } from '@cutover/core'

import type { CountSource } from '../../count-source.ts'
import { refuseOption } from '../../health-error.ts'
import { countBuckets, wholePeriods } from '../count-buckets.ts'
import { checkResourceId } from './azure-metric-counts.ts'
import type { LogsQueryLike } from './logs-like.ts'
import { kqlText, queryLogs } from './query-logs.ts'

export type AppRequestsOptions = {
  /** `new LogsQueryClient(credential)` of `@azure/monitor-query-logs` or `@azure/monitor-query`. */
  readonly client: LogsQueryLike
  /** The app: `AppRoleName`, which is the name of the function app. @default every app of the workspace */
  readonly app?: string | undefined
  /** One function: `OperationName`. @default all */
  readonly operation?: string | undefined
  /** A request that took longer is counted as slow. @default not counted */
  readonly slowerThan?: Duration | undefined
  /** How long after its end a minute may still grow. @default '10m' */
  readonly settle?: Duration | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
} & (
  | { /** A GUID. */ readonly workspaceId: string; readonly resourceId?: undefined }
  | { /** A resource whose logs a workspace holds. */ readonly resourceId: string; readonly workspaceId?: undefined }
)

const known = ['client', 'app', 'operation', 'slowerThan', 'settle', 'clock', 'workspaceId', 'resourceId']
const minuteMs = 60_000

/**
 * Requests, failures and slow ones of Application Insights in a Log Analytics workspace, minute by minute, whatever triggered them.
 *
 * Under sampling one row stands for several requests: they are counted by `ItemCount`, and a bucket says with `sampled` how many
 * requests a row stands for on average. A minute without a row is missing. Rows come two to ten minutes late.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID` when made; `counts` rejects with a `SourceErrorCode`.
 * @see learn.microsoft.com/azure/azure-monitor/app/sampling for `itemCount`.
 */
export function appRequests(options: AppRequestsOptions): CountSource {
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'appRequests')
  const { client, app, operation, slowerThan, settle = '10m', clock = systemClock, workspaceId, resourceId } = options
  if (typeof (client as Partial<LogsQueryLike> | undefined)?.queryWorkspace !== 'function')
    refuseOption('client', client, 'new LogsQueryClient(credential)')
  if ((workspaceId === undefined) === (resourceId === undefined))
    refuseOption('workspaceId', workspaceId, 'it or resourceId, one of the two')
  if (resourceId !== undefined) checkResourceId(resourceId)
  const of = workspaceId === undefined ? { resourceId: resourceId ?? '' } : { workspaceId }
  const slowMs = slowerThan === undefined ? undefined : durationMs(slowerThan, 'slowerThan')
  const settleMs = durationMs(settle, 'settle')
  const what = `count requests of ${app ?? 'all apps'} in Log Analytics`

  return {
    settleMs,
    async counts(window, { signal } = {}) {
      const whole = wholePeriods(window, minuteMs)
      if (whole.to <= whole.from) return []
      const now = clock.now()
      const filters = [
        ...(app === undefined ? [] : [`| where AppRoleName == ${kqlText(app)}`]),
        ...(operation === undefined ? [] : [`| where OperationName == ${kqlText(operation)}`]),
      ]
      const slow = slowMs === undefined ? '' : `, slow = sumif(ItemCount, DurationMs > ${slowMs})`
      const query = [
        'AppRequests',
        `| where TimeGenerated >= datetime(${formatInstant(whole.from)}) and TimeGenerated < datetime(${formatInstant(whole.to)})`,
        ...filters,
        `| summarize total = sum(ItemCount), bad = sumif(ItemCount, Success == false)${slow}, items = count() by at = bin(TimeGenerated, 1m)`,
      ].join('\n')
      const { rows, partial } = await queryLogs(client, of, query, whole, what, signal)
      const column = (name: string) => new Map(rows.map((row) => [instantOf(row['at']), Number(row[name])] as const))
      const readings = {
        total: column('total'),
        bad: column('bad'),
        rows: column('items'),
        slow: slowMs === undefined ? undefined : column('slow'),
        partial,
      }
      const how = { window, periodMs: minuteMs, settleMs, now, badMissing: 'unknown', zeroMayBeLate: false } as const
      return countBuckets(readings, how)
    },
  }
}

/** The clients make Dates of the service's texts. */
const instantOf = (value: unknown): number => (value instanceof Object ? Number(value.valueOf()) : Number.NaN)
