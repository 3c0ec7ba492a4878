import { type Context, CutoverError, formatDuration, knownOptions } from '@cutover/core'

import type { Consumption } from './agreed.ts'
import type { Run } from './run.ts'

/** What was agreed before the night: JSON data. */
export interface Agreed {
  readonly maxDowntimeMs: number
  /** Accepted writes or messages; usually 0. */
  readonly maxDataLoss: number
  /** Who agreed. */
  readonly agreedBy: string
  /** How long going back may take, in milliseconds. */
  readonly rtoMs?: number | undefined
  /** What a rehearsal or a drill said: over a limit, nothing is begun. */
  readonly predicted?: Consumption | undefined
}

export interface Limits extends Agreed {
  /** Measures it while it runs. */
  readonly measure?: ((context: Context) => Promise<Consumption>) | undefined
  /** @default 5_000 */
  readonly everyMs?: number | undefined
  /** What happens when a limit is exceeded; nothing of it ever stands in the way back. @default 'notify' */
  readonly then?: 'notify' | 'ask' | 'roll-back' | undefined
}

const limitOptions: readonly (keyof Limits)[] = [
  'maxDowntimeMs',
  'maxDataLoss',
  'agreedBy',
  'rtoMs',
  'predicted',
  'measure',
  'everyMs',
  'then',
]

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID` */
export function assertLimits(limits: Limits | undefined): void {
  if (limits === undefined) return
  knownOptions(limits, limitOptions, 'CUTOVER_OPTIONS_INVALID', 'limits')
  const { maxDowntimeMs, maxDataLoss, agreedBy, rtoMs = 0, everyMs = 1 } = limits
  for (const [field, value] of Object.entries({ maxDowntimeMs, maxDataLoss, rtoMs, everyMs })) {
    if (!(typeof value === 'number' && value >= 0)) throw invalid(field, value, 'a number of 0 or more')
  }
  if (typeof agreedBy !== 'string' || agreedBy.trim() === '') throw invalid('agreedBy', agreedBy, 'who agreed')
}

/** @throws CutoverError `CUTOVER_OVER_LIMIT` before anything is opened; never on the way back */
export function refuseOverLimit({ maxDowntimeMs, maxDataLoss, agreedBy, predicted }: Limits): void {
  if (!predicted) return
  const over = [
    predicted.downtimeMs > maxDowntimeMs &&
      `a downtime of ${formatDuration(predicted.downtimeMs)}; ${formatDuration(maxDowntimeMs)} was agreed`,
    predicted.dataLoss > maxDataLoss && `${predicted.dataLoss} lost; ${maxDataLoss} was agreed`,
  ].filter((text) => text !== false)
  if (over.length === 0) return
  throw new CutoverError('CUTOVER_OVER_LIMIT', `REFUSED: predicted is ${over.join(', and ')}, by ${agreedBy}`, {
    next: `Change the plan, or agree on another limit with ${agreedBy}.`,
  })
}

/** The data of what was agreed, for the journal. */
export const agreedOf = ({ maxDowntimeMs, maxDataLoss, agreedBy, rtoMs, predicted }: Limits): Agreed => ({
  maxDowntimeMs,
  maxDataLoss,
  agreedBy,
  ...(rtoMs !== undefined && { rtoMs }),
  ...(predicted && { predicted }),
})

/** Measures what is used of the limits, tells it, and says so when it is too much. */
export async function watchLimits(run: Run, limits: Limits, signal: AbortSignal): Promise<void> {
  const { measure, maxDowntimeMs, maxDataLoss, everyMs = 5_000, then = 'notify', agreedBy } = limits
  if (!measure) return
  let told = ''
  for (;;) {
    const used = await measure(run.context('@limits', signal)).catch(() => undefined)
    if (signal.aborted) return
    if (used) {
      run.consumed = used
      const text = `used: downtime ${formatDuration(used.downtimeMs)} of ${formatDuration(maxDowntimeMs)}, lost ${used.dataLoss} of ${maxDataLoss}`
      if (text !== told)
        run.tell(() => ({ kind: 'note', code: 'CUTOVER_LIMITS', data: { used, maxDowntimeMs, maxDataLoss }, text }))
      told = text
      const isOver = used.downtimeMs > maxDowntimeMs || used.dataLoss > maxDataLoss
      if (isOver && !run.history.alarms.has('@limits')) {
        const title = 'The limits are kept'
        await run.append({ t: 'alarm', id: '@limits', title, state: 'exceeded', why: text, owner: agreedBy })
        run.tell(() => ({
          kind: 'alarm',
          id: '@limits',
          title,
          state: 'exceeded',
          owner: agreedBy,
          then,
          text: `ALARM: over the limit, ${text}`,
        }))
        if (then === 'roll-back') await run.decide(undefined, `over the limit, ${text}`, 'CUTOVER_OVER_LIMIT')
        if (then === 'ask') await run.askBeside('@alarm/@limits', 'CUTOVER_OVER_LIMIT', `over the limit, ${text}`)
      }
    }
    await run.clock.sleep(everyMs, { signal })
  }
}

const invalid = (field: string, found: unknown, wanted: string): CutoverError =>
  new CutoverError(
    'CUTOVER_OPTIONS_INVALID',
    `limits.${field} is ${JSON.stringify(found) ?? String(found)}; wanted ${wanted}`,
  )
