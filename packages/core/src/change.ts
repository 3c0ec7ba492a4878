import type { Clock } from './clock.ts'
import { CutoverError } from './cutover-error.ts'
import type { Report } from './event.ts'
import type { NotJson } from './json.ts'
import { assertKind } from './right-kind.ts'

/** What a change or a check is given when it runs. */
export interface Context {
  readonly clock: Clock
  /** Pass it down to everything that waits. */
  readonly signal: AbortSignal
  /** The same for every attempt of one step: hand it to the service as its idempotency key. */
  readonly key: string
  /**
   * Call it in the same turn as each write: throws when another runner may have taken over.
   *
   * Nothing protects a request that is already on its way: that is what `lateMs` is for.
   *
   * @throws CutoverError `CUTOVER_FENCED`; let it pass.
   */
  fence(): void
  report(report: Report): void
}

/**
 * What the authority says about a change. `seen` is what `apply` brought about, read back.
 *
 * - `absent`: what the change owns is as captured.
 * - `applied`: it is as intended.
 * - `partial`: some of it is as intended, by this change.
 * - `foreign`: somebody else altered what the change owns; it is never overwritten.
 * - `unknown`: the authority cannot tell.
 */
export type Standing<Seen> =
  | { readonly is: 'absent' }
  | { readonly is: 'applied'; readonly seen: Seen }
  | { readonly is: 'partial' }
  | { readonly is: 'foreign'; readonly found: unknown }
  | { readonly is: 'unknown'; readonly why: string }

/** Could the change be undone now, and until when? Epoch milliseconds. */
export interface Revertible {
  readonly now: boolean
  readonly until?: number | undefined
  readonly because: string
}

/** Exact commands for a person, placeholders where no `before` is known yet; never a secret. */
export interface ByHand {
  readonly apply: readonly string[]
  readonly revert: readonly string[]
  readonly look: readonly string[]
  /** What bites whoever does it by hand: `Caches remember the former answer for 30 s`. */
  readonly traps?: readonly string[] | undefined
}

/**
 * What an author of a change writes.
 *
 * `before` must be lossless JSON and all that `revert` needs, perhaps in another process, weeks later.
 */
export interface ChangeSpec<Before = unknown, After = unknown, Seen = After> {
  /** Unique per verb, subject and parameter, the same in every process: `dns:repoint:api.example.com/CNAME:orders.azurewebsites.net`. */
  readonly id: string
  /** What it owns: `dns:api.example.com/CNAME`. Drift and foreign edits are told by subject. */
  readonly subject: string
  /** An imperative English sentence: `Lower the TTL of api.example.com CNAME to 30 s`. */
  readonly title: string
  /** What will be true: no clock, no random; compared when a cutover is resumed. */
  readonly intent: unknown
  /** How long an unanswered request may still take effect, or a read be stale, in milliseconds. */
  readonly lateMs: number
  /** `'safe'`: `apply` converges from absent, partial and unknown. @default 'safe' */
  readonly rerun?: 'safe' | 'never' | undefined
  /** Reads what `revert` will put back; directly before the intent is recorded, frozen from then on. Refuses a start that it cannot accept. */
  capture(context: Context): Promise<Before>
  /** Asks the authority; judges only what the change owns, `applied` before `absent`. The only source of an outcome. */
  probe(before: NoInfer<Before>, context: Context): Promise<Standing<Seen>>
  /** Sends, compare-and-swap, and judges nothing; no wait after the write. May answer a hint for `settle`, which must do without. */
  apply(before: NoInfer<Before>, context: Context): Promise<unknown>
  /** Puts back what was captured; harmless when `apply` never happened or was undone. May answer a hint for `settle`, as `apply` may. */
  revert(before: NoInfer<Before>, context: Context): Promise<unknown>
  /** Only waits, abortably, until the change (or its absence) is felt; again after a crash. Without it, `After` is `Seen`. */
  settle?(
    before: NoInfer<Before>,
    seen: NoInfer<Seen> | undefined,
    context: Context,
    options: SettleOptions,
  ): Promise<After>
  /** Starts what must live in this process while the change is applied; again on every resume. */
  attach?(before: NoInfer<Before>, after: NoInfer<After>, context: Context): Promise<AsyncDisposable>
  /** Milliseconds; without `before`, an upper bound. `measured`: how long its own apply really took, waits included, which corrects a bound that was too high. */
  estimate?(
    before?: NoInfer<Before>,
    measured?: { readonly applyMs: number },
  ): { readonly applyMs: number; readonly revertMs: number }
  revertible?(before: NoInfer<Before>, context: Context): Promise<Revertible>
  /** Who changed what the change owns, and when (epoch milliseconds), where the cloud tells; asked when it is found to be foreign or gone. */
  changedBy?(
    before: NoInfer<Before>,
    context: Context,
  ): Promise<{ readonly who: string; readonly at: number } | undefined>
  /**
   * IAM actions and Azure operations that `apply` and `revert` need, each with its resource after a blank where that is known:
   * `route53:ChangeResourceRecordSets arn:aws:route53:::hostedzone/Z1`.
   */
  readonly permissions?: readonly string[] | undefined
  byHand?(before?: NoInfer<Before>): ByHand
}

export interface SettleOptions {
  readonly toward: 'applied' | 'absent'
  /** When it was first known to be so, epoch milliseconds; the same after a crash. */
  readonly since: number
  /** What `apply`, or `revert`, answered, when that is known. */
  readonly hint?: unknown
}

/** What verbs return: a description that does nothing until it is applied. */
export interface Change<Before = unknown, After = unknown, Seen = After> extends ChangeSpec<Before, After, Seen> {
  /** Awaiting a change is a mistake: the compiler says so, lint says so, and this throws `CHANGE_NOT_APPLIED`. */
  then(
    this: 'A Change does nothing until it is applied. Write: await cutover.apply(change)',
    onFulfilled: (value: never) => void,
    onRejected: (error: never) => void,
  ): never
}

type OnlyJson<Before, Seen, After> = [NotJson<Before>] extends [never]
  ? [NotJson<Seen, 'seen'>] extends [never]
    ? [NotJson<After, 'after'>] extends [never]
      ? unknown
      : { readonly settle: NotJson<After, 'after'> }
    : { readonly probe: NotJson<Seen, 'seen'> }
  : { readonly capture: NotJson<Before> }

/** Is the compiler told `exactOptionalPropertyTypes`? */
type IsExact = { readonly a: undefined } extends { readonly a?: never } ? false : true

/**
 * Without that, `{ is: 'absent' }` beside `{ is: 'applied', seen }` seems to have a `seen` that is `undefined`, which nobody
 * has written.
 */
type Told<T> = IsExact extends true ? T : [T] extends [undefined | void] ? T : Exclude<T, undefined>

/**
 * Makes a change of a spec. Write `capture` first: the types of the others follow from it.
 *
 * @throws CutoverError `CHANGE_INVALID` naming the field.
 */
export function defineChange<
  Before = 'Write `capture` first: the type of `before` follows from it',
  Seen = void,
  After = Seen,
>(spec: ChangeSpec<Before, After, Seen> & OnlyJson<Before, Seen, After>): Change<Before, Told<After>, Told<Seen>> {
  assertKind('change', spec, 'defineChange')
  return unappliedNet(spec as unknown as ChangeSpec<Before, Told<After>, Told<Seen>>, spec.id, 'change', defineChange)
}

/** Called with every change made, while a rehearsal or a test listens. */
type MadeListener = (id: string, subject: object, madeAt: () => string) => void
let onMade: MadeListener | undefined
let onUsed: ((subject: object) => void) | undefined

/**
 * Tells `made` of every change and procedure made, and `used` of every one that is applied or run, until the answered
 * function is called. One listener at a time.
 */
export function watchMade(made: MadeListener, used?: (subject: object) => void): () => void {
  onMade = made
  onUsed = used
  return () => {
    if (onMade !== made) return
    onMade = undefined
    onUsed = undefined
  }
}

/** What applies a change, or runs a procedure, says so: one that was made and never used was forgotten. */
export function markUsed(subject: object): void {
  onUsed?.(subject)
}

/** A `then` that makes a forgotten `apply` (or `run`) loud. */
export function unappliedNet<Spec extends object>(
  spec: Spec,
  id: string,
  kind: 'change' | 'procedure',
  maker: (spec: never) => unknown,
): Spec & { then(): never } {
  const made: { stack?: string } = {}
  Error.captureStackTrace(made, maker)
  const madeAt = (): string => callerLine(made.stack)
  const [verb, done] = kind === 'change' ? ['apply', 'applied'] : ['run', 'run']
  const netted = {
    ...spec,
    then(): never {
      throw new CutoverError(
        'CHANGE_NOT_APPLIED',
        `${id} was awaited but never ${done}, so nothing happened; made at ${madeAt()}`,
        {
          next: `Write: await cutover.${verb}(${kind})`,
        },
      )
    },
  }
  onMade?.(id, netted, madeAt)
  return netted
}

/** The line that called the verb: the second frame, since the first is the verb itself; or else the first of the user's own. */
function callerLine(stack = ''): string {
  const frames = stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(/^at /, ''))
  const second = frames[1]
  if (second !== undefined && isOwn(second)) return second
  return frames.find(isOwn) ?? frames[0] ?? 'an unknown line'
}

const isOwn = (frame: string): boolean => !/node:|node_modules|\(<anonymous>\)|\(index \d/.test(frame)
