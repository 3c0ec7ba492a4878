import { type ChangeSpec, type Context, markUsed, type Standing } from './change.ts'
import { systemClock, type Clock } from './clock.ts'
import { CutoverError, isCutoverError } from './cutover-error.ts'
import { type OnEvent, reported, tell } from './event.ts'
import { journalCopy } from './json.ts'
import { knownOptions } from './known-options.ts'
import { assertKind } from './right-kind.ts'

export interface ApplyOptions {
  /** @default systemClock */
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: OnEvent | undefined
}

export const applyOptions: readonly (keyof ApplyOptions)[] = ['clock', 'signal', 'onEvent']

export interface Applied<Result> {
  /** What is true now. */
  readonly result: Result
  /** False when it was so already: then `revert` does nothing. */
  readonly changed: boolean
  /**
   * Puts back what was captured, and waits until that is felt.
   *
   * @throws CutoverError `CHANGE_FOREIGN` when somebody else altered it meanwhile, `CHANGE_NOT_REVERTED` when it does not go away.
   */
  revert(): Promise<void>
  /** Ends what the change keeps alive in this process (a follower), without undoing anything. */
  detach(): Promise<void>
}

/** Something may have been written: `revert` puts back what was captured. */
export interface ChangeInDoubt extends CutoverError<'CHANGE_IN_DOUBT'> {
  revert(): Promise<void>
}

/**
 * Applies one change without a journal: a crash forgets how to go back.
 *
 * @throws CutoverError `CHANGE_INVALID`, `CHANGE_FOREIGN` or what `capture` refused, before anything was written; `CHANGE_REFUSED` when it was
 * tried and has certainly not happened; `CHANGE_IN_DOUBT`, which carries `revert`, when something may have been written.
 */
export async function apply<After>(
  change: ChangeSpec<unknown, After, unknown>,
  options: ApplyOptions = {},
): Promise<Applied<After>> {
  assertKind('change', change, 'apply')
  knownOptions(options, applyOptions, 'CHANGE_INVALID', 'apply')
  const { clock = systemClock, signal = new AbortController().signal, onEvent } = options
  const step = change.id
  markUsed(change)
  const context: Context = {
    clock,
    signal,
    key: step,
    fence: () => {},
    report: (report) => tell(onEvent, reported(report, step, clock.now())),
  }
  signal.throwIfAborted()
  const startedAt = clock.monotonic()
  const { title } = change
  tell(onEvent, {
    kind: 'step-started',
    step,
    title,
    estimateMs: change.estimate?.().applyMs,
    at: clock.now(),
    text: `${title} …`,
  })

  const before: unknown = journalCopy(await change.capture(context), `${step}: before`)
  let standing = await change.probe(before, context)
  if (standing.is === 'foreign') throw foreign(change, standing.found)
  const changed = standing.is !== 'applied'
  let attached: AsyncDisposable | undefined
  /** Until when what was sent may still take effect, although nobody said so. */
  let lateUntil = 0
  const detach = async (): Promise<void> => {
    await attached?.[Symbol.asyncDispose]()
    attached = undefined
  }
  // The way back must not be stopped by the signal that stopped the way there.
  const revert = async (): Promise<void> => {
    await detach()
    if (!changed) return
    const backSince = clock.monotonic()
    await clock.sleep(lateUntil - backSince)
    await putBack(change, before, { ...context, signal: new AbortController().signal })
    const tookMs = clock.monotonic() - backSince
    tell(onEvent, { kind: 'step-undone', step, title, tookMs, at: clock.now(), text: `${title}: undone` })
  }

  let hint: unknown
  if (changed) {
    signal.throwIfAborted()
    let refused: unknown
    try {
      hint = await change.apply(before, context)
    } catch (error) {
      refused = error ?? new Error('apply rejected without a reason')
      lateUntil = clock.monotonic() + change.lateMs
    }
    try {
      standing = await outcome(change, before, context, refused !== undefined)
    } catch (error) {
      throw inDoubt(change, `nobody can say: ${message(error)}`, error, revert)
    }
    if (standing.is === 'absent' && refused !== undefined) {
      const next = isCutoverError(refused) ? refused.next : undefined
      throw new CutoverError('CHANGE_REFUSED', `${title}: ${message(refused)}`, {
        cause: refused,
        retryable: true,
        next,
      })
    }
    if (standing.is !== 'applied') throw inDoubt(change, describe(standing), refused, revert)
    lateUntil = 0
  }

  const { seen } = standing as { seen: unknown }
  try {
    const after = change.settle
      ? await change.settle(before, seen, context, { toward: 'applied', since: clock.now(), hint })
      : (seen as After)
    attached = await change.attach?.(before, after, context)
    const tookMs = clock.monotonic() - startedAt
    tell(onEvent, {
      kind: 'step-done',
      step,
      title,
      tookMs,
      how: changed ? 'done' : 'already',
      at: clock.now(),
      text: `${title}: ${changed ? 'done' : 'was so already'}`,
    })
    return { result: after, changed, revert, detach }
  } catch (error) {
    if (!changed) throw error
    throw inDoubt(change, `it is applied, but not known to be felt: ${message(error)}`, error, revert)
  }
}

/** What the authority says after an answer; after a rejection, or while it is not there yet, once more when nothing can be late any longer. */
async function outcome(
  change: ChangeSpec,
  before: unknown,
  context: Context,
  rejected: boolean,
): Promise<Standing<unknown>> {
  const standing: Standing<unknown> = await change.probe(before, context)
  if (standing.is === 'applied' || (!rejected && standing.is === 'foreign')) return standing
  await context.clock.sleep(change.lateMs, { signal: context.signal })
  return change.probe(before, context)
}

async function putBack(change: ChangeSpec, before: unknown, context: Context): Promise<void> {
  const { clock } = context
  const standing = await change.probe(before, context)
  if (standing.is === 'foreign') throw foreign(change, standing.found)
  let refused: unknown
  let hint: unknown
  try {
    hint = await change.revert(before, context)
  } catch (error) {
    refused = error ?? new Error('revert rejected without a reason')
  }
  const since = clock.now()
  let now = await change.probe(before, context)
  if (now.is !== 'absent') {
    await clock.sleep(change.lateMs)
    now = await change.probe(before, context)
  }
  if (now.is === 'foreign') throw foreign(change, now.found)
  if (now.is !== 'absent') {
    throw new CutoverError('CHANGE_NOT_REVERTED', `${change.title}: still there after revert: ${describe(now)}`, {
      cause: refused,
      retryable: true,
      next: change.byHand?.(before).revert.join('\n'),
    })
  }
  await change.settle?.(before, undefined, context, { toward: 'absent', since, hint })
}

function inDoubt(change: ChangeSpec, why: string, cause: unknown, revert: () => Promise<void>): ChangeInDoubt {
  const error = new CutoverError('CHANGE_IN_DOUBT', `${change.title}: it may have happened: ${why}`, {
    cause,
    next: 'Look, then call error.revert() to put back what was captured.',
  })
  return Object.assign(error, { revert })
}

function foreign(change: ChangeSpec, found: unknown): CutoverError<'CHANGE_FOREIGN'> {
  return new CutoverError('CHANGE_FOREIGN', `${change.subject}: somebody else changed it; found ${shown(found)}`, {
    next: change.byHand?.().look.join('\n'),
  })
}

function describe(standing: Standing<unknown>): string {
  if (standing.is === 'unknown') return `unknown: ${standing.why}`
  return standing.is === 'foreign' ? `somebody else changed it: ${shown(standing.found)}` : `it is ${standing.is}`
}

/** An error must not be lost because what it shows cannot be shown. */
function shown(found: unknown): string {
  try {
    return JSON.stringify(found) ?? String(found)
  } catch {
    return String(found)
  }
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))
