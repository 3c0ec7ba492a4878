import {
  type ChangeSpec,
  type Clock,
  type Context,
  CutoverError,
  type CutoverEvent,
  durationMs,
  isCutoverError,
  type OnEvent,
  reported,
  tell,
} from '@cutover/core'

import { forecast } from './forecast.ts'
import { areBeside, type History, type StepHistory } from './history.ts'
import type { JournalItem, OpenJournal, Question } from './journal.ts'
import type { Consumption } from './limits.ts'
import { placeOf } from './nothing-begun.ts'
import { offer } from './offer.ts'
import type { OperatorRequest } from './operator-request.ts'
import type { RunOptions } from './run-options.ts'
import { type Mask, maskOf } from './secrets/mask.ts'
import { sheetWriter } from './sheet-writer.ts'
import { isFenced } from './standing.ts'

/** An event without its time: the run adds it. */
export type Telling = CutoverEvent extends infer E ? (E extends CutoverEvent ? Omit<E, 'at'> : never) : never

/** A change that the script has constructed in this process. */
export interface Constructed {
  readonly change: ChangeSpec
  readonly lane: string
}

const abortable = (): AbortController => new AbortController()

/** One process's run of a cutover: what its steps share. Everything durable is in `history`. */
export class Run {
  readonly id: string
  readonly history: History
  readonly clock: Clock
  readonly journal: OpenJournal
  readonly adopt: boolean
  /** Where its journal is, for people. */
  readonly journalPlace: string
  readonly patienceMs: number
  readonly windowEndsAt: number | undefined
  readonly openedAt: number
  /** The changes that the script has constructed, by step. */
  readonly constructed: Map<string, Constructed> = new Map()
  /** What lives in this process as long as its step is applied. */
  readonly attached: Map<string, AsyncDisposable> = new Map()
  /** The names that were used. */
  readonly named: Set<string> = new Set()
  /** The recorded steps that the script has not come to yet. */
  readonly #awaited: Set<string>
  /** The script is only replayed, as far as the journal goes: nothing is waited for, started or written. */
  looksOnly = false
  /** It ends for now, and is run again later. */
  isLeaving = false
  /** What was measured of the limits. */
  consumed: Consumption | undefined
  /** Steps whose change can say whether it could be undone: few of many. */
  readonly canSay: Set<string> = new Set()
  /** When a way back was seen to be usable, on the monotonic clock. */
  readonly revertibleAt: Map<string, number> = new Map()
  /** Nobody can say what operators want; that was told. */
  boxIsBroken = false
  /** Checks that are asked now, each with what an operator who skips it ends. */
  readonly asking: Map<string, AbortController> = new Map()
  /** What stands beside the steps: ended at the end, or when it is decided to go back. */
  readonly #beside = new AbortController()
  readonly #besides: Promise<void>[] = []
  /** Nothing is begun any more. */
  hasEnded = false
  /** Aborted when the script must stop where it stands. */
  readonly waits: AbortController = abortable()
  /** Aborted when unwinding must stop too. */
  readonly undoWaits: AbortController = abortable()
  /** Never aborted: what has begun to write, finishes. */
  readonly writes: AbortController = abortable()
  /** Why the script was stopped without a decision. */
  interruption: unknown
  /** What led to the decision, while this process still knows it. */
  cause: unknown
  /** Keeps secrets out of all that is written and told. */
  readonly mask: Mask
  /** Writes the sheet for undoing by hand. */
  readonly writeSheet: () => Promise<void>
  readonly #onEvent: OnEvent | undefined
  #failure: unknown
  #deciding: Promise<void> | undefined
  #tail: Promise<unknown> | undefined
  #fence = (): void => this.journal.hold()

  constructor(options: RunOptions & { readonly id: string }, journal: OpenJournal, history: History, clock: Clock) {
    this.id = options.id
    this.journal = journal
    this.history = history
    this.#awaited = new Set(history.steps.keys())
    this.clock = { now: clock.now, monotonic: clock.monotonic, sleep: (ms, o) => this.#sleep(clock, ms, o) }
    this.openedAt = clock.now()
    this.adopt = options.adopt ?? false
    this.journalPlace = placeOf(options.journal)
    this.patienceMs = durationMs(options.patience ?? '15m', 'patience')
    this.windowEndsAt = options.windowEndsAt
    this.mask = maskOf(options.secrets)
    this.#onEvent = options.onEvent
    this.writeSheet = sheetWriter(this, options.sheet)
  }

  /** A sleeper may have been stopped for longer than its lease: it proves that it lives before it goes on. */
  async #sleep(clock: Clock, ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    await clock.sleep(ms, options)
    if (!this.journal.isFresh) await this.#renew()
  }

  /** A journal that is out for a moment stops nobody here: without a lease, `fence` refuses the next write. */
  async #renew(): Promise<void> {
    try {
      await this.journal.renew()
    } catch (error) {
      if (isCutoverError(error, 'CUTOVER_FENCED')) throw error
    }
  }

  context(step: string, signal: AbortSignal): Context {
    return {
      clock: this.clock,
      signal,
      key: `${this.id}/${step}`,
      fence: this.#fence,
      report: (report) =>
        this.#onEvent !== undefined && tell(this.#onEvent, this.mask.data(reported(report, step, this.clock.now()))),
    }
  }

  /** Tells the listeners; builds nothing when there are none. */
  tell(event: () => Telling): void {
    if (this.#onEvent !== undefined) tell(this.#onEvent, this.mask.data({ ...event(), at: this.clock.now() }))
  }

  /** Writes one record, after all earlier ones. After one failure nothing is written any more: what is on disk is not known. */
  async append(item: JournalItem): Promise<void> {
    const write = this.#tail === undefined ? this.#write(item) : this.#tail.then(() => this.#write(item))
    const tail = write.catch(() => {})
    this.#tail = tail
    try {
      await write
    } finally {
      if (this.#tail === tail) this.#tail = undefined
    }
  }

  async #write(item: JournalItem): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    this.#refuseSecret(item)
    const entry = { ...this.mask.data(item), seq: this.history.next, fence: this.journal.fence, at: this.clock.now() }
    try {
      await this.journal.append(entry)
    } catch (error) {
      this.#failure =
        isCutoverError(error) && error.code.startsWith('CUTOVER_')
          ? error
          : new CutoverError(
              'CUTOVER_JOURNAL_FAILED',
              `the journal could not be written: ${(error as Error).message}`,
              { cause: error, retryable: true, next: 'Run it again: it goes on where it was.' },
            )
      throw this.interrupt(this.#failure)
    }
    this.history.absorb(entry)
  }

  /** What a later process is given back must be whole, so nothing of it can be masked. */
  #refuseSecret(item: JournalItem): void {
    if (item.t !== 'intent' && item.t !== 'value' && item.t !== 'outcome') return
    const { before, intent, value } = { before: undefined, intent: undefined, value: undefined, ...item }
    const found = this.mask.find(before, 'before') ?? this.mask.find(intent, 'intent') ?? this.mask.find(value, 'value')
    if (found === undefined) return
    throw this.interrupt(
      new CutoverError(
        'CUTOVER_SECRET_REFUSED',
        `REFUSED: ${item.step}: ${found} is a secret, which no journal keeps`,
        {
          next: 'Keep its version, or a digest, and read it from where it is kept when it is needed. Nothing was written.',
        },
      ),
    )
  }

  // ----- beside the steps

  /**
   * Does something beside the steps until the end; what goes wrong with it stops nothing, and is told. What may hang is not waited
   * for at the end: it must look at its signal before it writes.
   */
  beside(
    name: string,
    take: (signal: AbortSignal) => Promise<void>,
    { mayHang = false }: { readonly mayHang?: boolean | undefined } = {},
  ): void {
    const { signal } = this.#beside
    const taken = take(signal).catch((error: unknown) => {
      // Another runner has taken over: the script must not find that out only when it writes.
      if (isFenced(error)) this.interrupt(error)
      if (signal.aborted || this.isStopped) return
      this.tell(() => ({
        kind: 'note',
        code: 'CUTOVER_BESIDE_BROKEN',
        data: { name, why: String(error) },
        text: `${name} has ended: ${String(error)}`,
      }))
    })
    const aborted = (): Promise<void> =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    this.#besides.push(mayHang ? Promise.race([taken, aborted()]) : taken)
  }

  /** Nothing is done beside the steps any more, and what was being written is written. */
  async endBeside(): Promise<void> {
    this.#beside.abort(new CutoverError('CUTOVER_ENDED', 'nothing stands beside the steps any more'))
    await Promise.all(this.#besides)
    while (this.#tail !== undefined) await this.#tail
  }

  /** Takes what an operator wants (or a guard, which has no number): recorded first, then it takes effect. */
  async take(request: OperatorRequest, number = -1): Promise<void> {
    const { do: what, step, who, why } = request
    const wasDecided = this.history.decided !== undefined
    const forecastMs = what === 'roll-back' ? this.forecastMs() : undefined
    const asked = this.append({ t: 'asked', request: number, ...request, forecastMs })
    // The record itself decides, so that no crash comes between; nothing is asked meanwhile.
    if (what === 'roll-back' && this.history.noReturn === undefined) this.#deciding ??= asked
    await asked
    const said = `${who}: ${why}`
    switch (what) {
      case 'pause':
        return this.tell(() => ({ kind: 'paused', who, why, text: `PAUSED before the next step, ${said}` }))
      case 'resume':
        return this.tell(() => ({ kind: 'resumed', who, why, text: `goes on, ${said}` }))
      case 'skip':
        return this.asking.get(step ?? '')?.abort(new Error('skipped'))
      case 'roll-back':
        if (wasDecided) return undefined
        if (this.history.decided) {
          const stop = stopped('CUTOVER_UNWINDING', said)
          this.waits.abort(stop)
          throw stop
        }
        return this.tell(() => ({
          kind: 'note',
          code: 'CUTOVER_PAST_NO_RETURN',
          data: request,
          text: `${who} wants to go back; but nothing is undone since the point of no return: ${this.history.noReturn}`,
        }))
      default:
        return undefined
    }
  }

  // ----- stopping

  get isStopped(): boolean {
    return (
      this.history.decided !== undefined ||
      this.history.questions.size > 0 ||
      this.interruption !== undefined ||
      this.isLeaving ||
      this.looksOnly
    )
  }

  /** Throws what the script must hear when it has been stopped. */
  throwIfStopped(): void {
    if (this.interruption !== undefined) throw this.interruption
    if (this.history.questions.size > 0) throw stopped('CUTOVER_PARKED', 'a question is open')
    if (this.history.decided) throw stopped('CUTOVER_UNWINDING', this.history.decided.why)
    if (this.isLeaving) throw stopped('CUTOVER_WAITING', 'it is run again later')
    if (this.looksOnly) throw stopped('CUTOVER_INTERRUPTED', 'only what is recorded is replayed')
  }

  /** Stops the script where it stands, with nothing decided: run again, it goes on. Answers what to throw. */
  interrupt(error: unknown): unknown {
    this.interruption ??= error
    this.waits.abort(this.interruption)
    this.undoWaits.abort(this.interruption)
    return this.interruption
  }

  /** Stops a script that does what it must not; one that is only replayed, to look or to go back, is stopped without ado. */
  refuse(error: unknown): unknown {
    return this.history.decided || this.looksOnly ? error : this.interrupt(error)
  }

  /** Decides to go back. Past the point of no return that is a person's decision. */
  async decide(step: string | undefined, why: string, code: string, cause?: unknown): Promise<never> {
    this.throwIfStopped()
    const { noReturn } = this.history
    if (noReturn !== undefined) {
      const question = `${why}; but nothing is undone since the point of no return (${noReturn})`
      if (step === undefined)
        throw this.refuse(
          new CutoverError('CUTOVER_PAST_NO_RETURN', `REFUSED: ${question}`, { next: 'Go on, or undo it by hand.' }),
        )
      const { kind } = this.history.steps.get(step) ?? {}
      const goOn = kind === 'change' ? [offer('happened')] : kind === 'check' ? [offer('pass')] : []
      return this.park(step, {
        code: 'CUTOVER_PAST_NO_RETURN',
        question,
        look: [],
        answers: [offer('again'), ...goOn],
      })
    }
    // Of several branches that fail at once, the first decides.
    this.#deciding ??= this.#decide(why, code, cause)
    await this.#deciding
    throw stopped('CUTOVER_UNWINDING', this.history.decided?.why ?? why)
  }

  /** Decides to go back because of what stands beside the steps; an open question is moot then. Not past the point of no return. */
  async goBackBeside(why: string, code: string): Promise<void> {
    const { decided, noReturn } = this.history
    if (decided || noReturn !== undefined || this.interruption !== undefined) return
    this.#deciding ??= this.#decide(why, code, undefined)
    await this.#deciding
  }

  /** How long going back would take now, where all that is applied estimates it. */
  forecastMs(): number | undefined {
    const { backMs, unknown } = forecast(this.history, this.constructed)
    return unknown.length === 0 ? backMs : undefined
  }

  async #decide(why: string, code: string, cause: unknown): Promise<void> {
    this.cause = this.mask.error(cause)
    await this.append({ t: 'decided', why, code, forecastMs: this.forecastMs() })
    // An operator may have been faster.
    if (this.history.decided?.code !== code) this.cause = undefined
    this.waits.abort(stopped('CUTOVER_UNWINDING', why))
  }

  /** Stops until a person has answered. */
  async park(step: string, { answers, ...rest }: Question): Promise<never> {
    await this.#deciding
    if (this.history.decided) this.throwIfStopped()
    const isFinal = this.history.noReturn !== undefined
    const question = { ...rest, answers: isFinal ? answers.filter(({ answer }) => answer !== 'roll-back') : answers }
    await this.ask(step, question)
    const stop = stopped('CUTOVER_PARKED', question.question)
    this.waits.abort(stop)
    throw stop
  }

  /** Ends this process for now: nothing is to be done before `until`. */
  async leave(step: string, title: string, until: number): Promise<never> {
    const { waiting } = this.history
    if (waiting?.step !== step || waiting.until !== until)
      await this.append({ t: 'waiting', ...this.place(step), title, until })
    this.isLeaving = true
    const stop = stopped('CUTOVER_WAITING', title)
    this.waits.abort(stop)
    throw stop
  }

  /** Asks about something that is no step; the script stops where it stands. */
  askBeside(name: string, code: string, question: string): Promise<never> {
    return this.park(name, { code, question, look: [], answers: [offer('accept'), offer('roll-back')] })
  }

  /** Records a question. */
  async ask(step: string, question: Question): Promise<void> {
    await this.append({ t: 'parked', ...this.place(step), title: this.#places.get(step)?.title, ...question })
    this.tell(() => {
      const number = this.history.steps.get(step)?.number
      return { kind: 'parked', step, number, ...question, text: `PARKED: ${question.question}` }
    })
  }

  /** The path of a step, as its records carry it. */
  place(step: string): {
    readonly step: string
    readonly scope?: string | undefined
    readonly lane?: string | undefined
  } {
    const { scope, lane } = this.#places.get(step) ?? this.history.steps.get(step) ?? { scope: '', lane: '' }
    return scope === '' ? { step } : { step, scope, ...(lane === '' ? {} : { lane }) }
  }

  readonly #places = new Map<string, { readonly scope: string; readonly lane: string; readonly title: string }>()

  /** A scope comes to a step: where its records belong. */
  begins(step: string, scope: string, lane: string, title: string): void {
    this.#places.set(step, { scope, lane, title })
    this.#awaited.delete(step)
  }

  /** The recorded steps that the script has not come to: all, or those that a new step of this lane cannot precede. */
  missed(lane?: string): StepHistory[] {
    return [...this.#awaited].flatMap((name) => {
      const step = this.history.steps.get(name)
      return step && !(lane !== undefined && areBeside(step.lane, lane)) ? [step] : []
    })
  }

  // ----- what lives in this process

  async detach(step?: string): Promise<void> {
    for (const [owner, disposable] of [...this.attached].toReversed()) {
      if (step !== undefined && owner !== step) continue
      this.attached.delete(owner)
      await disposable[Symbol.asyncDispose]()
    }
  }

  /** Nothing lives or begins after this. How the cutover has ended is known: what cannot be stopped is only told. */
  async finish(): Promise<void> {
    this.hasEnded = true
    await this.endBeside()
    while (this.attached.size > 0) {
      const [step = ''] = [...this.attached.keys()].slice(-1)
      await this.detach(step).catch((error: unknown) =>
        this.tell(() => ({
          kind: 'note',
          code: 'CUTOVER_NOT_STOPPED',
          step,
          data: { why: String(error) },
          text: `${step}: what lives with it could not be stopped: ${String(error)}`,
        })),
      )
    }
    this.interrupt(new CutoverError('CUTOVER_ENDED', `${this.id} has ended in this process`, { next: ended }))
  }

  recorded(step: string): StepHistory {
    const found = this.history.steps.get(step)
    if (!found) throw new CutoverError('CUTOVER_BUG', `nothing is recorded of ${step}`)
    return found
  }
}

/** What to do about a step that begins too late. */
export const ended = 'Await each step before the script returns.'

const stopped = (
  code: 'CUTOVER_WAITING' | 'CUTOVER_PARKED' | 'CUTOVER_UNWINDING' | 'CUTOVER_INTERRUPTED',
  why: string,
): CutoverError => new CutoverError(code, why)
