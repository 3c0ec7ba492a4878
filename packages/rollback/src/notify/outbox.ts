import {
  CutoverError,
  formatDuration,
  formatInstant,
  isCutoverError,
  type CutoverEvent,
  type OnEvent,
} from '@cutover/core'

import type { Run } from '../run.ts'
import { because } from '../standing.ts'
import { factsOf } from './facts.ts'
import { forecastEnd, plannedEnd } from './forecast-end.ts'
import type { Message, Notifier } from './message.ts'

/** How long one attempt may take, in milliseconds. */
const timeoutMs = 10_000
/** Pauses between attempts, in milliseconds: what asks for patience (HTTP 429) usually asks for less than half a minute. */
const pausesMs = [1_000, 5_000, 30_000]
/** How long the end of the process waits for what is still to be told, in milliseconds. */
const graceMs = 15_000
/** How often the forecast is looked at, in milliseconds. */
const lookMs = 15_000
/** A forecast that moves by less than this, or by less than a tenth of the whole, is no news. */
const slipMs = 5 * 60_000

/** What tells the notifiers, beside the steps and never before one of them: what the journal says, and who has been told. */
export class Outbox {
  readonly #notifiers: readonly Notifier[]
  /** Nothing new is waited for. */
  readonly #closing = new AbortController()
  /** Nothing is sent any more. */
  readonly #stop = new AbortController()
  /** What no record says: an interruption, the last slip. */
  readonly #passing = new Map<'slip' | 'interrupted', Message>()
  readonly #waits = new Map<string, number>()
  readonly #givenUp = new Set<string>()
  readonly #sleepers = new Set<() => void>()
  readonly #serving: Promise<void>[] = []
  #run: Run | undefined

  constructor(notifiers: readonly Notifier[] = []) {
    this.#notifiers = notifiers
  }

  /** The listeners, and this one, for which each event is a hint that something may be worth telling. */
  hears(onEvent: OnEvent | undefined): OnEvent | undefined {
    if (this.#notifiers.length === 0) return onEvent
    const others = onEvent === undefined ? [] : typeof onEvent === 'function' ? [onEvent] : onEvent
    return [...others, (event) => this.#hear(event)]
  }

  #hear(event: CutoverEvent): void {
    if (event.kind === 'waiting' && event.until !== undefined) this.#waits.set(event.step, event.until)
    const run = this.#run
    if (
      run &&
      event.kind === 'ended' &&
      event.end === 'interrupted' &&
      !isCutoverError(run.interruption, 'CUTOVER_FENCED')
    ) {
      const { id, history, journalPlace } = run
      const text = `It has stopped; nothing was undone. ${history.decided ? 'Going back' : 'It'} goes on when it is run again, with journal ${journalPlace}.`
      const fact = `interrupted ${history.next}`
      const title = `${id}: INTERRUPTED`
      this.#passing.set('interrupted', {
        fact,
        kind: 'interrupted',
        cutover: id,
        at: event.at,
        title,
        text,
        details: [],
        commands: [],
      })
    }
    this.#wake()
  }

  /** From now on what the journal says is told. */
  open(run: Run): void {
    if (this.#notifiers.length === 0) return
    this.#run = run
    for (const notifier of this.#notifiers) this.#serving.push(this.#serve(run, notifier).catch(() => {}))
    this.#serving.push(this.#watch(run).catch(() => {}))
  }

  /** Waits until all is told, but not for long. */
  async close(): Promise<void> {
    const run = this.#run
    if (!run) return
    this.#closing.abort()
    this.#wake()
    const all = Promise.all(this.#serving)
    const patience = new AbortController()
    const late = run.clock.sleep(graceMs, { signal: patience.signal }).catch(() => {})
    await Promise.race([all, late])
    patience.abort()
    this.#stop.abort(new CutoverError('CUTOVER_ENDED', 'the process ends'))
    // A notifier that does not listen to its signal is left alone.
    await Promise.race([all, Promise.resolve()])
  }

  #wake(): void {
    for (const wake of this.#sleepers) wake()
    this.#sleepers.clear()
  }

  /** Tells one notifier one fact after the other, until the end. */
  async #serve(run: Run, notifier: Notifier): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const message = this.#next(run, notifier.name)
      if (message) await this.#tell(run, notifier, message)
      else if (this.#closing.signal.aborted) return
      else await new Promise<void>((resolve) => this.#sleepers.add(resolve))
    }
  }

  #next({ history, journalPlace }: Run, name: string): Message | undefined {
    const isNew = ({ fact }: Message): boolean => {
      const told = toldOf(name, fact)
      return !history.notified.has(told) && !this.#givenUp.has(told)
    }
    return [...factsOf(history, journalPlace), ...this.#passing.values()].find(isNew)
  }

  /** Sends it, a few times if need be, and records that it was accepted. */
  async #tell(run: Run, notifier: Notifier, message: Message): Promise<void> {
    const told = toldOf(notifier.name, message.fact)
    let failure: unknown
    for (const pauseMs of [0, ...pausesMs]) {
      if (pauseMs > 0) await run.clock.sleep(pauseMs, { signal: this.#stop.signal })
      try {
        await this.#attempt(run, notifier, message)
        failure = undefined
        break
      } catch (error) {
        // Another runner has taken over: it tells.
        if (isCutoverError(error, 'CUTOVER_FENCED')) return this.#stop.abort(error)
        failure = error
        if (this.#stop.signal.aborted || (isCutoverError(error) && !error.retryable)) break
      }
    }
    if (failure === undefined) return run.append({ t: 'notified', fact: told })
    this.#givenUp.add(told)
    const why = because(failure)
    run.tell(() => ({
      kind: 'note',
      code: 'CUTOVER_NOT_NOTIFIED',
      data: { notifier: notifier.name, fact: message.fact, why },
      text: `${notifier.name} could not be told "${message.title}": ${why}`,
    }))
  }

  async #attempt(run: Run, notifier: Notifier, message: Message): Promise<void> {
    const { signal } = this.#stop
    signal.throwIfAborted()
    if (!run.journal.isFresh) await run.journal.renew()
    const giveUp = new AbortController()
    const done = new AbortController()
    const stop = (): void => giveUp.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      run.journal.hold()
      const late = run.clock.sleep(timeoutMs, { signal: done.signal }).then(() => {
        const error = new CutoverError('CUTOVER_NOTIFIER_SILENT', `no answer within ${formatDuration(timeoutMs)}`, {
          retryable: true,
        })
        giveUp.abort(error)
        throw error
      })
      late.catch(() => {})
      const aborted = new Promise<never>((_, reject) =>
        giveUp.signal.addEventListener('abort', () => reject(giveUp.signal.reason as Error), { once: true }),
      )
      aborted.catch(() => {})
      const sent = Promise.resolve().then(() => notifier.send(message, { signal: giveUp.signal }))
      await Promise.race([sent, late, aborted])
    } finally {
      done.abort()
      signal.removeEventListener('abort', stop)
    }
  }

  /** Looks again and again when the script will be through; says so when that has moved. */
  async #watch(run: Run): Promise<void> {
    const { history, clock } = run
    const planned = plannedEnd(history)
    if (planned === undefined) return
    const enoughMs = Math.max(slipMs, (planned - history.startedAt) / 10)
    for (;;) {
      if (this.#closing.signal.aborted || this.#stop.signal.aborted || history.decided || history.closed) return
      const end = forecastEnd(history, run.constructed, clock.now(), this.#waits)
      const known = this.#toldEnd(run) ?? planned
      if (end !== undefined && Math.abs(end - known) >= enoughMs) {
        this.#passing.set('slip', slipped(run.id, clock.now(), known, end))
        this.#wake()
      }
      await clock.sleep(lookMs, { signal: this.#closing.signal })
    }
  }

  /** The end that people were told last, by this process or an earlier one. */
  #toldEnd({ history }: Run): number | undefined {
    const passing = this.#passing.get('slip')
    const [last] = [...history.notified].flatMap((told) => / slip (\d+)$/.exec(told)?.[1] ?? []).slice(-1)
    return passing ? Number(passing.fact.replace('slip ', '')) : last === undefined ? undefined : Number(last)
  }
}

const toldOf = (name: string, fact: string): string => `${name} ${fact}`

function slipped(cutover: string, at: number, before: number, after: number): Message {
  const moved = after - before
  const way = moved > 0 ? 'later' : 'earlier'
  const by = formatDuration(Math.abs(moved))
  return {
    fact: `slip ${after}`,
    kind: 'slip',
    cutover,
    at,
    title: `${cutover}: ends ${by} ${way} than forecast`,
    text: `Its forecast end has moved from ${formatInstant(before)} to ${formatInstant(after)}, ${by} ${way}.`,
    details: [
      { name: 'Was', value: formatInstant(before) },
      { name: 'Is', value: formatInstant(after) },
    ],
    commands: [],
  }
}
