/** What Lambda writes at the end of an invocation. */
export interface Invocation {
  readonly requestId: string
  /** Epoch milliseconds: when the handler began, as far as the log tells. */
  readonly startedAt: number
  readonly durationMs: number
  /** Whole milliseconds: rounded up, with INIT in it where that is billed (since 2025-08-01). */
  readonly billedMs: number
  readonly memoryMb: number
  readonly maxMemoryUsedMb?: number | undefined
  /** Only of a cold start. */
  readonly initMs?: number | undefined
}

const text = /^(?:.*\s)?REPORT RequestId: (\S+)\s/
const field = (name: string, unit: string): RegExp =>
  new RegExp(String.raw`(?:^|\s)${name}: (\d+(?:\.\d+)?) ${unit}(?:\s|$)`)
const fields = {
  duration: field('Duration', 'ms'),
  billed: field('Billed Duration', 'ms'),
  init: field('Init Duration', 'ms'),
  memory: field('Memory Size', 'MB'),
  used: field('Max Memory Used', 'MB'),
}

/**
 * Reads a REPORT line, or the `platform.report` of a JSON log; `undefined` for every other line.
 *
 * `loggedAt`, epoch milliseconds, is when the line was written, which is when the invocation had ended. A report without its
 * billed duration or memory answers `undefined` as well: count such lines with `isReport`, since they are not free.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function parseReport(line: string, loggedAt: number): Invocation | undefined {
  return line.trimStart().startsWith('{') ? fromJson(line, loggedAt) : fromText(line, loggedAt)
}

/** Is this line the report of an invocation, readable or not? */
export const isReport = (line: string): boolean =>
  text.test(line) || (line.trimStart().startsWith('{') && line.includes('"platform.report"'))

function fromText(line: string, loggedAt: number): Invocation | undefined {
  const requestId = text.exec(line)?.[1]
  if (requestId === undefined) return undefined
  // 'Duration: ' is also the end of 'Billed Duration: ' and 'Init Duration: '.
  const alone = line.replaceAll(/(?:Billed|Init|Restore) Duration: \S+ ms/g, '')
  return invocation(requestId, loggedAt, {
    durationMs: number(fields.duration.exec(alone)?.[1]),
    billedMs: number(fields.billed.exec(line)?.[1]),
    memoryMb: number(fields.memory.exec(line)?.[1]),
    maxMemoryUsedMb: number(fields.used.exec(line)?.[1]),
    initMs: number(fields.init.exec(line)?.[1]),
  })
}

function fromJson(line: string, loggedAt: number): Invocation | undefined {
  let entry: unknown
  try {
    entry = JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  const { type, record } = Object(entry) as { type?: unknown; record?: unknown }
  if (type !== 'platform.report') return undefined
  const { requestId, metrics } = Object(record) as { requestId?: unknown; metrics?: unknown }
  const given = Object(metrics) as Readonly<Record<string, unknown>>
  return invocation(String(requestId), loggedAt, {
    durationMs: number(given['durationMs']),
    billedMs: number(given['billedDurationMs']),
    memoryMb: number(given['memorySizeMB']),
    maxMemoryUsedMb: number(given['maxMemoryUsedMB']),
    initMs: number(given['initDurationMs']),
  })
}

interface Metrics {
  readonly durationMs: number | undefined
  readonly billedMs: number | undefined
  readonly memoryMb: number | undefined
  readonly maxMemoryUsedMb: number | undefined
  readonly initMs: number | undefined
}

function invocation(
  requestId: string,
  loggedAt: number,
  { durationMs, billedMs, memoryMb, ...others }: Metrics,
): Invocation | undefined {
  if (durationMs === undefined || billedMs === undefined || memoryMb === undefined) return undefined
  // Log times are whole milliseconds.
  return { requestId, startedAt: Math.round(loggedAt - durationMs), durationMs, billedMs, memoryMb, ...others }
}

function number(value: unknown): number | undefined {
  if (value === undefined || value === '') return undefined
  const parsed = Number(value)
  return Number.isFinite(parsed) && parsed >= 0 ? parsed : undefined
}
