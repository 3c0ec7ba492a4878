import type { History, StepHistory } from '../history.ts'
import type { Constructed } from '../run.ts'

/**
 * When the script will be through, epoch milliseconds: what the outline says of the steps that are left, one after the other,
 * and of the one under way what is left of its estimate, at least until `waits`. `undefined` without an outline that estimates.
 */
export function forecastEnd(
  { outline, steps }: Pick<History, 'outline' | 'steps'>,
  constructed: ReadonlyMap<string, Constructed>,
  now: number,
  waits: ReadonlyMap<string, number> = new Map(),
): number | undefined {
  if (outline === undefined || outline.every(({ estimateMs }) => estimateMs === undefined)) return undefined
  let end = now
  for (const { step, estimateMs = 0 } of outline) {
    const known = steps.get(step)
    if (known === undefined) end += estimateMs
    else if (!isDone(known, constructed.get(step)))
      end += Math.max(0, known.beganAt + estimateMs - now, (waits.get(step) ?? now) - now)
  }
  return end
}

/** When it was to end, when it began. */
export function plannedEnd({ outline, startedAt }: Pick<History, 'outline' | 'startedAt'>): number | undefined {
  return forecastEnd({ outline, steps: new Map() }, new Map(), startedAt)
}

function isDone(step: StepHistory, constructed: Constructed | undefined): boolean {
  if (step.kind === 'change')
    return step.outcome !== undefined && (!constructed?.change.settle || step.settled !== undefined)
  return step.answer !== undefined || step.value !== undefined
}
