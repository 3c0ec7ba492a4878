import { type CutoverEvent, isCutoverError, type Outline, watchMade } from '@cutover/core'
import { FakeWorld, type SimulatedProcess } from '@cutover/core/testing'
import { memoryJournal } from '@cutover/rollback'

import { type FaultPlan } from './fault-plan.ts'
import { type Finding, judge } from './judge.ts'
import type { RehearseOptions } from './rehearse-options.ts'

/** How one run ended. */
export interface Outcome {
  /** `completed`, `rolled-back`, `rolled-back-with-residue`, `parked`, `interrupted` or `endless`. */
  readonly end: string
  readonly why: string
  readonly findings: readonly Finding[]
  /** The operations of the effects, by number - 1. */
  readonly operations: readonly string[]
  /** What the watched state was at the end. */
  readonly state: string
  readonly virtualMs: number
  readonly processes: number
  readonly trace: readonly string[]
  readonly events: readonly CutoverEvent[]
  readonly outline: Outline
}

/** What faulted runs are compared with. */
export interface Golden {
  readonly end: string
  readonly state: string
}

/** After how long somebody runs it again. */
const restartMs = 15_000
const longestRestartMs = 5 * 60_000
/** How often it is run again before it is called endless. */
const mostProcesses = 12
/** How long the world goes on after the end, so that what is late, queued or stopped comes to rest. */
const restMs = 5 * 60_000
const restWithZombiesMs = 60 * 60_000

/** One run of the code under test in a fresh world, restarted after each crash until it ends. */
export async function rehearsedRun<Parts>(
  options: RehearseOptions<Parts>,
  plan: FaultPlan,
  golden: Golden | undefined,
  told: boolean,
): Promise<Outcome> {
  const { seed = 1, lateMs = 40_000, invariants = [] } = options
  const world = new FakeWorld({
    seed,
    lateMs,
    trace: told,
    faults: new Map(plan.map(({ effect, fault }) => [effect, fault])),
  })
  const parts = options.world(world)
  const found = stateOf(world)
  const stopLoad = options.load?.(parts, world)
  const journal = memoryJournal({ world })
  const forgotten = told ? unapplied() : undefined
  const { end, why, processes } = await runToItsEnd(world, journal, () =>
    options.cutover(parts, {
      journal,
      clock: world.clock,
      onEvent: told ? (event) => tellTrace(world, event) : undefined,
    }),
  )
  await world.advance(plan.some(({ fault }) => fault.startsWith('zombie')) ? restWithZombiesMs : restMs)
  stopLoad?.()
  await world.advance(60_000)
  const state = stateOf(world)
  const findings = [
    ...judge({ world, end, why, found, state, golden, plan, forgotten: forgotten?.() ?? [] }),
    ...invariants.flatMap(({ name, holds }) => {
      const wrong = holds(parts, world)
      return wrong === undefined ? [] : [{ what: `${name}: ${wrong}`, at: undefined }]
    }),
  ]
  world.end()
  return {
    end,
    why,
    findings,
    operations: world.effects.map(({ operation }) => operation),
    state,
    virtualMs: world.clock.monotonic(),
    processes,
    trace: world.trace ?? [],
    events: world.events,
    outline: outlineOf(world.events),
  }
}

type Settled = { readonly end: string; readonly why: string } | { readonly again: true; readonly why: string }

/** Runs it, and runs it again whenever it has died, was stopped or was interrupted, as a person or a supervisor would. */
async function runToItsEnd(
  world: FakeWorld,
  journal: { holderDied(): void },
  work: () => Promise<unknown>,
): Promise<{ readonly end: string; readonly why: string; readonly processes: number }> {
  let ended: { readonly end: string; readonly why: string } | undefined
  let last = ''
  for (let number = 1; number <= mostProcesses; number++) {
    const runner = world.spawn(`runner-${number}`)
    const settled = await world.runUntil(outcomeOf(world, runner, work, (end) => (ended ??= end)))
    if (ended) return { ...ended, processes: number }
    last = settled.why
    if (runner.state === 'dead') journal.holderDied()
    else if (runner.state === 'running') world.kill(runner)
    await world.advance(Math.min(restartMs * 2 ** (number - 1), longestRestartMs))
    // A process that was stopped may have gone on meanwhile, and come to the end.
    if (ended) return { ...(ended as { end: string; why: string }), processes: number }
  }
  return { end: 'endless', why: last, processes: mostProcesses }
}

/** Resolves when the process has ended, died or been stopped; tells an end whenever it comes. */
function outcomeOf(
  world: FakeWorld,
  runner: SimulatedProcess,
  work: () => Promise<unknown>,
  onEnd: (end: { end: string; why: string }) => void,
): Promise<Settled> {
  return new Promise((resolve) => {
    runner.onStop = () => resolve({ again: true, why: `${runner.name} was ${runner.state}` })
    const settle = (settled: Settled): void => {
      if ('end' in settled) onEnd(settled)
      resolve(settled)
    }
    world.runAs(runner, work).then(
      () => settle({ end: 'completed', why: '' }),
      (error: unknown) => settle(settledBy(error)),
    )
  })
}

const ends: Readonly<Record<string, string>> = {
  CUTOVER_ROLLED_BACK: 'rolled-back',
  CUTOVER_ROLLED_BACK_WITH_RESIDUE: 'rolled-back-with-residue',
  CUTOVER_PARKED: 'parked',
}

function settledBy(error: unknown): Settled {
  const why = error instanceof Error ? error.message : String(error)
  const end = isCutoverError(error) ? ends[error.code] : undefined
  return end === undefined ? { again: true, why } : { end, why }
}

/** The state that fakes watch, as one text. */
const stateOf = (world: FakeWorld): string =>
  JSON.stringify([...world.watched].map(([subject, snapshot]) => [subject, snapshot()]))

/** Listens for changes that the script makes and never hands to `apply`. */
function unapplied(): () => string[] {
  const made = new Map<object, string>()
  const stop = watchMade(
    (id, subject, madeAt) => void made.set(subject, `${id}, made at ${madeAt()}`),
    (subject) => void made.delete(subject),
  )
  return () => {
    stop()
    return [...made.values()]
  }
}

function tellTrace(world: FakeWorld, event: CutoverEvent): void {
  world.events.push(event)
  world.note(`   ${event.text}`)
}

function outlineOf(events: readonly CutoverEvent[]): Outline {
  return events.flatMap((event) =>
    event.kind === 'step-started' ? [{ step: event.step, title: event.title, estimateMs: event.estimateMs }] : [],
  )
}
