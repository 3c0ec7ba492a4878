import { type ApplyOptions, applyOptions } from './apply.ts'
import type { Context } from './change.ts'
import { systemClock } from './clock.ts'
import { CutoverError } from './cutover-error.ts'
import { type Duration, durationMs, formatDuration } from './duration.ts'
import { reported, tell } from './event.ts'
import { knownOptions } from './known-options.ts'
import { assertKind } from './right-kind.ts'

/** Missing data is `undecided`, and so is *not yet*; never a pass, and never a fail. */
export type Status = 'pass' | 'fail' | 'undecided'

export interface Answer<Evidence = unknown> {
  readonly status: Status
  /** One English sentence that says what was seen. */
  readonly text: string
  /** JSON data that lets a reader judge it again. */
  readonly evidence?: Evidence | undefined
}

/** Reads and judges; changes nothing. */
export interface Check<Evidence = unknown> {
  readonly id: string
  /** What is true when it passes: `Lambda is drained`. */
  readonly title: string
  run(context: Context): Promise<Answer<Evidence>>
}

/** Makes a check; only there so that its types are checked where it is written. */
export function defineCheck<Evidence>(check: Check<Evidence>): Check<Evidence> {
  assertKind('check', check, 'defineCheck')
  return check
}

export interface AskOptions {
  /** How long to ask again while undecided. @default '0s', which asks once */
  readonly within?: Duration | undefined
  /** @default '5s' */
  readonly every?: Duration | undefined
  /** Passes in a row that are needed. @default 1 */
  readonly consecutive?: number | undefined
  /** How long it must fail without a break before a fail counts. @default '0s' */
  readonly patience?: Duration | undefined
}

const askOptions: readonly (keyof AskOptions)[] = ['within', 'every', 'consecutive', 'patience']

/**
 * Asks until the answer is final, and answers it; an ask that throws counts as undecided. Rejects only when aborted,
 * or with `CHECK_INVALID` for what is no check, no option or no answer.
 *
 * When `within` is over, passes or fails in a row that have already begun are awaited; an answer that keeps changing is
 * undecided in the end.
 */
export async function ask<Evidence>(
  check: Check<Evidence>,
  context: Context,
  options: AskOptions = {},
  onAnswer?: (answer: Answer<Evidence>, final: boolean) => void,
): Promise<Answer<Evidence>> {
  assertKind('check', check, 'ask')
  knownOptions(options, askOptions, 'CHECK_INVALID', 'ask')
  const { within = '0s', every = '5s', consecutive = 1, patience = '0s' } = options
  const [withinMs, everyMs, patienceMs] = [
    durationMs(within, 'within'),
    durationMs(every, 'every'),
    durationMs(patience, 'patience'),
  ]
  if (!Number.isInteger(consecutive) || consecutive < 1) {
    throw new CutoverError('CHECK_INVALID', `consecutive is ${consecutive}; wanted a whole number of at least 1`)
  }
  if (everyMs === 0) throw new CutoverError('CHECK_INVALID', `every is '${every}'; wanted more than nothing`)
  const { clock, signal } = context
  const startedAt = clock.monotonic()
  let row: { readonly status: Status; readonly since: number; readonly tooLate: boolean; length: number } | undefined
  for (;;) {
    const tooLate = row !== undefined && clock.monotonic() - startedAt >= withinMs + patienceMs
    const answer = await askOnce(check, context)
    const now = clock.monotonic()
    const { status } = answer
    if (row?.status === status) row.length += 1
    else row = { status, since: now, tooLate, length: 1 }

    const leftMs = status === 'fail' ? row.since + patienceMs - now : startedAt + withinMs - now
    const final = status === 'pass' ? row.length >= consecutive : leftMs <= 0
    const given: Answer<Evidence> = final || !row.tooLate ? answer : unsteady(answer)
    onAnswer?.(given, final || row.tooLate)
    if (final || row.tooLate) return given
    await clock.sleep(status === 'pass' ? everyMs : Math.min(everyMs, leftMs), { signal })
  }
}

const unsteady = <Evidence>(answer: Answer<Evidence>): Answer<Evidence> => ({
  ...answer,
  status: 'undecided',
  text: `keeps changing; at last: ${answer.text}`,
})

async function askOnce<Evidence>(check: Check<Evidence>, context: Context): Promise<Answer<Evidence>> {
  context.signal.throwIfAborted()
  let answer: Answer<Evidence>
  try {
    answer = await check.run(context)
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason
    return {
      status: 'undecided',
      text: `${check.title}: could not be asked: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
  assertAnswer(check, answer)
  return answer
}

/** A pass must not be a slip of the pen. */
function assertAnswer({ id }: Check, answer: unknown): void {
  const { status, text } = Object(answer) as Partial<Answer>
  const isStatus = status === 'pass' || status === 'fail' || status === 'undecided'
  if (isStatus && typeof text === 'string') return
  const came =
    typeof answer === 'object' && answer
      ? `status ${JSON.stringify(status)}, text ${JSON.stringify(text)}`
      : String(answer)
  throw new CutoverError(
    'CHECK_INVALID',
    `the check \`${id}\` answered ${came}; wanted { status: 'pass' | 'fail' | 'undecided', text: '…' }`,
  )
}

export interface WaitOptions extends AskOptions, ApplyOptions {}

const waitOptions: readonly (keyof WaitOptions)[] = [...askOptions, ...applyOptions]

/**
 * Asks until the check passes, and answers its evidence.
 *
 * @throws CutoverError `CHECK_INVALID`; `CHECK_FAILED` when it fails (after `patience`), `CHECK_UNDECIDED` when `within` is over.
 */
export async function waitFor<Evidence>(check: Check<Evidence>, options: WaitOptions = {}): Promise<Answer<Evidence>> {
  assertKind('check', check, 'waitFor')
  knownOptions(options, waitOptions, 'CHECK_INVALID', 'waitFor')
  const {
    clock = systemClock,
    signal = new AbortController().signal,
    onEvent,
    within = '0s',
    every,
    consecutive,
    patience,
  } = options
  const context: Context = {
    clock,
    signal,
    key: check.id,
    fence: () => {},
    report: (report) => tell(onEvent, reported(report, check.id, clock.now())),
  }
  const asking = { within, every, consecutive, patience }
  const answer = await ask(check, context, asking, ({ status, text }, final) =>
    tell(onEvent, {
      kind: 'check-answered',
      step: check.id,
      title: check.title,
      status,
      final,
      at: clock.now(),
      text,
    }),
  )
  if (answer.status === 'pass') return answer
  if (answer.status === 'fail') throw new CutoverError('CHECK_FAILED', `${check.title}: ${answer.text}`)
  throw new CutoverError(
    'CHECK_UNDECIDED',
    `${check.title}: undecided after ${formatDuration(durationMs(within))}: ${answer.text}`,
    { retryable: true },
  )
}
