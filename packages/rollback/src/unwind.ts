import { type ChangeSpec, type Context, journalCopy, type Standing } from '@cutover/core'

import { measuredOf } from './forecast.ts'
import { areBeside, type StepHistory } from './history.ts'
import type { Question } from './journal.ts'
import { offer } from './offer.ts'
import type { Run } from './run.ts'
import {
  because,
  isFenced,
  patiently,
  pauseMs,
  probe,
  probeInDoubt,
  probePatiently,
  probeUntil,
  sentUntil,
} from './standing.ts'

/**
 * Undoes everything that may have happened, the last begun first. What cannot be undone stops what came before it, since a
 * script declares no independence but that of the branches of one `all`; those go on. Answers how it has ended.
 */
export async function unwind(run: Run): Promise<'rolled-back' | 'rolled-back-with-residue' | 'parked'> {
  run.tell(() => ({
    kind: 'rolling-back',
    because: run.history.decided?.why ?? '',
    text: `Rolling back: ${run.history.decided?.why}`,
  }))
  const stopped: string[] = []
  for (const step of run.history.toUndo()) {
    if (stopped.some((lane) => !areBeside(lane, step.lane))) continue
    const question = await undo(run, step)
    if (question === undefined) continue
    await run.ask(step.step, question)
    stopped.push(step.lane)
  }
  if (stopped.length === 0) await assertRestored(run)
  if (run.history.questions.size > 0) return 'parked'
  return [...run.history.steps.values()].some(({ residue }) => residue !== undefined)
    ? 'rolled-back-with-residue'
    : 'rolled-back'
}

/** Undoes one step; answers the question that is left when it cannot. */
async function undo(run: Run, known: StepHistory): Promise<Question | undefined> {
  const { step, before } = known
  const change = run.constructed.get(step)?.change
  if (!change) return notConstructed(known)
  const startedAt = run.clock.monotonic()
  const context = run.context(step, run.undoWaits.signal)
  run.tell(() => ({
    kind: 'step-undoing',
    step,
    title: change.title,
    estimateMs: change.estimate?.(before, measuredOf(known)).revertMs ?? known.revertMs,
    text: `undoing: ${change.title} …`,
  }))
  try {
    await run.detach(step)
  } catch (error) {
    const why = `what lives with it could not be stopped: ${because(error)}`
    return failedQuestion(change, before, { is: 'unknown', why }, undefined, 1)
  }
  const isOurs = known.intentFence === run.journal.fence
  const inDoubt =
    known.outcome === undefined || known.undoingAt !== undefined || (change.attach !== undefined && !isOurs)
  const standing = inDoubt
    ? await probeInDoubt('applied', change, before, context, sentUntil(run, known.intentFence))
    : await probe(change, before, context)
  if (standing.is === 'foreign') return foreignQuestion(change, before, standing.found)
  if (standing.is === 'absent' && known.outcome === undefined && known.undoingAt === undefined) {
    await run.append({ t: 'undone', ...run.place(step), how: 'never-happened' })
    tellUndone(run, step, change, startedAt, 'it had not happened')
    return undefined
  }
  if (standing.is !== 'absent' || known.revertedAt === undefined) {
    const question = await revert(run, known, change, context)
    if (question) return question
  }
  const unfelt = await felt(run, known, change, context)
  if (unfelt) return unfelt
  await run.append({ t: 'undone', ...run.place(step), how: 'reverted' })
  await run.writeSheet()
  tellUndone(run, step, change, startedAt, 'undone')
  return undefined
}

function tellUndone(run: Run, step: string, { title }: ChangeSpec, startedAt: number, how: string): void {
  const tookMs = run.clock.monotonic() - startedAt
  run.tell(() => ({ kind: 'step-undone', step, title, tookMs, text: `${how}: ${title}` }))
}

/** Sends the revert until the authority says that it is gone. */
async function revert(
  run: Run,
  known: StepHistory,
  change: ChangeSpec,
  context: Context,
): Promise<Question | undefined> {
  const { step, before } = known
  const startedAt = run.clock.monotonic()
  for (let number = 1; ; number++) {
    await run.append({ t: 'undoing', ...run.place(step) })
    if (number === 1) await run.writeSheet()
    let refused: unknown
    let hint: unknown
    try {
      hint = journalCopy(await change.revert(before, run.context(step, run.writes.signal)), `${step}: hint`)
    } catch (error) {
      if (isFenced(error)) throw run.interrupt(error)
      refused = error ?? new Error('rejected without a reason')
    }
    const sentAt = run.clock.now()
    const standing =
      refused === undefined
        ? await probeUntil('absent', change, before, context, sentAt)
        : await probeInDoubt('absent', change, before, context, sentAt)
    if (standing.is === 'absent') {
      await run.append({ t: 'reverted', ...run.place(step), hint })
      return undefined
    }
    if (standing.is === 'foreign') return foreignQuestion(change, before, standing.found)
    if (run.clock.monotonic() - startedAt >= run.patienceMs)
      return failedQuestion(change, before, standing, refused, number)
    await run.clock.sleep(pauseMs(number), { signal: context.signal })
  }
}

/** Waits until its absence is felt, counted from when it was first known. */
async function felt(run: Run, known: StepHistory, change: ChangeSpec, context: Context): Promise<Question | undefined> {
  const { before, outcome, revertedAt: since = run.clock.now() } = known
  if (!change.settle) return undefined
  try {
    await patiently(run, context, async () =>
      change.settle?.(before, outcome?.seen, context, { toward: 'absent', since, hint: known.revertHint }),
    )
    return undefined
  } catch (error) {
    if (context.signal.aborted || isFenced(error)) throw error
    return {
      code: 'CUTOVER_UNDO_UNSETTLED',
      question: `${change.title}: it is undone, but whether that is felt could not be seen: ${because(error)}`,
      look: change.byHand?.(before).look ?? [],
      answers: [offer('again'), offer('done-by-hand')],
    }
  }
}

/**
 * At the end everything is read once more: what came back is not called restored. Of several changes of one subject only the
 * first knows how it was found.
 */
async function assertRestored(run: Run): Promise<void> {
  const subjects = new Set<string>()
  for (const { step, kind, subject, undone, residue, before, number } of run.history.steps.values()) {
    const change = run.constructed.get(step)?.change
    if (kind !== 'change' || undone === undefined || subjects.has(subject)) continue
    subjects.add(subject)
    if (undone === 'by-hand' || residue !== undefined || !change) continue
    const standing = await probePatiently(run, change, before, run.context(step, run.undoWaits.signal))
    if (standing.is === 'absent') continue
    await run.ask(step, {
      code: 'CUTOVER_NOT_RESTORED',
      question: `step ${number}, ${change.title}: was undone, but is not as found any more: ${describe(standing)}`,
      look: change.byHand?.(before).look ?? [],
      answers: [offer('again'), offer('done-by-hand'), offer('leave')],
    })
  }
}

const describe = (standing: Standing<unknown>): string =>
  standing.is === 'foreign'
    ? `somebody else changed it: ${JSON.stringify(standing.found)}`
    : standing.is === 'unknown'
      ? standing.why
      : `it is ${standing.is}`

const notConstructed = (known: StepHistory): Question => ({
  code: 'CUTOVER_STEP_MISSING',
  question: `step ${known.number}, ${known.title}: it may be applied, but this script did not come to it again, so nothing here knows how to undo it. Answer again, and run the script with which it was begun`,
  look: [],
  answers: [offer('again'), offer('done-by-hand'), offer('leave')],
})

const foreignQuestion = (change: ChangeSpec, before: unknown, found: unknown): Question => ({
  code: 'CUTOVER_STEP_FOREIGN',
  question: `${change.title}: cannot be undone: somebody else changed ${change.subject} since; found ${JSON.stringify(found)}. It was not overwritten`,
  look: change.byHand?.(before).look ?? [],
  answers: [offer('again'), offer('done-by-hand'), offer('leave')],
})

function failedQuestion(
  change: ChangeSpec,
  before: unknown,
  standing: Standing<unknown>,
  refused: unknown,
  tries: number,
): Question {
  const why = refused === undefined ? describe(standing) : because(refused)
  const commands = change.byHand?.(before).revert ?? []
  return {
    code: 'CUTOVER_UNDO_FAILED',
    question: `${change.title}: could not be undone: ${why}, ${tries} tries${commands.length > 0 ? `. By hand: ${commands.join(' ; ')}` : ''}`,
    look: change.byHand?.(before).look ?? [],
    answers: [offer('again'), offer('done-by-hand'), offer('leave')],
  }
}
