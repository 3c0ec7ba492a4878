import { type Decimal, decimal, type DecimalLike } from '../money/decimal.ts'
import { gbSeconds, heldGbSeconds } from './gigabytes.ts'
import type { LambdaShape } from './lambda-shape.ts'
import type { Invocation } from './report-line.ts'
import type { UsageRow, Window } from './usage-row.ts'

/** What a function did in one span of time. */
export interface LambdaActivity extends Window {
  readonly requests: DecimalLike
  /** Milliseconds that are billed, summed over the requests; with bounds where they are not known exactly. */
  readonly billedMs: DecimalLike
  readonly billedMsRange?: { readonly low: DecimalLike; readonly high: DecimalLike } | undefined
  /** Of the requests, how many ran on provisioned concurrency, whose seconds have a price of their own. @default 0 */
  readonly onProvisioned?: number | undefined
  readonly complete: boolean
}

/** Requests, GB-seconds, storage beyond 512 MB and provisioned concurrency of one function, in the units of their meters. */
export function lambdaRows(shape: LambdaShape, activity: LambdaActivity): readonly UsageRow[] {
  const { memoryMb, architecture = 'x86_64', ephemeralStorageMb = 512, provisionedConcurrency = 0 } = shape
  const { from, to, requests, billedMs, billedMsRange, onProvisioned = 0, complete } = activity
  const row = (meter: string, quantity: Decimal, range?: UsageRow['range']): UsageRow => ({
    cloud: 'aws',
    account: shape.account,
    region: shape.region,
    resourceId: shape.arn ?? shape.functionName,
    meter,
    from,
    to,
    quantity: quantity.toString(),
    range,
    complete,
    tags: shape.tags,
  })
  const ranged = (meter: string, mb: number): UsageRow =>
    row(
      meter,
      heldGbSeconds(mb, billedMs),
      billedMsRange && {
        low: heldGbSeconds(mb, billedMsRange.low).toString(),
        high: heldGbSeconds(mb, billedMsRange.high).toString(),
      },
    )

  const rows = [row('lambda/requests', decimal(requests))]
  const total = decimal(requests)
  const provisioned = decimal(onProvisioned)
  if (provisioned.isZero) rows.push(ranged(`lambda/gb-seconds/${architecture}`, memoryMb))
  else if (provisioned.compare(total) >= 0) rows.push(ranged(`lambda/provisioned-gb-seconds/${architecture}`, memoryMb))
  else {
    // The service does not say how long which of them ran: the mean of all is the guess, and either could have taken all of it.
    const all = heldGbSeconds(memoryMb, billedMsRange?.high ?? billedMs).toString()
    const range = { low: '0', high: all }
    const part = heldGbSeconds(memoryMb, billedMs).times(provisioned).dividedBy(total)
    rows.push(
      row(`lambda/provisioned-gb-seconds/${architecture}`, part, range),
      row(`lambda/gb-seconds/${architecture}`, heldGbSeconds(memoryMb, billedMs).minus(part), range),
    )
  }
  if (ephemeralStorageMb > 512) rows.push(ranged('lambda/storage-gb-seconds', ephemeralStorageMb - 512))
  if (provisionedConcurrency > 0) {
    const held = gbSeconds(decimal(memoryMb * provisionedConcurrency).times(decimal(to - from)))
    rows.push(row(`lambda/provisioned/${architecture}`, held))
  }
  return rows
}

/** Exact usage out of REPORT lines, by hour in UTC. Each invocation belongs to the hour in which it began, as the metrics have it. */
export function invocationRows(
  shape: LambdaShape,
  invocations: Iterable<Invocation>,
  { from, to }: Window,
): readonly UsageRow[] {
  const hours = new Map<number, Map<number, { requests: number; billedMs: number }>>()
  for (const { startedAt, billedMs, memoryMb } of invocations) {
    if (startedAt < from || startedAt >= to) continue
    const hour = Math.floor(startedAt / hourMs) * hourMs
    const ofHour = hours.get(hour) ?? new Map<number, { requests: number; billedMs: number }>()
    hours.set(hour, ofHour)
    // The memory can be changed within an hour: the line says what it was.
    const sum = ofHour.get(memoryMb) ?? { requests: 0, billedMs: 0 }
    ofHour.set(memoryMb, { requests: sum.requests + 1, billedMs: sum.billedMs + billedMs })
  }
  const rows: UsageRow[] = []
  for (const [hour, ofHour] of [...hours].toSorted(([one], [other]) => one - other)) {
    const span = { from: Math.max(hour, from), to: Math.min(hour + hourMs, to) }
    for (const [memoryMb, sum] of ofHour) {
      rows.push(...lambdaRows({ ...shape, memoryMb, provisionedConcurrency: 0 }, { ...span, ...sum, complete: true }))
    }
  }
  if ((shape.provisionedConcurrency ?? 0) > 0) rows.push(...provisionedRows(shape, { from, to }))
  return rows
}

function provisionedRows(shape: LambdaShape, { from, to }: Window): readonly UsageRow[] {
  const rows: UsageRow[] = []
  for (let at = from; at < to; at = Math.floor(at / hourMs) * hourMs + hourMs) {
    const end = Math.min(Math.floor(at / hourMs) * hourMs + hourMs, to)
    const all = lambdaRows(shape, { from: at, to: end, requests: 0, billedMs: 0, complete: true })
    rows.push(...all.filter(({ meter }) => meter.startsWith('lambda/provisioned/')))
  }
  return rows
}

const hourMs = 3_600_000
