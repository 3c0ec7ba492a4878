import { type Clock, knownOptions, systemClock } from '@cutover/core'

import { checkedClient, checkedMs, checkedWindow, invalid } from '../cost-options.ts'
import { invocationRows } from '../usage/lambda-rows.ts'
import { checkedShape, type LambdaShape } from '../usage/lambda-shape.ts'
import { type Invocation, isReport, parseReport } from '../usage/report-line.ts'
import type { MissingUsage, ReadOptions, Usage, UsageRow, UsageSource, Window } from '../usage/usage-row.ts'
import { asked } from './aws-error.ts'
import { abortable, type CloudWatchLogsLike } from './cloudwatch-like.ts'

export interface ReportUsageOptions {
  readonly client: CloudWatchLogsLike
  readonly functions: readonly (LambdaShape & { readonly logGroup?: string | undefined })[]
  /** Until when a line may still come. @default 5 minutes */
  readonly settleMs?: number | undefined
  /** @default systemClock */
  readonly clock?: Clock | undefined
}

/** An invocation ends, and is reported, at most so long after it began. */
const longestMs = 15 * 60_000
const hourMs = 3_600_000

/**
 * Exact usage out of the REPORT lines in CloudWatch Logs: billed duration with INIT in it, as the bill has it. Reading costs
 * what the log group's filter costs: nothing, but quota (5 to 25 requests a second).
 *
 * @throws CutoverError `COST_OPTION_INVALID` at once; reading `COST_NOT_FOUND`, `COST_NOT_AUTHORIZED`, `COST_THROTTLED`, `COST_UNAVAILABLE`.
 */
export function reportUsage(options: ReportUsageOptions): UsageSource {
  knownOptions(options, ['client', 'functions', 'settleMs', 'clock'], 'COST_OPTION_INVALID', 'reportUsage')
  const { client, functions, settleMs = 5 * 60_000, clock = systemClock } = options
  checkedClient(client, ['filterLogEvents'], 'reportUsage', 'new CloudWatchLogs(...)')
  checkedMs({ settleMs }, 'reportUsage')
  functions.forEach(checkedShape)
  if (functions.length === 0) throw invalid('reportUsage: functions is empty')
  return {
    cloud: 'aws',
    settleMs,
    async usage(window: Window, { signal }: ReadOptions = {}): Promise<Usage> {
      checkedWindow(window, 'reportUsage')
      const rows: UsageRow[] = []
      const missing: MissingUsage[] = []
      for (const shape of functions) {
        const { invocations, unreadable } = await invocationsOf(client, shape, window, signal)
        const readAt = clock.now()
        // What began in an hour may be reported a quarter of an hour after its end.
        const isSettled = ({ to }: UsageRow): boolean =>
          Math.max(to, Math.ceil(to / hourMs) * hourMs) + longestMs + settleMs <= readAt
        const found = invocationRows(shape, invocations, window)
        rows.push(...found.map((row) => (isSettled(row) ? row : { ...row, complete: false })))
        const { from, to } = window
        const resourceId = shape.arn ?? shape.functionName
        if (unreadable > 0) {
          const why = `${unreadable} REPORT lines of ${shape.functionName} have no billed duration or no memory`
          missing.push({ cloud: 'aws', resourceId, meter: 'lambda', from, to, why })
        }
        if (invocations.length === 0) {
          const why = `${shape.functionName} has no REPORT line: not invoked, or its role or log level keeps them away`
          missing.push({ cloud: 'aws', resourceId, meter: 'lambda', from, to, why })
        }
      }
      return { rows, missing }
    },
  }
}

/** Every invocation that began in the window, each once, whatever page it came on. */
export async function invocationsOf(
  client: CloudWatchLogsLike,
  { functionName, logGroup = `/aws/lambda/${functionName}` }: LambdaShape & { readonly logGroup?: string | undefined },
  { from, to }: Window,
  signal?: AbortSignal,
): Promise<{ readonly invocations: readonly Invocation[]; readonly unreadable: number }> {
  const found = new Map<string, Invocation>()
  const attempt = { what: `read the log group ${logGroup}`, action: 'logs:FilterLogEvents' }
  let unreadable = 0
  for (let token: string | undefined, page = 0; page === 0 || token !== undefined; page++) {
    signal?.throwIfAborted()
    const input = {
      logGroupName: logGroup,
      startTime: Math.floor(from),
      endTime: Math.ceil(to + longestMs),
      // A term matches both forms; `parseReport` tells them apart.
      filterPattern: '?REPORT ?"platform.report"',
    }
    const more = token === undefined ? input : { ...input, nextToken: token }
    const answer = await asked(attempt, signal, () => client.filterLogEvents(more, abortable(signal)))
    for (const { timestamp = 0, message = '', eventId } of answer.events ?? []) {
      const invocation = parseReport(message, timestamp)
      if (!invocation) unreadable += isReport(message) ? 1 : 0
      // A retry has the same request id, and is billed again: the event is what there is once.
      else if (invocation.startedAt >= from && invocation.startedAt < to) {
        found.set(eventId ?? `${invocation.requestId}@${timestamp}`, invocation)
      }
    }
    token = answer.nextToken === '' ? undefined : answer.nextToken
  }
  return { invocations: [...found.values()], unreadable }
}
