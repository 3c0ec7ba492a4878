import { CutoverError, isCutoverError } from '@cutover/core'
import { everyFault, type Fault } from '@cutover/core/testing'

import {
  canMeet,
  type FaultPlan,
  invalidReplay,
  isLate,
  isOfJournal,
  parseReplayId,
  type PlannedFault,
  replayId,
} from './fault-plan.ts'
import { type First, Pairs } from './pairs.ts'
import { type MatrixRow, RehearsalReport, type Violation } from './rehearsal-report.ts'
import { assertOptions, type RehearseOptions } from './rehearse-options.ts'
import { type Golden, type Outcome, outlineOf, rehearsedRun } from './rehearsed-run.ts'
import { violation } from './violation.ts'

/** Runs that violate are many and alike: after these, counting is enough. */
const mostViolations = 20
const pairsBetweenProgress = 500

/**
 * Runs cutover code against fakes of one world: once without a fault, then with every fault at every write and every record
 * of the journal, then (depth 2) with pairs. The code does not know: it is given a journal and a clock as always.
 *
 * What is unsafe without any fault is reported at once, and nothing is failed.
 *
 * @throws CutoverError `REHEARSAL_OPTIONS_INVALID`, `REHEARSAL_REPLAY_INVALID` before anything runs;
 * `REHEARSAL_REAL_CLOCK` when `run` was not handed on; `REHEARSAL_NOT_DETERMINISTIC` when two runs differ before their first fault; `REHEARSAL_WORLD_FAILED` when a fake's own
 * timer, `world` or `load` throws.
 */
export async function rehearse<Parts>(options: RehearseOptions<Parts>): Promise<RehearsalReport> {
  assertOptions(options)
  const { depth = 1, replay } = options
  const golden = await tried(options, [], undefined, true)
  const rehearsal = new Rehearsal(options, golden)
  rehearsal.note([], golden)
  if (replay !== undefined) return rehearsal.replay(replay)
  if (golden.findings.length === 0) {
    await rehearsal.singles()
    if (depth === 2) await rehearsal.pairs()
  }
  return rehearsal.report()
}

class Rehearsal<Parts> {
  readonly #options: RehearseOptions<Parts>
  readonly #golden: Outcome
  readonly #faults: readonly Fault[]
  readonly #matrix: MatrixRow[] = []
  /** By replay id. */
  readonly #violating = new Map<string, { readonly plan: FaultPlan; readonly first: Outcome }>()
  readonly #ends: Record<string, number> = {}
  /** The safe runs with one fault: what pairs are made of. Their texts are many and few: each is kept once. */
  readonly #firsts: First[] = []
  readonly #operations = new Map<string, string>()
  /** The faults that are unsafe alone, by what meets what: in a pair, the same write has another number. */
  readonly #unsafeAlone = new Map<string, FaultPlan>()
  #runs = 0
  #violatingRuns = 0
  #longestMs = 0
  #planned = 0
  #done = 0

  constructor(options: RehearseOptions<Parts>, golden: Outcome) {
    this.#options = options
    this.#golden = golden
    this.#faults = options.faults ?? everyFault
  }

  async singles(): Promise<void> {
    const rows = this.#golden.operations.map((operation, i) => ({
      effect: i + 1,
      operation,
      faults: this.#faults.filter((fault) => canMeet(operation, fault)),
    }))
    this.#planned = rows.reduce((sum, { faults }) => sum + faults.length, 0)
    for (const { effect, operation, faults } of rows) {
      const ends: Partial<Record<Fault, string>> = {}
      for (const fault of faults) ends[fault] = await this.#single({ effect, fault })
      this.#matrix.push({ effect, operation, ends })
      this.#progress(faults.length)
    }
  }

  async pairs(): Promise<void> {
    const { pairs = 2_000, seed = 1 } = this.#options
    const space = new Pairs(this.#firsts, this.#faults)
    const count = pairs === 'all' ? space.total : Math.min(pairs, space.total)
    this.#planned += count
    let sinceProgress = 0
    for (const plan of count === space.total ? space.all() : space.some(count, seed)) {
      await this.#run(plan)
      sinceProgress += 1
      if (sinceProgress < pairsBetweenProgress) continue
      this.#progress(sinceProgress)
      sinceProgress = 0
    }
    if (sinceProgress > 0) this.#progress(sinceProgress)
  }

  /** One plan, told in full. */
  async replay(id: string): Promise<RehearsalReport> {
    const plan = parseReplayId(id)
    const outcome = await tried(this.#options, plan, this.#golden, true)
    const unmet = plan.find(({ effect }) => effect > outcome.operations.length)
    if (unmet) {
      const { length } = outcome.operations
      throw invalidReplay(
        id,
        `its run has ${length} writes, so there is no ${unmet.effect}: has the script or the world changed?`,
      )
    }
    this.#assertSameUntil(plan, outcome)
    this.note(plan, outcome)
    return this.report(outcome.trace)
  }

  /** Answers how it ended. */
  async #single(fault: PlannedFault): Promise<string> {
    const outcome = await this.#run([fault])
    if (outcome.findings.length > 0) return 'VIOLATION'
    if (this.#options.depth === 2)
      this.#firsts.push({ fault, operations: outcome.operations.map((operation) => this.#kept(operation)) })
    return outcome.end
  }

  #kept(operation: string): string {
    const kept = this.#operations.get(operation)
    if (kept !== undefined) return kept
    this.#operations.set(operation, operation)
    return operation
  }

  /** Runs a plan; where what is late was overtaken by other writes, also with its being done right before each of them. */
  async #run(plan: FaultPlan): Promise<Outcome> {
    const outcome = await tried(this.#options, plan, this.#golden, false)
    this.#assertSameUntil(plan, outcome)
    this.note(plan, outcome)
    const last = plan.at(-1)
    if (outcome.findings.length > 0 || !last || !isLate(last.fault)) return outcome
    // A record that comes late comes from whoever has lost the journal: it is refused whenever it comes.
    if (isOfJournal(outcome.operations[last.effect - 1] ?? '')) return outcome
    for (let i = 1; i <= (outcome.overtaken.get(last.effect) ?? 0); i++) {
      const earlier = [...plan.slice(0, -1), { ...last, before: last.effect + i }]
      const other = await tried(this.#options, earlier, this.#golden, false)
      this.note(earlier, other)
      if (other.findings.length > 0) return other
    }
    return outcome
  }

  note(plan: FaultPlan, outcome: Outcome): void {
    this.#runs += 1
    this.#ends[outcome.end] = (this.#ends[outcome.end] ?? 0) + 1
    this.#longestMs = Math.max(this.#longestMs, outcome.virtualMs)
    if (outcome.findings.length === 0) return
    this.#violatingRuns += 1
    const last = plan.at(-1)
    const meeting = last && `${last.fault} at ${outcome.operations[last.effect - 1]}`
    // A pair that begins with an unsafe fault is not tried; one that ends with one needs only that.
    const least = (plan.length > 1 && meeting !== undefined && this.#unsafeAlone.get(meeting)) || plan
    if (plan.length === 1 && meeting !== undefined && !this.#unsafeAlone.has(meeting))
      this.#unsafeAlone.set(meeting, plan)
    const id = replayId(least)
    if (this.#violating.size < mostViolations && !this.#violating.has(id))
      this.#violating.set(id, { plan: least, first: outcome })
  }

  async report(trace: readonly string[] = []): Promise<RehearsalReport> {
    const violations: Violation[] = []
    for (const { plan, first } of this.#violating.values()) violations.push(...(await this.#explain(plan, first)))
    return new RehearsalReport({
      runs: this.#runs,
      violatingRuns: this.#violatingRuns,
      end: this.#golden.end,
      matrix: this.#matrix,
      violations,
      ends: this.#ends,
      outline: outlineOf(this.#golden.events),
      longestMs: this.#longestMs,
      trace,
    })
  }

  /** Tells the story of a run that violates. Without a fault, everything that is wrong. */
  async #explain(plan: FaultPlan, first: Outcome): Promise<Violation[]> {
    if (plan.length === 0) return first.findings.map((found) => violation(plan, first, [found]))
    const told = await tried(this.#options, plan, this.#golden, true)
    return [violation(plan, told.findings.length > 0 ? told : first)]
  }

  /** Before its first fault, a run is the golden run: else no number means anything. */
  #assertSameUntil([first]: FaultPlan, { operations }: Outcome): void {
    for (let i = 0; i < (first?.effect ?? 0); i++) {
      const [was, is] = [this.#golden.operations[i], operations[i]]
      if (was === is) continue
      throw new CutoverError(
        'REHEARSAL_NOT_DETERMINISTIC',
        `write ${i + 1} was ${was ?? 'none'} in the run without a fault, and ${is ?? 'none'} in another, before any fault`,
        { next: 'Build everything in world(), and take time and chance from world.clock and world.random().' },
      )
    }
  }

  #progress(done: number): void {
    this.#done += done
    this.#options.onProgress?.(this.#done, this.#planned)
  }
}

/** A run, whose fakes may be wrong themselves. */
async function tried<Parts>(
  options: RehearseOptions<Parts>,
  plan: FaultPlan,
  golden: Golden | undefined,
  told: boolean,
): Promise<Outcome> {
  try {
    return await rehearsedRun(options, plan, golden, told)
  } catch (error) {
    if (isCutoverError(error) && error.code.startsWith('REHEARSAL_')) throw error
    // Once more, so that the error knows where it comes from.
    if (!told) return tried(options, plan, golden, true)
    const why = error instanceof Error ? error.message : String(error)
    throw new CutoverError(
      'REHEARSAL_WORLD_FAILED',
      `the fakes or the load threw (replay: ${replayId(plan)}): ${why}`,
      {
        cause: error,
      },
    )
  }
}
