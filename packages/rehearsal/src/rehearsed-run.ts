import { CutoverError, type CutoverEvent, type Outline, systemClock } from '@cutover/core'
import { FakeWorld, type FakeWorldOptions } from '@cutover/core/testing'
import { memoryJournal } from '@cutover/rollback'

import { type FaultPlan, isLate } from './fault-plan.ts'
import { ForgottenWatch } from './forgotten.ts'
import { type Finding, judge } from './judge.ts'
import { LateWorld } from './late-world.ts'
import type { RehearseOptions } from './rehearse-options.ts'
import { Runners } from './runners.ts'

/** How one run ended. */
export interface Outcome {
  /** `completed`, `rolled-back`, `rolled-back-with-residue`, `parked`, `interrupted` or `endless`. */
  readonly end: string
  readonly findings: readonly Finding[]
  /** The operations of the effects, by number - 1. */
  readonly operations: readonly string[]
  /** What the watched state was at the end. */
  readonly state: string
  readonly virtualMs: number
  /** By the number of a late write: how many were sent before it was done. */
  readonly overtaken: ReadonlyMap<number, number>
  readonly trace: readonly string[]
  readonly events: readonly CutoverEvent[]
  /** Epoch milliseconds at which the world began. */
  readonly startedAt: number
}

/** What faulted runs are compared with. */
export interface Golden {
  readonly end: string
  readonly state: string
}

/** How long the world goes on after the end, so that what is late or queued comes to rest. */
const restMs = 5 * 60_000
const afterLoadMs = 60_000

/** One run of the code under test in a fresh world, restarted after each crash until it ends. `told`: with trace and events. */
export function rehearsedRun<Parts>(
  options: RehearseOptions<Parts>,
  plan: FaultPlan,
  golden: Golden | undefined,
  told: boolean,
): Promise<Outcome> {
  return alone(() => (told ? run(options, plan, golden, told) : withoutStacks(() => run(options, plan, golden, told))))
}

async function run<Parts>(
  options: RehearseOptions<Parts>,
  plan: FaultPlan,
  golden: Golden | undefined,
  told: boolean,
): Promise<Outcome> {
  const { seed = 1, lateMs = 40_000, invariants = [] } = options
  const faults = new Map(plan.map(({ effect, fault }) => [effect, fault]))
  const world = worldFor({ seed, lateMs, trace: told, faults }, plan)
  const startedAt = world.clock.now()
  const parts = options.world(world)
  const found = stateOf(world)
  const stopLoad = options.load?.(parts, world)
  const kept = memoryJournal({ world, operators: options.operate !== undefined })
  let opened: 'with the clock of the world' | 'with the real clock' | undefined
  const journal: typeof kept = {
    ...kept,
    open(how) {
      opened = how.clock === systemClock ? 'with the real clock' : 'with the clock of the world'
      if (opened === 'with the real clock') return Promise.reject(realClock())
      return kept.open(how)
    },
  }
  options.operate?.(kept, parts, world)
  const onEvent = told ? (event: CutoverEvent): void => tellTrace(world, event) : undefined
  const runners = new Runners(world, journal, () => options.cutover(parts, { journal, clock: world.clock, onEvent }))
  // Only without a fault: a process that dies may have made some that it had no time to apply.
  const watch = golden === undefined ? new ForgottenWatch() : undefined
  const stuck = await runners.runToAnEnd()
  if (opened === 'with the real clock') {
    watch?.stop({ isComplete: false })
    world.end()
    throw realClock()
  }
  const forgotten = watch?.stop({ isComplete: runners.ends[0]?.end === 'completed' }) ?? []
  const ms = Math.max(restMs, lateMs + afterLoadMs)
  await world.advance(ms)
  if (await runners.letAllFinish()) await world.advance(ms)
  stopLoad?.()
  await world.advance(afterLoadMs)
  const state = stateOf(world)
  const { end, why } = runners.ends.at(-1) ?? notToldOf(stuck, opened) ?? { end: 'endless', why: '' }
  const { ends, started } = runners
  const findings = judge({
    world,
    end,
    why,
    ends,
    started,
    found,
    state,
    golden,
    plan,
    forgotten,
    expected: options.end,
  })
  for (const { name, holds } of invariants) {
    const wrong = await askInvariant(() => holds(parts, world))
    if (wrong !== undefined) findings.push({ what: `${name}: ${wrong}`, at: undefined })
  }
  world.end()
  return {
    end,
    findings,
    operations: world.effects.map(({ operation }) => operation),
    state,
    virtualMs: world.clock.monotonic(),
    overtaken: world instanceof LateWorld ? world.overtaken : new Map<number, number>(),
    trace: world.trace ?? [],
    events: world.events,
    startedAt,
  }
}

const spreadRun = 'Spread `...run` into the options of runCutover: { id, ...run }.'

const realClock = (): CutoverError =>
  new CutoverError(
    'REHEARSAL_REAL_CLOCK',
    'the journal of the rehearsal was opened with the real clock: what the rehearsal brings was not handed on',
    { next: spreadRun },
  )

/** Code that hangs, and has never asked for what the rehearsal brings, may wait for the real time. */
const notToldOf = <Stuck extends { readonly end: string; readonly why: string }>(
  stuck: Stuck | undefined,
  opened: string | undefined,
): Stuck | undefined =>
  stuck?.end === 'endless' && opened === undefined
    ? { ...stuck, why: `${stuck.why}. Its journal was never opened: does it wait for the real clock? ${spreadRun}` }
    : stuck

const worldFor = (options: FakeWorldOptions, plan: FaultPlan): FakeWorld =>
  plan.some(({ fault }) => isLate(fault)) ? new LateWorld(options, plan) : new FakeWorld(options)

/** What cannot be judged does not hold. */
async function askInvariant(
  holds: () => Promise<string | undefined> | string | undefined,
): Promise<string | undefined> {
  try {
    return await holds()
  } catch (error) {
    return `it could not be judged: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** The state that fakes watch, as one text. */
const stateOf = (world: FakeWorld): string =>
  JSON.stringify(
    [...world.watched].map(([subject, snapshot]) => [subject, snapshot()]),
    (_key, value: unknown) => {
      // JSON makes `{}` of a Map or Set: any two would be the same.
      if (value instanceof Map || value instanceof Set) return Array.from(value as Iterable<unknown>)
      return typeof value === 'bigint' ? `${value}n` : value
    },
  )

function tellTrace(world: FakeWorld, event: CutoverEvent): void {
  world.events.push(event)
  world.note(`   ${event.text}`)
}

/** The steps of a run, once each. */
export function outlineOf(events: readonly CutoverEvent[]): Outline {
  const steps = events.flatMap((event) =>
    event.kind === 'step-started' ? [{ step: event.step, title: event.title, estimateMs: event.estimateMs }] : [],
  )
  return [...new Map(steps.map((step) => [step.step, step])).values()]
}

/** Errors are part of the game, and nobody looks where they come from: a sixth of the time. */
async function withoutStacks<T>(work: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return await work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

let last: Promise<void> = Promise.resolve()

/** One run at a time in this process: who has made a change is not told, so two would be taken for one. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const before = last
  const { promise, resolve } = Promise.withResolvers<void>()
  last = promise
  await before
  try {
    return await work()
  } finally {
    resolve()
  }
}
