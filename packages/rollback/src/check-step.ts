import {
  type Answer,
  ask,
  type AskOptions,
  type Check,
  durationMs,
  isCutoverError,
  type RequireOptions,
  journalCopy,
} from '@cutover/core'

import { offer } from './offer.ts'
import type { Run } from './run.ts'

/**
 * Asks a check and records its answer. A recorded answer stands once something was applied on the strength of it, or a
 * person gave it; one at the frontier is asked again, since the world may have changed while nobody ran.
 */
export async function checkStep<Evidence>(
  run: Run,
  step: string,
  check: Check<Evidence>,
  lane: string,
  options: AskOptions,
): Promise<Answer<Evidence>> {
  const recorded = run.history.steps.get(step)?.answer as
    | (Answer<Evidence> & { seq: number; byPerson: boolean })
    | undefined
  const stands = recorded !== undefined && (recorded.byPerson || run.history.actedUponSince(recorded.seq, lane))
  if (recorded && (stands || run.isStopped)) {
    const { status, text } = recorded
    run.tell(() => ({
      kind: 'check-answered',
      step,
      title: check.title,
      status,
      final: true,
      text: `${check.title}: ${status}: ${text}`,
    }))
    return recorded
  }
  run.throwIfStopped()

  const { within, every, consecutive, patience } = options
  const withinMs = within === undefined ? undefined : durationMs(within, 'within')
  run.tell(() => ({
    kind: 'step-started',
    step,
    title: check.title,
    estimateMs: undefined,
    withinMs,
    text: `${check.title}?`,
  }))
  const context = run.context(step, run.waits.signal)
  const answer = await ask(
    check,
    context,
    { within, every, consecutive, patience },
    ({ status, text }, final) =>
      final ||
      run.tell(() => ({
        kind: 'check-answered',
        step,
        title: check.title,
        status,
        final: false,
        text: `${check.title}: ${status}: ${text}`,
      })),
  ).catch((error: unknown) => {
    // What makes no sense: a script that swallows that must not go on.
    throw isCutoverError(error, 'CHECK_INVALID') || isCutoverError(error, 'DURATION_INVALID')
      ? run.refuse(error)
      : error
  })
  const { status, text } = answer
  const evidence = journalCopy(answer.evidence, `${step}: evidence`)
  await run.append({ t: 'check', ...run.place(step), title: check.title, status, text, evidence })
  run.tell(() => ({
    kind: 'check-answered',
    step,
    title: check.title,
    status,
    final: true,
    text: `${check.title}: ${status}: ${text}`,
  }))
  return answer
}

/** Goes on only if it passes. Undecided never rolls back: it is a question. */
export async function requireStep<Evidence>(
  run: Run,
  step: string,
  check: Check<Evidence>,
  lane: string,
  options: RequireOptions,
): Promise<Answer<Evidence>> {
  const answer = await checkStep(run, step, check, lane, options)
  const { onFail = 'roll-back' } = options
  if (answer.status === 'pass') return answer
  if (run.isStopped) run.throwIfStopped()
  const text = `${check.title}: ${answer.text}`
  if (answer.status === 'fail' && onFail === 'roll-back') return run.decide(step, text, 'CHECK_FAILED')
  return run.park(step, {
    code: answer.status === 'fail' ? 'CHECK_FAILED' : 'CHECK_UNDECIDED',
    question:
      answer.status === 'fail' ? `${text}; go back?` : `${text}; undecided after ${options.within ?? 'one look'}`,
    look: [],
    answers: [offer('again'), offer('pass'), offer('roll-back')],
  })
}
