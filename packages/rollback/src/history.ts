import type { Answer as CheckAnswer, Outline } from '@cutover/core'

import type { JournalEntry, Question } from './journal.ts'
import type { Agreed, Consumption } from './limits.ts'
import type { OperatorRequest } from './operator-request.ts'
import { isSamePerson } from './person.ts'

/** All that is known of one step. */
export interface StepHistory {
  readonly step: string
  readonly scope: string
  readonly lane: string
  /** From 1, in the order in which the steps began. */
  readonly number: number
  title: string
  subject: string
  beganAt: number
  endedAt: number | undefined
  kind: 'change' | 'check' | 'value'
  // a change
  before?: unknown
  intent?: unknown
  /** The sequence number of its first intent: the order of undoing is the reverse. */
  intentSeq: number | undefined
  /** Who sent the last attempt. */
  intentFence: number
  attempt: number
  revertMs: number | undefined
  outcome:
    | {
        readonly how: 'answered' | 'probed' | 'resumed' | 'already' | 'told'
        readonly seen: unknown
        readonly hint: unknown
        readonly at: number
        /** It is still to be felt. */
        readonly settles: boolean | undefined
      }
    | undefined
  settled: { readonly after: unknown } | undefined
  undoingAt: number | undefined
  revertedAt: number | undefined
  revertHint?: unknown
  undone: 'reverted' | 'never-happened' | 'by-hand' | undefined
  residue: string | undefined
  /** A person said that it did not happen. */
  didNot: boolean
  /** A person wants somebody else's state taken for the one to go back to. */
  retake: boolean
  // a check or a value
  /** People are asked to approve. */
  asking:
    | {
        /** The record that asked: an answer before it was to an earlier question. */
        readonly seq: number
        readonly since: number
        readonly expiresAt: number | undefined
        readonly from: readonly string[] | undefined
        readonly quorum: number
      }
    | undefined
  votes: readonly {
    readonly who: string
    readonly why: string
    readonly says: 'approve' | 'decline'
    readonly at: number
  }[]
  /** An operator counted it as passed. */
  skipped: { readonly who: string; readonly why: string; accepted: boolean } | undefined
  answer: (CheckAnswer & { readonly seq: number; readonly byPerson: boolean }) | undefined
  /** `until`: the instant that it waits for. */
  value: { readonly value: unknown; readonly until: number | undefined } | undefined
}

/** What the journal says, folded. Pure: the same entries, the same history, in every process. */
export class History {
  id: string | undefined
  outline: Outline | undefined
  /** The sequence number of the next entry. */
  next = 0
  startedAt = 0
  lastAt = 0
  readonly steps: Map<string, StepHistory> = new Map()
  /** The steps of each scope, in the order of the script. */
  readonly order: Map<string, string[]> = new Map()
  readonly questions: Map<string, Question & { readonly step: string; readonly at: number }> = new Map()
  /** What people have said, by step; the last of each. */
  readonly answered: Map<string, JournalEntry & { readonly t: 'answered' }> = new Map()
  decided:
    | { readonly why: string; readonly code: string; readonly at: number; readonly forecastMs?: number | undefined }
    | undefined
  /** What was agreed when it began. */
  agreed: Agreed | undefined
  /** What was used of it. */
  measured: Consumption | undefined
  noReturn: string | undefined
  /** How many requests of operators were taken. */
  requests = 0
  paused: { readonly who: string; readonly why: string; readonly at: number } | undefined
  /** Checks that an operator counts as passed, also before they are asked. */
  readonly skips: Map<string, OperatorRequest> = new Map()
  /** Alarms that stand. */
  readonly alarms: Map<string, JournalEntry & { readonly t: 'alarm' }> = new Map()
  /** What a person has accepted as it is: a guard, a drift, a way back. */
  readonly accepted: Set<string> = new Set()
  /** Applied changes that were found otherwise; `accepted` says of which a person has said that it is well. */
  readonly drifted: Map<string, JournalEntry & { readonly t: 'drifted' }> = new Map()
  /** Until when nobody need run it. */
  waiting: { readonly step: string; readonly title: string; readonly until: number } | undefined
  /** An operator accepts the next outline. */
  amended: OperatorRequest | undefined
  /** Facts of which the notifiers were told. */
  readonly notified: Set<string> = new Set()
  closed: 'completed' | 'rolled-back' | 'rolled-back-with-residue' | undefined
  /** When the maintenance window ends, epoch milliseconds. */
  windowEndsAt: number | undefined

  #lastNumber = 0

  constructor(entries: readonly JournalEntry[] = []) {
    for (const entry of entries) this.absorb(entry)
  }

  absorb(entry: JournalEntry): void {
    this.next = entry.seq + 1
    // Who was told of the end afterwards does not make it later.
    if (entry.t !== 'notified' || !this.closed) this.lastAt = entry.at
    if (entry.t !== 'notified') this.waiting = undefined
    if (!('step' in entry) || entry.t === 'asked' || entry.step.startsWith('@')) return this.#absorbOfAll(entry)
    const step = this.#step(entry)
    switch (entry.t) {
      case 'intent':
        if (step.intentSeq === undefined || entry.retaken) step.before = entry.before
        step.intentSeq ??= entry.seq
        step.kind = 'change'
        step.title = entry.title
        step.subject = entry.subject
        step.intent = entry.intent
        step.intentFence = entry.fence
        step.attempt = entry.attempt
        step.revertMs = entry.revertMs
        step.didNot = false
        step.retake = false
        break
      case 'outcome':
        if (entry.how === 'already') {
          step.kind = 'change'
          step.title = entry.title ?? step.title
          step.before = entry.before
          step.intent = entry.intent
        }
        step.outcome = { how: entry.how, seen: entry.seen, hint: entry.hint, at: entry.at, settles: entry.settles }
        step.endedAt = entry.at
        break
      case 'settled':
        step.settled = { after: entry.after }
        step.endedAt = entry.at
        break
      case 'check':
        // Nothing was applied since: a script that branches on the answer may go another way now.
        if (step.answer && step.answer.status !== entry.status) this.#forgetAfter(step)
        this.skips.delete(step.step)
        step.kind = 'check'
        step.title = entry.title
        step.answer = {
          status: entry.status,
          text: entry.text,
          evidence: entry.evidence,
          seq: entry.seq,
          byPerson: entry.skipped !== undefined,
        }
        if (entry.skipped) step.skipped = { ...entry.skipped, accepted: step.skipped?.accepted ?? false }
        step.endedAt = entry.at
        break
      case 'value':
        step.value = { value: entry.value, until: entry.until }
        step.endedAt = entry.at
        break
      case 'undoing':
        step.undoingAt = entry.at
        break
      case 'reverted':
        step.revertedAt = entry.at
        step.revertHint = entry.hint
        break
      case 'undone':
        step.undone = entry.how
        step.endedAt = entry.at
        break
      case 'parked':
        step.title = entry.title ?? step.title
        this.questions.set(entry.step, entry)
        break
      case 'answered':
        this.#absorbAnswer(step, entry)
        break
      case 'asking':
        step.title = entry.title
        step.kind = 'check'
        step.asking = {
          seq: entry.seq,
          since: entry.at,
          expiresAt: entry.expiresAt,
          from: entry.from,
          quorum: entry.quorum ?? 1,
        }
        step.votes = []
        break
      case 'drifted':
        // Accepted was what was found before.
        this.accepted.delete(`@drift/${entry.step}`)
        if (entry.is === 'applied') this.drifted.delete(entry.step)
        else this.drifted.set(entry.step, entry)
        break
      case 'waiting':
        step.title = entry.title
        this.waiting = { step: entry.step, title: entry.title, until: entry.until }
        break
    }
  }

  #absorbOfAll(entry: JournalEntry): void {
    switch (entry.t) {
      case 'opened':
        this.id ??= entry.id
        this.outline = entry.outline ?? this.outline
        this.startedAt ||= entry.at
        this.windowEndsAt = entry.windowEndsAt ?? this.windowEndsAt
        break
      case 'decided':
        this.decided ??= { why: entry.why, code: entry.code, at: entry.at, forecastMs: entry.forecastMs }
        this.closed = undefined
        // What kept the script from going on is moot now; the way back asks its own questions.
        this.questions.clear()
        break
      case 'agreed':
        this.agreed ??= entry
        break
      case 'measured':
        this.measured = { downtimeMs: entry.downtimeMs, dataLoss: entry.dataLoss }
        break
      case 'no-return':
        this.noReturn = entry.why
        break
      case 'closed':
        this.closed = entry.end
        break
      case 'asked':
        this.#absorbRequest(entry)
        break
      case 'alarm':
        if (entry.state === 'resolved') this.alarms.delete(entry.id)
        else this.alarms.set(entry.id, entry)
        if (entry.state === 'resolved') this.accepted.delete(`@alarm/${entry.id}`)
        break
      case 'notified':
        this.notified.add(entry.fact)
        break
      case 'replanned':
        this.outline = entry.outline
        this.amended = undefined
        break
      case 'parked':
        this.questions.set(entry.step, entry)
        break
      case 'answered':
        this.#absorbStanding(entry)
        break
      default:
    }
  }

  /** An answer that belongs to no step of the script: to a guard, a drift, the way back. */
  #absorbStanding(entry: JournalEntry & { t: 'answered' }): void {
    this.questions.delete(entry.step)
    this.answered.delete(entry.step)
    this.answered.set(entry.step, entry)
    if (entry.answer === 'roll-back') this.#goBack(entry)
    if (entry.answer === 'accept') this.accepted.add(entry.step)
    const skipped = this.steps.get(entry.step.replace(/^@skipped\//, ''))?.skipped
    if (skipped && entry.answer === 'accept') skipped.accepted = true
  }

  /** What an operator wants takes effect here, so that it is the same in every later run. */
  #absorbRequest(entry: JournalEntry & { t: 'asked' }): void {
    if (entry.request >= 0) this.requests = entry.request + 1
    const { do: what, step = '', who, why, at } = entry
    const known = this.steps.get(step)
    if (what === 'pause') this.paused ??= { who, why, at }
    if (what === 'resume') this.paused = undefined
    if (what === 'amend') this.amended = entry
    // What has passed meanwhile has passed; of two who skip it, the first did.
    if (what === 'skip' && known?.answer?.status !== 'pass' && !this.skips.has(step)) this.skips.set(step, entry)
    if (what === 'roll-back' && this.noReturn === undefined && !this.decided) this.#goBack(entry)
    if ((what === 'approve' || what === 'decline') && known && !known.votes.some((vote) => isSamePerson(vote.who, who)))
      known.votes = [...known.votes, { who, why, says: what, at }]
  }

  /** A person has decided it. What kept the script from going on is moot now; the way back asks its own questions. */
  #goBack({ who, why, at, ...entry }: JournalEntry & { t: 'asked' | 'answered' }): void {
    const said = 'forecastMs' in entry ? entry.forecastMs : undefined
    const estimates = this.toUndo().map(({ revertMs }) => revertMs ?? Number.NaN)
    const sum = estimates.reduce((total, ms) => total + ms, 0)
    const forecastMs = said ?? (Number.isNaN(sum) ? undefined : sum)
    this.decided ??= { why: `${who}: ${why}`, code: 'CUTOVER_ASKED', at, forecastMs }
    this.closed = undefined
    this.questions.clear()
  }

  /** What a person said takes effect here, so that it is the same in every later run. */
  #absorbAnswer(step: StepHistory, entry: JournalEntry & { t: 'answered' }): void {
    const said = `${entry.who}: ${entry.why}`
    this.questions.delete(step.step)
    this.answered.delete(step.step)
    this.answered.set(step.step, entry)
    switch (entry.answer) {
      case 'happened':
        step.outcome = { how: 'told', seen: undefined, hint: undefined, at: entry.at, settles: undefined }
        break
      case 'did-not':
        step.didNot = true
        break
      case 'take-theirs':
        step.retake = true
        break
      case 'pass':
        step.answer = { status: 'pass', text: said, evidence: step.answer?.evidence, seq: entry.seq, byPerson: true }
        break
      case 'done-by-hand':
        step.undone = 'by-hand'
        break
      case 'leave':
        step.residue = said
        break
      case 'roll-back':
        this.#goBack(entry)
        break
      case 'again':
        step.undone = undefined
        break
      case 'accept':
        this.accepted.add(step.step)
        break
    }
  }

  #forgetAfter({ number, lane }: StepHistory): void {
    for (const later of this.steps.values()) {
      if (later.number <= number || later.intentSeq !== undefined || areBeside(later.lane, lane)) continue
      this.steps.delete(later.step)
      this.questions.delete(later.step)
      const order = this.order.get(later.scope) ?? []
      order.splice(order.indexOf(later.step), 1)
    }
    this.#lastNumber = Math.max(...[...this.steps.values()].map((step) => step.number))
  }

  #step(entry: JournalEntry & { step: string; scope?: string | undefined; lane?: string | undefined }): StepHistory {
    const known = this.steps.get(entry.step)
    if (known) return known
    const { step, scope = '', lane = '' } = entry
    const fresh: StepHistory = {
      step,
      scope,
      lane,
      number: ++this.#lastNumber,
      title: step,
      subject: '',
      beganAt: entry.at,
      endedAt: undefined,
      kind: 'value',
      intentSeq: undefined,
      intentFence: 0,
      attempt: 0,
      revertMs: undefined,
      outcome: undefined,
      settled: undefined,
      undoingAt: undefined,
      revertedAt: undefined,
      undone: undefined,
      residue: undefined,
      didNot: false,
      retake: false,
      asking: undefined,
      votes: [],
      skipped: undefined,
      answer: undefined,
      value: undefined,
    }
    this.steps.set(step, fresh)
    const order = this.order.get(scope)
    if (order) order.push(step)
    else this.order.set(scope, [step])
    return fresh
  }

  /** The steps that may have altered the world and are not back, the last begun first. */
  toUndo(): StepHistory[] {
    return [...this.steps.values()]
      .filter((step) => step.intentSeq !== undefined && step.undone === undefined && step.residue === undefined)
      .sort((a, b) => (b.intentSeq ?? 0) - (a.intentSeq ?? 0))
  }

  /** Was something applied, on the strength of what was read at `seq`, that does not run beside it? */
  actedUponSince(seq: number, lane: string): boolean {
    for (const step of this.steps.values()) {
      if (step.intentSeq !== undefined && step.intentSeq > seq && !areBeside(step.lane, lane)) return true
    }
    return false
  }
}

/** Are people asked to approve there, who have not answered yet? Asked again, a former answer is none. */
export const isAsked = ({ asking, answer }: Pick<StepHistory, 'asking' | 'answer'>): boolean =>
  asking !== undefined && !(answer && answer.seq > asking.seq)

/** Are two lanes different branches of the same `all`? Then neither comes before the other. */
export function areBeside(a: string, b: string): boolean {
  if (a === b || a === '' || b === '') return false
  const [left, right] = [a.split('/'), b.split('/')]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] === right[i]) continue
    const [first = '', second = ''] = [left[i], right[i]]
    return first !== '' && second !== '' && first.slice(0, first.indexOf('.')) === second.slice(0, second.indexOf('.'))
  }
  return false
}
