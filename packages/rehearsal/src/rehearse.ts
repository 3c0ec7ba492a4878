import { everyFault, type Fault } from '@cutover/core/testing'

import { canMeet, type FaultPlan, parseReplayId, replayId } from './fault-plan.ts'
import { type MatrixRow, RehearsalReport, type Violation } from './rehearsal-report.ts'
import type { RehearseOptions } from './rehearse-options.ts'
import { rehearsedRun, type Golden, type Outcome } from './rehearsed-run.ts'

/** Runs that violate are many and alike: after these, counting is enough. */
const mostViolations = 20

/**
 * Runs cutover code against fakes of one world: once without a fault, then with every fault at every write and every record
 * of the journal, then (depth 2) with pairs. The code does not know: it is given a journal and a clock as always.
 */
export async function rehearse<Parts>(options: RehearseOptions<Parts>): Promise<RehearsalReport> {
  const { depth = 1, faults = everyFault, replay } = options
  const golden = await rehearsedRun(options, [], undefined, true)
  const rehearsal = new Rehearsal(options, golden, faults)
  rehearsal.note([], golden)
  if (replay !== undefined) return rehearsal.replay(parseReplayId(replay))
  if (golden.findings.length === 0) {
    await rehearsal.singles()
    if (depth === 2) await rehearsal.pairs()
  }
  return rehearsal.report()
}

interface First {
  readonly plan: FaultPlan
  readonly operations: readonly string[]
}

class Rehearsal<Parts> {
  readonly #options: RehearseOptions<Parts>
  readonly #golden: Outcome
  readonly #faults: readonly Fault[]
  readonly #matrix: MatrixRow[] = []
  readonly #violating: { readonly plan: FaultPlan; readonly outcome: Outcome }[] = []
  readonly #ends: Record<string, number> = {}
  /** The runs with one fault, and their effects: what pairs are made of. */
  readonly #firsts: First[] = []
  #runs = 0
  #longestMs = 0
  #trace: readonly string[] = []

  constructor(options: RehearseOptions<Parts>, golden: Outcome, faults: readonly Fault[]) {
    this.#options = options
    this.#golden = golden
    this.#faults = faults
  }

  async singles(): Promise<void> {
    const { operations } = this.#golden
    for (const [i, operation] of operations.entries()) {
      const ends: Partial<Record<Fault, string>> = {}
      for (const fault of this.#faults) {
        if (!canMeet(operation, fault)) continue
        const plan = [{ effect: i + 1, fault }]
        const outcome = await this.#run(plan)
        ends[fault] = outcome.findings.length > 0 ? 'VIOLATION' : outcome.end
        this.#firsts.push({ plan, operations: outcome.operations })
      }
      this.#matrix.push({ effect: i + 1, operation, ends })
      this.#options.onProgress?.(this.#runs, operations.length * this.#faults.length + 1)
    }
  }

  /** Every later effect of every run with one fault, or an even choice of them. */
  async pairs(): Promise<void> {
    const { pairs = 2_000, seed = 1 } = this.#options
    const counts = this.#firsts.map(
      ({ plan, operations }) => Math.max(0, operations.length - (plan[0]?.effect ?? 0)) * this.#faults.length,
    )
    const total = counts.reduce((sum, count) => sum + count, 0)
    const wanted = pairs === 'all' ? total : Math.min(pairs, total)
    const step = total / Math.max(1, wanted)
    let first = 0
    let before = 0
    for (let i = 0; i < wanted; i++) {
      const index = Math.min(total - 1, Math.floor(i * step + (pairs === 'all' ? 0 : ((seed * 0.618) % 1) * step)))
      while (index >= before + (counts[first] ?? 0)) before += counts[first++] ?? 0
      const { plan, operations } = this.#firsts[first] as First
      const inner = index - before
      const effect = (plan[0]?.effect ?? 0) + 1 + Math.floor(inner / this.#faults.length)
      const fault = this.#faults[inner % this.#faults.length] as Fault
      if (canMeet(operations[effect - 1] ?? '', fault)) await this.#run([...plan, { effect, fault }])
      if (i % 500 === 499) this.#options.onProgress?.(i + 1, wanted)
    }
  }

  /** One plan, told in full. */
  async replay(plan: FaultPlan): Promise<RehearsalReport> {
    const outcome = await rehearsedRun(this.#options, plan, this.#golden, true)
    this.note(plan, outcome)
    this.#trace = outcome.trace
    return this.report()
  }

  async #run(plan: FaultPlan): Promise<Outcome> {
    const outcome = await rehearsedRun(this.#options, plan, this.#golden, false)
    this.note(plan, outcome)
    return outcome
  }

  note(plan: FaultPlan, outcome: Outcome): void {
    this.#runs += 1
    this.#ends[outcome.end] = (this.#ends[outcome.end] ?? 0) + 1
    this.#longestMs = Math.max(this.#longestMs, outcome.virtualMs)
    if (outcome.findings.length > 0 && this.#violating.length < mostViolations) this.#violating.push({ plan, outcome })
  }

  async report(): Promise<RehearsalReport> {
    const violations: Violation[] = []
    for (const { plan } of this.#violating) violations.push(...(await this.#explain(plan)))
    return new RehearsalReport({
      runs: this.#runs,
      end: this.#golden.end,
      matrix: this.#matrix,
      violations: violations.filter(({ text }, i) => violations.findIndex((other) => other.text === text) === i),
      ends: this.#ends,
      outline: this.#golden.outline,
      longestMs: this.#longestMs,
      trace: this.#trace,
    })
  }

  /** Leaves out what it does not take, and tells the story of the rest. */
  async #explain(plan: FaultPlan): Promise<Violation[]> {
    let least = plan
    for (const fault of plan) {
      if (plan.length < 2) break
      if (!canMeet(this.#golden.operations[fault.effect - 1] ?? '', fault.fault)) continue
      if ((await rehearsedRun(this.#options, [fault], asGolden(this.#golden), false)).findings.length > 0)
        least = [fault]
    }
    const outcome = await rehearsedRun(this.#options, least, least.length === 0 ? undefined : this.#golden, true)
    const faults = least.map(({ effect, fault }) => ({
      effect,
      fault,
      operation: outcome.operations[effect - 1] ?? '',
    }))
    const replay = replayId(least)
    return outcome.findings.slice(0, 1).map(({ what, at }) => {
      const step = at === undefined ? undefined : stepsAt(outcome, at)
      const why =
        faults.map(({ effect, operation, fault }) => `${fault} at ${effect} (${operation})`).join(', then ') ||
        'without any fault'
      return {
        what,
        faults,
        step,
        replay,
        text: `${why}: ${what}${step === undefined ? '' : `, ${step}`}. It ended ${outcome.end}. Replay: ${replay}`,
      }
    })
  }
}

const asGolden = ({ end, state }: Outcome): Golden => ({ end, state })

/** Which step was under way at that moment, and which had gone before: one of the two came too early. */
function stepsAt({ events }: Outcome, at: number): string {
  const startedAt = events[0]?.at ?? 0
  const begun = events.flatMap((event) =>
    event.at - startedAt <= at && (event.kind === 'step-started' || event.kind === 'step-undone')
      ? [event.kind === 'step-undone' ? `undoing “${event.title}”` : `“${event.title}”`]
      : [],
  )
  const [before, during] = [begun.at(-2), begun.at(-1)]
  if (during === undefined) return 'before the first step'
  return `while ${during} was under way${before === undefined ? '' : `, after ${before}`}`
}
