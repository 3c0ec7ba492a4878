import {
  type ChangeSpec,
  type Context,
  CutoverError,
  isCutoverError,
  journalCopy,
  markUsed,
  sameJson,
} from '@cutover/core'

import { forecast } from './forecast.ts'
import type { StepHistory } from './history.ts'
import { offer } from './offer.ts'
import { planChanged } from './plan-changed.ts'
import type { Run } from './run.ts'
import { because, isFenced, patiently, pauseMs, probe, probeInDoubt, probeUntil, sentUntil } from './standing.ts'
import { doubtQuestion, foreignQuestion } from './step-questions.ts'
import { refuseWithoutWayBack } from './way-back.ts'

/** Applies a change once, whatever has happened to it before; answers what is true afterwards. */
export async function applyStep(run: Run, step: string, change: ChangeSpec, lane: string): Promise<unknown> {
  run.constructed.set(step, { change, lane })
  if (change.revertible) run.canSay.add(step)
  markUsed(change)
  const known = run.history.steps.get(step)
  if (known?.kind === 'change') {
    if (!sameJson(known.intent, change.intent)) throw run.refuse(planChanged(difference(known, change)))
    if (known.undone !== undefined || known.residue !== undefined)
      return known.settled ? known.settled.after : known.outcome?.seen
    if (known.outcome) {
      const after = await live(run, step, change, known)
      run.tell(() => ({
        kind: 'step-done',
        step,
        title: change.title,
        tookMs: 0,
        how: 'recorded',
        text: `${change.title}: done before`,
      }))
      return after
    }
    run.throwIfStopped()
    await resume(run, step, change, known)
  } else {
    run.throwIfStopped()
    await begin(run, step, change)
  }
  const after = await live(run, step, change, run.recorded(step))
  tellDone(run, step, change)
  return after
}

function tellDone(run: Run, step: string, { title }: ChangeSpec): void {
  run.tell(() => {
    const { beganAt, outcome } = run.recorded(step)
    const [how, said] =
      outcome?.how === 'already' ? (['already', 'is so already'] as const) : (['done', 'done'] as const)
    return { kind: 'step-done', step, title, tookMs: run.clock.now() - beganAt, how, text: `${title}: ${said}` }
  })
  run.tell(() => {
    const { backMs, latestAbortAt, unknown, text } = forecast(run.history, run.constructed, run.windowEndsAt)
    return { kind: 'forecast', backMs, latestAbortAt, unestimated: unknown.length, text }
  })
}

/** A step of which nothing is recorded yet. */
async function begin(run: Run, step: string, change: ChangeSpec): Promise<void> {
  const context = run.context(step, run.waits.signal)
  run.tell(() => ({
    kind: 'step-started',
    step,
    title: change.title,
    estimateMs: change.estimate?.().applyMs,
    text: `${change.title} …`,
  }))
  const before = await capture(run, step, change, context)
  const standing = await probe(change, before, context)
  if (standing.is === 'foreign') await run.park(step, foreignQuestion(change, before, standing.found))
  if (standing.is === 'applied') {
    if (!run.adopt && ![...run.history.steps.values()].some(({ kind }) => kind === 'change'))
      throw run.refuse(begunElsewhere(run, change))
    const { title, intent } = change
    await run.append({
      t: 'outcome',
      ...run.place(step),
      how: 'already',
      seen: journalCopy(standing.seen, `${step}: seen`),
      title,
      before,
      intent: journalCopy(intent, `${step}: intent`),
      settles: change.settle ? true : undefined,
    })
    return
  }
  await refuseWithoutWayBack(run, step, change, before)
  await attempt(run, step, change, before, 1, false)
}

/** A step that was begun in another process, or before a question. */
async function resume(run: Run, step: string, change: ChangeSpec, known: StepHistory): Promise<void> {
  const context = run.context(step, run.waits.signal)
  run.tell(() => ({
    kind: 'step-started',
    step,
    title: change.title,
    estimateMs: change.estimate?.(known.before).applyMs,
    text: `${change.title}: looking whether it has happened …`,
  }))
  if (known.retake)
    return attempt(run, step, change, await capture(run, step, change, context), known.attempt + 1, true)
  if (known.didNot) return attempt(run, step, change, known.before, known.attempt + 1, false)
  const standing = await probeInDoubt('applied', change, known.before, context, sentUntil(run, known.intentFence))
  if (standing.is === 'applied') return record(run, step, standing.seen, 'resumed', undefined)
  if (standing.is === 'foreign') await run.park(step, foreignQuestion(change, known.before, standing.found))
  if (standing.is !== 'absent' && change.rerun === 'never')
    await run.park(step, doubtQuestion(change, known.before, standing))
  return attempt(run, step, change, known.before, known.attempt + 1, false)
}

/** Sends it, and believes only what the authority says; again as long as patience lasts. */
async function attempt(
  run: Run,
  step: string,
  change: ChangeSpec,
  before: unknown,
  first: number,
  retaken: boolean,
): Promise<void> {
  const context = run.context(step, run.waits.signal)
  const startedAt = run.clock.monotonic()
  const intent = journalCopy(change.intent, `${step}: intent`)
  for (let number = first; ; number++) {
    run.throwIfStopped()
    await run.append({
      t: 'intent',
      ...run.place(step),
      title: change.title,
      subject: change.subject,
      before,
      intent,
      attempt: number,
      revertMs: change.estimate?.(before).revertMs,
      ...(retaken ? { retaken } : {}),
    })
    await run.writeSheet()
    let refused: unknown
    let hint: unknown
    try {
      hint = journalCopy(await change.apply(before, run.context(step, run.writes.signal)), `${step}: hint`)
    } catch (error) {
      if (isFenced(error)) throw run.interrupt(error)
      refused = error ?? new Error('rejected without a reason')
    }
    const sentAt = run.clock.now()
    const standing =
      refused === undefined
        ? await probeUntil('applied', change, before, context, sentAt)
        : await probeInDoubt('applied', change, before, context, sentAt)
    if (standing.is === 'applied')
      return record(run, step, standing.seen, refused === undefined ? 'answered' : 'probed', hint)
    if (standing.is === 'foreign') await run.park(step, foreignQuestion(change, before, standing.found))
    if (standing.is !== 'absent' && change.rerun === 'never')
      await run.park(step, doubtQuestion(change, before, standing))
    const isOver = run.clock.monotonic() - startedAt >= run.patienceMs
    if (standing.is === 'unknown') {
      if (isOver) await run.park(step, doubtQuestion(change, before, standing))
    } else if (isOver || (isCutoverError(refused) && !refused.retryable)) {
      const why = refused === undefined ? 'it had no effect' : because(refused)
      await run.decide(
        step,
        `${change.title}: ${why}`,
        isCutoverError(refused) ? refused.code : 'CUTOVER_STEP_FAILED',
        refused,
      )
    }
    run.tell(() => ({
      kind: 'waiting',
      step,
      why: refused === undefined ? 'it has had no effect yet' : because(refused),
      text: `${change.title}: ${refused === undefined ? 'no effect yet' : because(refused)}; trying again`,
    }))
    await run.clock.sleep(pauseMs(number - first + 1), { signal: context.signal })
  }
}

async function record(
  run: Run,
  step: string,
  seen: unknown,
  how: 'answered' | 'probed' | 'resumed',
  hint: unknown,
): Promise<void> {
  const settles = run.constructed.get(step)?.change.settle ? true : undefined
  await run.append({ t: 'outcome', ...run.place(step), how, seen: journalCopy(seen, `${step}: seen`), hint, settles })
}

/** It is applied: waits until that is felt, once, and starts what must live meanwhile. */
async function live(run: Run, step: string, change: ChangeSpec, known: StepHistory): Promise<unknown> {
  const { outcome, before } = known
  let after = outcome?.seen
  if (change.settle && known.settled) after = known.settled.after
  else if (change.settle) {
    run.throwIfStopped()
    after = await felt(run, step, change, known)
    await run.append({ t: 'settled', ...run.place(step), after })
  }
  if (change.attach && known.undoingAt === undefined && !run.attached.has(step) && !run.looksOnly) {
    const attached = await attach(run, step, change, before, after)
    if (attached) run.attached.set(step, attached)
  }
  return after
}

/** Only on the way back it may be missing: what came later must be undone all the same. */
async function attach(
  run: Run,
  step: string,
  change: ChangeSpec,
  before: unknown,
  after: unknown,
): Promise<AsyncDisposable | undefined> {
  try {
    return await change.attach?.(before, after, run.context(step, run.writes.signal))
  } catch (error) {
    if (!run.history.decided) throw error
    run.tell(() => ({
      kind: 'note',
      code: 'CUTOVER_NOT_ATTACHED',
      step,
      data: { why: because(error) },
      text: `${change.title}: goes back without what lives with it: ${because(error)}`,
    }))
    return undefined
  }
}

/** Waits until it is felt; what cannot be looked at for longer than patience lasts is a question. */
async function felt(run: Run, step: string, change: ChangeSpec, known: StepHistory): Promise<unknown> {
  const context = run.context(step, run.waits.signal)
  const { outcome, before } = known
  const since = outcome?.at ?? run.clock.now()
  try {
    return await patiently(run, context, async () =>
      journalCopy(
        await change.settle?.(before, outcome?.seen, context, { toward: 'applied', since, hint: outcome?.hint }),
        `${step}: after`,
      ),
    )
  } catch (error) {
    if (context.signal.aborted || isFenced(error)) throw error
    return run.park(step, {
      code: 'CUTOVER_STEP_UNSETTLED',
      question: `${change.title}: it is applied, but whether that is felt could not be seen: ${because(error)}`,
      look: change.byHand?.(before).look ?? [],
      answers: [offer('again'), offer('roll-back')],
    })
  }
}

/** A refusal to start from here is final; a read that fails is not. */
async function capture(run: Run, step: string, change: ChangeSpec, context: Context): Promise<unknown> {
  try {
    return await patiently(run, context, async () => journalCopy(await change.capture(context), `${step}: before`))
  } catch (error) {
    if (context.signal.aborted || isFenced(error)) throw error
    return refuse(run, step, change, error)
  }
}

/** With nothing applied yet there is nothing to go back from: the script just hears of it. */
async function refuse(run: Run, step: string, change: ChangeSpec, error: unknown): Promise<never> {
  if (run.history.toUndo().length === 0) throw run.interrupt(error)
  return run.decide(
    step,
    `${change.title}: ${because(error)}`,
    isCutoverError(error) ? error.code : 'CUTOVER_STEP_FAILED',
    error,
  )
}

const difference = (known: StepHistory, change: ChangeSpec): string =>
  `\n  step ${known.number}  - ${known.title} ${JSON.stringify(known.intent)}\n          + ${change.title} ${JSON.stringify(change.intent)}`

function begunElsewhere(run: Run, change: ChangeSpec): CutoverError {
  return new CutoverError(
    'CUTOVER_BEGUN_ELSEWHERE',
    `REFUSED: this would be a NEW cutover ${run.id}, but its first step is true already: ${change.title}. Its journal, ${run.journalPlace}, is new, and would take that for the state to go back to`,
    {
      next: 'Begun elsewhere? Run it with the journal with which it was begun. Really new? Run it with adopt: true; this part will not be undone.',
    },
  )
}
