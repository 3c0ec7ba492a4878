import {
  type Answer,
  ask,
  type AskOptions,
  type Check,
  CutoverError,
  durationMs,
  isCutoverError,
  type RequireOptions,
  journalCopy,
} from '@cutover/core'

import { isApproval } from './approval.ts'
import { askPeople } from './ask-people.ts'
import { offer } from './offer.ts'
import type { OperatorRequest } from './operator-request.ts'
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
  const skipping = run.history.skips.get(step)
  if (skipping) return skipped(run, step, check, skipping)

  const { within, every, consecutive, patience } = options
  if (isApproval(check) && [within, every, consecutive, patience].some((option) => option !== undefined))
    throw run.refuse(approvalEndsItself(step))
  const withinMs = within === undefined ? undefined : durationMs(within, 'within')
  run.tell(() => ({
    kind: 'step-started',
    step,
    title: check.title,
    estimateMs: undefined,
    withinMs,
    text: `${check.title}?`,
  }))
  // An operator may skip it while it is asked.
  const skippable = new AbortController()
  const signal = AbortSignal.any([run.waits.signal, skippable.signal])
  run.asking.set(step, skippable)
  const asked = isApproval(check)
    ? (askPeople(run, step, check, signal) as Promise<Answer<Evidence>>)
    : ask(
        check,
        run.context(step, signal),
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
      )
  const answer = await asked
    .catch((error: unknown) => {
      if (skippable.signal.aborted && !run.waits.signal.aborted) return undefined
      // What makes no sense: a script that swallows that must not go on.
      throw isCutoverError(error, 'CHECK_INVALID') || isCutoverError(error, 'DURATION_INVALID')
        ? run.refuse(error)
        : error
    })
    .finally(() => run.asking.delete(step))
  const request = run.history.skips.get(step)
  if (answer === undefined && request) return skipped(run, step, check, request)
  if (answer === undefined) throw run.waits.signal.reason
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

const approvalEndsItself = (step: string): CutoverError =>
  new CutoverError(
    'CUTOVER_OPTIONS_INVALID',
    `${step}: people are not asked with within, every, consecutive or patience, but until the approval expires`,
    { next: "Write: approval('…', { expires: '20m' })" },
  )

/** Counted as passed by an operator; it stays visible as skipped. */
async function skipped<Evidence>(
  run: Run,
  step: string,
  { title }: Check<Evidence>,
  { who, why }: OperatorRequest,
): Promise<Answer<Evidence>> {
  const text = `SKIPPED by ${who}: ${why}`
  await run.append({ t: 'check', ...run.place(step), title, status: 'pass', text, skipped: { who, why } })
  run.tell(() => ({ kind: 'check-answered', step, title, status: 'pass', final: true, text: `${title}: ${text}` }))
  return { status: 'pass', text }
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
