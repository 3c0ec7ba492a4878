import type { FakeWorld } from '@cutover/core/testing'

import { type FaultPlan, isTransient } from './fault-plan.ts'
import type { Golden } from './rehearsed-run.ts'

/** Something that must never be, and when it was first so (milliseconds since the run began). */
export interface Finding {
  readonly what: string
  readonly at: number | undefined
}

export interface Judged {
  readonly world: FakeWorld
  readonly end: string
  readonly why: string
  /** The watched state before, and at the end. */
  readonly found: string
  readonly state: string
  readonly golden: Golden | undefined
  readonly plan: FaultPlan
  readonly forgotten: readonly string[]
}

/** Safety: nothing lost, nobody unanswered, the source as found or the target complete. Liveness: one passing fault changes no end. */
export function judge(judged: Judged): Finding[] {
  return [
    ...ofState(judged),
    ...ofLiveness(judged),
    ...ofWhatClientsWereTold(judged),
    ...ofListeners(judged.world),
    ...ofForgotten(judged),
  ]
}

function ofState({ end, why, state, found, golden }: Judged): Finding[] {
  if (end === 'endless') return [{ what: `it never ends: ${why}`, at: undefined }]
  if (end === 'rolled-back' && state !== found)
    return [{ what: `rolled back, but not as found: ${difference(found, state)}`, at: undefined }]
  if (end === 'completed' && golden?.end === 'completed' && state !== golden.state) {
    return [{ what: `completed, but not as intended: ${difference(golden.state, state)}`, at: undefined }]
  }
  return []
}

function ofLiveness({ end, why, golden, plan }: Judged): Finding[] {
  const [only] = plan
  if (!golden || plan.length !== 1 || !only || !isTransient(only.fault) || end === golden.end || end === 'endless')
    return []
  return [
    {
      what: `one passing fault changed the end from ${golden.end} to ${end}: ${why.split('\n').slice(0, 2).join(' ')}`,
      at: undefined,
    },
  ]
}

function ofWhatClientsWereTold({ end, world: { observed, waiting } }: Judged): Finding[] {
  const findings: Finding[] = []
  const accepted = new Map<string, number>()
  const handled = new Map<string, string>()
  for (const observation of observed) {
    if (observation.kind === 'answered' && observation.by === undefined) {
      findings.push({
        what: `${observation.client} asked ${observation.name} and nobody answered${observation.why ? ` (${observation.why})` : ''}`,
        at: observation.at,
      })
    }
    if (observation.kind === 'accepted') accepted.set(observation.what, observation.at)
    if (observation.kind === 'handled') {
      accepted.delete(observation.what)
      const by = handled.get(observation.what)
      if (by !== undefined && by !== observation.by)
        findings.push({ what: `${observation.what} was handled by ${by} and by ${observation.by}`, at: observation.at })
      handled.set(observation.what, observation.by)
    }
  }
  // A cutover that waits for a person may leave work waiting; one that has ended may not.
  const held = new Set(end === 'parked' ? [...waiting.values()].flatMap((ids) => [...ids()]) : [])
  const lost = [...accepted].filter(([what]) => !handled.has(what) && !held.has(what))
  if (lost.length > 0)
    findings.push({
      what: `${lost.length} accepted but never handled: ${lost
        .slice(0, 3)
        .map(([what]) => what)
        .join(', ')}`,
      at: lost[0]?.[1],
    })
  return findings.slice(0, 5)
}

function ofListeners({ observed }: FakeWorld): Finding[] {
  const listening = new Map<string, Set<string>>()
  for (const observation of observed) {
    if (observation.kind !== 'listening') continue
    const { source, side, on, at } = observation
    const sides = listening.get(source) ?? new Set()
    listening.set(source, sides)
    if (on) sides.add(side)
    else sides.delete(side)
    if (sides.size > 1) return [{ what: `${[...sides].join(' and ')} listened to ${source} at once`, at }]
  }
  return []
}

const ofForgotten = ({ forgotten }: Judged): Finding[] =>
  forgotten.map((what) => ({ what: `a change was made but never applied: ${what}`, at: undefined }))

/** The watched subjects that differ. */
function difference(wanted: string, found: string): string {
  const before = new Map(JSON.parse(wanted) as [string, unknown][])
  const after = JSON.parse(found) as [string, unknown][]
  return after
    .filter(([subject, state]) => JSON.stringify(state) !== JSON.stringify(before.get(subject)))
    .map(([subject, state]) => `${subject} is ${JSON.stringify(state)}, wanted ${JSON.stringify(before.get(subject))}`)
    .join('; ')
}
