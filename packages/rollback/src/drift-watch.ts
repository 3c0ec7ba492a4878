import { CutoverError, type Duration, durationMs, knownOptions, sameJson, type Standing } from '@cutover/core'

import type { StepHistory } from './history.ts'
import { offer } from './offer.ts'
import type { Run } from './run.ts'
import { isFenced, probe } from './standing.ts'
import { within } from './within.ts'

export interface DriftOptions {
  /** How often each applied change is looked at. @default '1m' */
  readonly every?: Duration | undefined
  /** How many are looked at in a minute at most, whatever `every` says. @default 30 */
  readonly perMinute?: number | undefined
}

const driftOptions: readonly (keyof DriftOptions)[] = ['every', 'perMinute']

/** How long one look may take, and how long the cloud may take to say who it was, in milliseconds. */
const [lookMs, whoMs] = [300_000, 10_000]

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID`, `DURATION_INVALID` */
export function driftOf(options: DriftOptions = {}): { readonly everyMs: number; readonly pauseMs: number } {
  knownOptions(options, driftOptions, 'CUTOVER_OPTIONS_INVALID', 'drift')
  const { every = '1m', perMinute = 30 } = options
  const everyMs = durationMs(every, 'every')
  if (everyMs === 0) throw invalid(`every is '${every}'; wanted more than nothing`)
  if (!(perMinute > 0 && Number.isFinite(perMinute))) throw invalid(`perMinute is ${perMinute}; wanted more than 0`)
  return { everyMs, pauseMs: 60_000 / perMinute }
}

const invalid = (text: string): CutoverError => new CutoverError('CUTOVER_OPTIONS_INVALID', `drift.${text}`)

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
    for (const step of watched(run)) {
      if (signal.aborted || run.history.decided) return
      await look(run, step, signal)
      await run.clock.sleep(pauseMs, { signal })
    }
  }
}

/** Of each subject the change that was applied last, unless something of it is under way or late. */
function watched(run: Run): StepHistory[] {
  const subjects = new Set<string>()
  return run.history.toUndo().filter(({ step, subject, outcome }) => {
    const change = run.constructed.get(step)?.change
    const isLast = !subjects.has(subject)
    subjects.add(subject)
    return isLast && change !== undefined && outcome !== undefined && outcome.at + change.lateMs <= run.clock.now()
  })
}

async function look(run: Run, known: StepHistory, signal: AbortSignal): Promise<void> {
  const { step, before } = known
  const change = run.constructed.get(step)?.change
  if (!change) return
  const standing = await within(run.clock, lookMs, signal, (inTime) =>
    probe(change, before, run.context(step, inTime)),
  ).catch(nothingSeen(signal))
  const found = foundOf(standing)
  if (found === undefined || !isNews(run, step, found)) return
  const by = await within(run.clock, whoMs, signal, async (inTime) =>
    change.changedBy?.(before, run.context(step, inTime)),
  ).catch(nothingSeen(signal))
  // Meanwhile another change of it may have begun, which then asks; or it is decided to go back.
  if (run.isStopped || !watched(run).some((each) => each.step === step)) return
  await record(run, known, found, by)
}

const nothingSeen =
  (signal: AbortSignal) =>
  (error: unknown): undefined => {
    if (signal.aborted || isFenced(error)) throw error
    return undefined
  }

type Found = { readonly is: 'applied' | 'absent' } | { readonly is: 'foreign'; readonly found: unknown }

/** What is known for certain. */
function foundOf(standing: Standing<unknown> | undefined): Found | undefined {
  if (standing?.is === 'foreign') return { is: 'foreign', found: standing.found }
  return standing?.is === 'applied' || standing?.is === 'absent' ? { is: standing.is } : undefined
}

/** Otherwise than it is recorded, be that answered or not. */
function isNews({ history }: Run, step: string, found: Found): boolean {
  const recorded = history.drifted.get(step)
  if (recorded === undefined) return found.is !== 'applied'
  return found.is !== recorded.is || (found.is === 'foreign' && !sameJson(found.found, recorded.found))
}

async function record(
  run: Run,
  { step, number, title }: StepHistory,
  found: Found,
  by: { readonly who: string; readonly at: number } | undefined,
): Promise<void> {
  await run.append({ t: 'drifted', ...run.place(step), ...found, by })
  const place = `step ${number}, ${title}: `
  const { is } = found
  if (is === 'applied') {
    const text = `${place}it is as it was left again`
    return run.tell(() => ({ kind: 'note', code: 'CUTOVER_DRIFT_OVER', step, data: {}, text }))
  }
  const seen = is === 'foreign' ? found.found : undefined
  const who = by === undefined ? '' : `, by ${by.who}`
  const text = `${place}it is not so any more${who}: ${is === 'absent' ? 'it is as it was before' : JSON.stringify(seen)}`
  run.tell(() => ({ kind: 'drift', step, title, is, found: seen, by, text }))
}

/** Looks at what has drifted and is not accepted, and asks about it, before the next step begins. */
export async function refuseDrifted(run: Run): Promise<void> {
  const { drifted, accepted } = run.history
  for (const step of Array.from(drifted.keys())) {
    if (accepted.has(`@drift/${step}`)) continue
    const known = run.recorded(step)
    const { number, title, before, subject } = known
    // Another change of it has been applied since, in a branch.
    if (run.history.toUndo().find((each) => each.subject === subject)?.step !== step) continue
    const change = run.constructed.get(step)?.change
    const found = change && foundOf(await probe(change, before, run.context(step, run.waits.signal)))
    if (found && isNews(run, step, found)) await record(run, known, found, undefined)
    const now = drifted.get(step)
    if (now === undefined) continue
    await run.park(`@drift/${step}`, {
      code: 'CUTOVER_DRIFTED',
      question: `step ${number}, ${title}: it is not as it was left: ${now.is === 'absent' ? 'it is as it was before' : `found ${JSON.stringify(now.found)}`}. Nothing was overwritten`,
      look: change?.byHand?.(before).look ?? [],
      answers: [offer('again'), offer('accept'), offer('roll-back')],
    })
  }
}
