import { type Context, CutoverError, defineCheck, formatDuration, knownOptions, sameJson } from '@cutover/core'

import type { Run } from './run.ts'
import type { Standing } from './standing-guard.ts'
import { isFenced } from './standing.ts'
import { within } from './within.ts'

/** What was used of the limits. */
export interface Consumption {
  /** How long clients were not served, in milliseconds. */
  readonly downtimeMs: number
  /** How many accepted writes or messages were lost. */
  readonly dataLoss: number
}

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
  const { maxDowntimeMs, maxDataLoss, agreedBy, rtoMs = 0, everyMs = 1, predicted, then } = limits
  const { downtimeMs = 0, dataLoss = 0 } = predicted ?? {}
  const amounts = {
    maxDowntimeMs,
    maxDataLoss,
    rtoMs,
    'predicted.downtimeMs': downtimeMs,
    'predicted.dataLoss': dataLoss,
  }
  for (const [field, value] of Object.entries(amounts)) {
    if (!isAmount(value)) throw invalid(field, value, 'a number of 0 or more')
  }
  if (!isAmount(everyMs) || everyMs === 0) throw invalid('everyMs', everyMs, 'milliseconds')
  if (then !== undefined && !['notify', 'ask', 'roll-back'].includes(then))
    throw invalid('then', then, 'one of notify, ask, roll-back')
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

/** The limits as what stands beside the steps: a measurement that is over one of them fails, one that is none is undecided. */
export function limitOf(run: Run, limits: Limits): Standing | undefined {
  const { measure, maxDowntimeMs, maxDataLoss, everyMs = 5_000, then = 'notify', agreedBy } = limits
  if (!measure) return undefined
  let told = ''
  const check = defineCheck({
    id: '@limits',
    title: 'Within the agreed limits',
    async run(context) {
      const used = consumptionOf(await measure(context))
      run.consumed = used
      const text = `downtime ${formatDuration(used.downtimeMs)} of ${formatDuration(maxDowntimeMs)}, lost ${used.dataLoss} of ${maxDataLoss}`
      if (text !== told)
        run.tell(() => ({
          kind: 'note',
          code: 'CUTOVER_LIMITS',
          data: { used, maxDowntimeMs, maxDataLoss },
          text: `used: ${text}`,
        }))
      told = text
      return { status: used.downtimeMs > maxDowntimeMs || used.dataLoss > maxDataLoss ? 'fail' : 'pass', text }
    },
  })
  const over = { toleratedForMs: 0, resolveWithinMs: 0, code: 'CUTOVER_OVER_LIMIT' }
  return { id: check.id, check, everyMs, then, owner: agreedBy, isToldToTheEnd: true, ...over }
}

/** Measures once more, at the end, and records what was used. What cannot be measured now is as it was measured last. */
export async function recordConsumption(run: Run, limits: Limits | undefined): Promise<void> {
  const { signal } = run.undoWaits
  const last = async (inTime: AbortSignal): Promise<void> => {
    if (limits?.measure) run.consumed = consumptionOf(await limits.measure(run.context('@limits', inTime)))
  }
  await within(run.clock, lastLookMs, signal, last).catch((error: unknown) => {
    if (signal.aborted || isFenced(error)) throw error
  })
  if (run.consumed && !sameJson(run.consumed, run.history.measured))
    await run.append({ t: 'measured', ...run.consumed })
}

/** How long the last measurement may take, in milliseconds. */
const lastLookMs = 10_000

/** Missing data is not zero. */
function consumptionOf(given: unknown): Consumption {
  const { downtimeMs, dataLoss } = Object(given) as Partial<Consumption>
  if (isAmount(downtimeMs) && isAmount(dataLoss)) return { downtimeMs, dataLoss }
  throw new CutoverError(
    'CUTOVER_OPTIONS_INVALID',
    `limits.measure answered ${JSON.stringify(given) ?? String(given)}; wanted { downtimeMs, dataLoss }, numbers of 0 or more`,
  )
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

const invalid = (field: string, found: unknown, wanted: string): CutoverError =>
  new CutoverError(
    'CUTOVER_OPTIONS_INVALID',
    `limits.${field} is ${JSON.stringify(found) ?? String(found)}; wanted ${wanted}`,
  )
