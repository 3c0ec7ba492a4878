import type { FakeWorld } from '@cutover/core/testing'

import { type FaultPlan, isOfJournal, isTransient } from './fault-plan.ts'
import type { ExpectedEnd } from './rehearse-options.ts'
import type { Golden } from './rehearsed-run.ts'
import type { End } from './runners.ts'

/** Something that must never be, and from when until when it was so (milliseconds since the run began). */
export interface Finding {
  readonly what: string
  readonly at: number | undefined
  readonly endedAt?: number | undefined
}

export interface Judged {
  readonly world: FakeWorld
  readonly end: string
  readonly why: string
  /** Every process that came to an end, and how many there were. */
  readonly ends: readonly End[]
  readonly started: number
  /** The watched state before, and at the end. */
  readonly found: string
  readonly state: string
  readonly golden: Golden | undefined
  readonly plan: FaultPlan
  readonly forgotten: readonly string[]
  /** How it must end without a fault. */
  readonly expected: ExpectedEnd | undefined
}

/** Safety: nothing lost, nobody unanswered, the source as found or the target complete. Liveness: one passing fault changes no end. */
export function judge(judged: Judged): Finding[] {
  return [
    ...ofState(judged),
    ...ofLiveness(judged),
    ...ofWhatClientsWereTold(judged),
    ...ofListeners(judged.world),
    ...judged.forgotten.map((what) => finding(`a change was made but never applied: ${what}`)),
    ...(judged.golden ? [] : [...ofTheEnd(judged), ...ofTheRehearsal(judged)]),
  ]
}

const finding = (what: string, at?: number): Finding => ({ what, at })

function ofState({ end, why, ends, started, state, found, golden }: Judged): Finding[] {
  if (end === 'endless') return [finding(`it never ends: ${why}`)]
  if (end === 'interrupted') {
    return [
      finding(`it never ends: run ${started} times, it was interrupted every time, at last by: ${firstLine(why)}`),
    ]
  }
  const other = ends.find((one) => one.end !== end)
  if (other) {
    const last = ends.at(-1)
    return [finding(`two processes came to two ends: ${other.process} ${other.end}, ${last?.process} ${end}`)]
  }
  if (end === 'rolled-back' && state !== found)
    return [finding(`rolled back, but not as found: ${difference(found, state)}`)]
  if (end === 'completed' && golden?.end === 'completed' && state !== golden.state)
    return [finding(`completed, but not as intended: ${difference(golden.state, state)}`)]
  return []
}

function ofLiveness({ end, why, golden, plan }: Judged): Finding[] {
  const [only] = plan
  if (!golden || plan.length !== 1 || !only || !isTransient(only.fault) || end === golden.end || !hasEnded(end))
    return []
  const because = why.split('\n').slice(0, 2).join(' ')
  return [
    finding(`one passing fault changed the end from ${golden.end} to ${end}${because === '' ? '' : `: ${because}`}`),
  ]
}

function ofWhatClientsWereTold({ end, world: { observed, waiting } }: Judged): Finding[] {
  const findings: Finding[] = []
  const accepted = new Map<string, number>()
  const handled = new Map<string, string>()
  for (const observation of observed) {
    const { kind, at } = observation
    if (kind === 'answered' && observation.by === undefined) {
      const { client, name, why } = observation
      findings.push(finding(`${client} asked ${name} and nobody answered${why ? ` (${why})` : ''}`, at))
    } else if (kind === 'accepted') accepted.set(observation.what, at)
    else if (kind === 'handled') {
      const { what } = observation
      const by = handled.get(what)
      if (by !== undefined && by !== observation.by)
        findings.push(finding(`${what} was handled by ${by} and by ${observation.by}`, at))
      handled.set(what, observation.by)
    }
  }
  // A cutover that waits for a person may leave work waiting; one that has ended may not.
  const held = new Set(isSettled(end) ? [] : [...waiting.values()].flatMap((ids) => Array.from(ids())))
  const lost = [...accepted].filter(([what]) => !handled.has(what) && !held.has(what))
  if (lost.length > 0) {
    const some = lost.slice(0, 3).map(([what]) => what)
    findings.push(finding(`${lost.length} accepted but never handled: ${some.join(', ')}`, lost[0]?.[1]))
  }
  return findings.slice(0, 5)
}

function ofListeners({ observed }: FakeWorld): Finding[] {
  const listening = new Map<string, Set<string>>()
  for (const [i, observation] of observed.entries()) {
    if (observation.kind !== 'listening') continue
    const { source, side, on, at } = observation
    const sides = listening.get(source) ?? new Set()
    listening.set(source, sides)
    if (on) sides.add(side)
    else sides.delete(side)
    if (sides.size < 2) continue
    const ended = observed.slice(i).find((later) => later.kind === 'listening' && later.source === source && !later.on)
    return [{ ...finding(`${[...sides].join(' and ')} listened to ${source} at once`, at), endedAt: ended?.at }]
  }
  return []
}

/** A golden run that stops for a person has rehearsed only what comes before. */
function ofTheEnd({ end, why, expected }: Judged): Finding[] {
  const isExpected = expected === undefined ? end === 'completed' || end === 'rolled-back' : end === expected
  if (isExpected || !hasEnded(end)) return []
  const because = why === '' ? '' : `: ${why.split('\n').slice(0, 2).join(' ')}`
  const wanted = expected === undefined ? `is that meant? Then say so: end: '${end}'` : `wanted ${expected}`
  return [finding(`it ended ${end} without any fault${because}; ${wanted}`)]
}

/** A rehearsal that can find nothing must not look like one that found nothing. */
function ofTheRehearsal({ world: { effects, watched } }: Judged): Finding[] {
  if (!effects.some(({ operation }) => !isOfJournal(operation)))
    return [finding('nothing was written that could fail: do the fakes share the world that `world` is given?')]
  if (watched.size === 0)
    return [finding('no fake tells its state to `world.watch`, so whether it is as found cannot be judged')]
  return []
}

const hasEnded = (end: string): boolean => end !== 'endless' && end !== 'interrupted'
const isSettled = (end: string): boolean => hasEnded(end) && end !== 'parked'

const firstLine = (text: string): string => text.split('\n')[0] ?? ''

/** The watched subjects that differ. */
function difference(wanted: string, found: string): string {
  const before = new Map(JSON.parse(wanted) as [string, unknown][])
  const after = new Map(JSON.parse(found) as [string, unknown][])
  return [...new Set([...after.keys(), ...before.keys()])]
    .map((subject) => [subject, JSON.stringify(after.get(subject)), JSON.stringify(before.get(subject))] as const)
    .filter(([, is, was]) => is !== was)
    .map(([subject, is, was]) => `${subject} is ${is}, wanted ${was}`)
    .join('; ')
}
