import { type Duration, durationMs, knownOptions } from '@cutover/core'

import type { StepHistory } from './history.ts'
import { offer } from './offer.ts'
import type { Run } from './run.ts'
import { probe } from './standing.ts'

export interface DriftOptions {
  /** How often each applied change is looked at. @default '1m' */
  readonly every?: Duration | undefined
  /** How many are looked at in a minute at most, whatever `every` says. @default 30 */
  readonly perMinute?: number | undefined
}

const driftOptions: readonly (keyof DriftOptions)[] = ['every', 'perMinute']

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID`, `DURATION_INVALID` */
export function driftOf(options: DriftOptions = {}): { readonly everyMs: number; readonly pauseMs: number } {
  knownOptions(options, driftOptions, 'CUTOVER_OPTIONS_INVALID', 'drift')
  const { every = '1m', perMinute = 30 } = options
  return { everyMs: Math.max(1, durationMs(every, 'every')), pauseMs: 60_000 / Math.max(1, perMinute) }
}

/**
 * Looks again and again whether what was applied still is: a pipeline may enable a mapping again, a controller rewrite a record.
 * What is found otherwise is told, recorded, and stops the next step until a person has answered.
 */
export async function watchDrift(
  run: Run,
  { everyMs, pauseMs }: { readonly everyMs: number; readonly pauseMs: number },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await run.clock.sleep(everyMs, { signal })
    for (const step of standing(run)) {
      if (signal.aborted || run.history.decided) return
      await look(run, step, signal)
      await run.clock.sleep(pauseMs, { signal })
    }
  }
}

/** Of each subject the change that was applied last, unless something of it is under way, late or known to have drifted. */
function standing(run: Run): StepHistory[] {
  const subjects = new Set<string>()
  return run.history.toUndo().filter(({ step, subject, outcome }) => {
    const change = run.constructed.get(step)?.change
    const isLast = !subjects.has(subject)
    subjects.add(subject)
    if (!isLast || !change || !outcome || run.history.drifted.has(step)) return false
    return outcome.at + change.lateMs <= run.clock.now()
  })
}

async function look(run: Run, { step, before, number }: StepHistory, signal: AbortSignal): Promise<void> {
  const change = run.constructed.get(step)?.change
  if (!change) return
  const context = run.context(step, signal)
  const found = await probe(change, before, context)
  const isSettled = run.history.steps.get(step)?.undoingAt === undefined && !run.history.decided
  if (signal.aborted || !isSettled || (found.is !== 'foreign' && found.is !== 'absent')) return
  // Somebody may have begun another change of it meanwhile: then that one asks.
  if (!standing(run).some((each) => each.step === step)) return
  const by = await change.changedBy?.(before, context).catch(() => undefined)
  const seen = found.is === 'foreign' ? found.found : undefined
  await run.append({ t: 'drifted', ...run.place(step), is: found.is, found: seen })
  const who = by === undefined ? '' : `, by ${by.who}`
  run.tell(() => ({
    kind: 'drift',
    step,
    title: change.title,
    is: found.is,
    found: seen,
    by,
    text: `step ${number}, ${change.title}: it is not so any more${who}: ${found.is === 'absent' ? 'it is as it was before' : JSON.stringify(seen)}`,
  }))
}

/** Asks about what has drifted, before the next step begins. */
export async function refuseDrifted(run: Run): Promise<void> {
  const [drifted] = run.history.drifted.values()
  if (!drifted) return
  const { step, is, found } = drifted
  const { number, title, before } = run.recorded(step)
  const change = run.constructed.get(step)?.change
  await run.park(`@drift/${step}`, {
    code: 'CUTOVER_DRIFTED',
    question: `step ${number}, ${title}: it is not as it was left: ${is === 'absent' ? 'it is as it was before' : `found ${JSON.stringify(found)}`}. Nothing was overwritten`,
    look: change?.byHand?.(before).look ?? [],
    answers: [offer('again'), offer('accept'), offer('roll-back')],
  })
}
