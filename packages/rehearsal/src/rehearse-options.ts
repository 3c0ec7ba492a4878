import { CutoverError } from '@cutover/core'
import { everyFault, type Fault, type FakeWorld } from '@cutover/core/testing'
import type { Journal, RunOptions } from '@cutover/rollback'

import { parseReplayId } from './fault-plan.ts'

/** Something that must hold at the end of every run; answers what is wrong. */
export interface Invariant<Parts> {
  readonly name: string
  holds(parts: Parts, world: FakeWorld): Promise<string | undefined> | string | undefined
}

export type ExpectedEnd = 'completed' | 'rolled-back' | 'rolled-back-with-residue' | 'parked'

export interface RehearseOptions<Parts> {
  /** Builds one fresh world; called once per run. Write it first: the types of the others follow from it. */
  world(world: FakeWorld): Parts
  /** Your own code, unchanged. Called again after each simulated crash, with the same parts and journal. */
  cutover(parts: NoInfer<Parts>, run: RunOptions): Promise<unknown>
  /** Starts clients that use the workload meanwhile, with `world.repeat`; answers how to stop them. */
  load?(parts: NoInfer<Parts>, world: FakeWorld): () => void
  /** Operators in other processes: given the journal, they send what they want of it at times of the world (`world.later`, `world.repeat`). */
  operate?(journal: Journal, parts: NoInfer<Parts>, world: FakeWorld): void
  readonly invariants?: readonly Invariant<NoInfer<Parts>>[] | undefined
  /** How it must end without a fault. @default 'completed' or 'rolled-back': whichever it does */
  readonly end?: ExpectedEnd | undefined
  /** @default every fault */
  readonly faults?: readonly Fault[] | undefined
  /** 1: every effect meets every fault. 2: and every later effect of that run a second one. @default 1 */
  readonly depth?: 1 | 2 | undefined
  /** How many pairs are tried at depth 2, spread evenly and chosen by `seed`. @default 2_000 */
  readonly pairs?: number | 'all' | undefined
  /** @default 1 */
  readonly seed?: number | undefined
  /** How late a late effect is, in milliseconds; within the `lateMs` that your changes declare. @default 40_000 */
  readonly lateMs?: number | undefined
  /** Runs only this one, with a trace: the id that a violation carries. */
  readonly replay?: string | undefined
  /** Told now and then how many plans of faults are done, of how many that are known of. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const everyEnd: readonly unknown[] = [
  'completed',
  'rolled-back',
  'rolled-back-with-residue',
  'parked',
] satisfies ExpectedEnd[]
const isFunction = (value: unknown): boolean => typeof value === 'function'
const isFrom =
  (least: number) =>
  (value: unknown): boolean =>
    Number.isFinite(value) && (value as number) >= least
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isFault = (value: unknown): boolean => (everyFault as readonly unknown[]).includes(value)

const isInvariant = (value: Partial<Invariant<never>> | null | undefined): boolean =>
  typeof value?.name === 'string' && isFunction(value.holds)

/** What each option must be. Also the list of those that there are. */
const wanted: Readonly<Record<keyof RehearseOptions<unknown>, readonly [(value: unknown) => boolean, string]>> = {
  world: [isFunction, 'a function that builds the fakes'],
  cutover: [isFunction, 'a function that runs your code'],
  load: [isFunction, 'a function that starts clients'],
  operate: [isFunction, 'a function that sends requests'],
  invariants: [(value) => Array.isArray(value) && value.every(isInvariant), 'a list of { name, holds }'],
  end: [(value) => everyEnd.includes(value), `one of ${everyEnd.join(', ')}`],
  faults: [
    (value) => Array.isArray(value) && value.length > 0 && value.every(isFault) && new Set(value).size === value.length,
    `a list of different ones of ${everyFault.join(', ')}`,
  ],
  depth: [(value) => value === 1 || value === 2, '1 or 2'],
  pairs: [(value) => value === 'all' || isCount(value), "a whole number from 0, or 'all'"],
  seed: [isFrom(Number.NEGATIVE_INFINITY), 'a number'],
  lateMs: [isFrom(0), 'milliseconds from 0'],
  replay: [(value) => typeof value === 'string', 'the replay id of a violation'],
  onProgress: [isFunction, 'a function'],
}

/** @throws CutoverError `REHEARSAL_OPTIONS_INVALID`, or `REHEARSAL_REPLAY_INVALID`, before anything runs. */
export function assertOptions(options: object): void {
  const given = options as Readonly<Record<string, unknown>>
  const unknown = Object.keys(given).find((field) => !Object.hasOwn(wanted, field))
  if (unknown !== undefined)
    throw invalid(`there is no option ${unknown}; wanted one of ${Object.keys(wanted).join(', ')}`)
  for (const [field, [holds, text]] of Object.entries(wanted)) {
    const came = given[field]
    const mayBeMissing = field !== 'world' && field !== 'cutover'
    if (came === undefined && mayBeMissing) continue
    if (!holds(came)) throw invalid(`${field} is ${shown(came)}; wanted ${text}`)
  }
  const { replay } = given
  if (typeof replay === 'string') parseReplayId(replay)
}

const invalid = (message: string): CutoverError => new CutoverError('REHEARSAL_OPTIONS_INVALID', message)

function shown(value: unknown): string {
  if (typeof value === 'function' || (typeof value === 'number' && !Number.isFinite(value))) return String(value)
  return JSON.stringify(value) ?? String(value)
}
