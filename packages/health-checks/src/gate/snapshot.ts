import { CutoverError, sameJson } from '@cutover/core'

import type { HealthErrorCode } from '../health-error.ts'
import { createJudge, type GateRules, type Judge, type Look } from './judge.ts'
import type { Verdict } from './verdict.ts'

/** All that a gate knows: its rules and what every look brought. JSON; grows by a row per interval, up to the horizon. */
export interface GateSnapshot {
  readonly version: 1
  readonly rules: GateRules
  readonly looks: readonly Look[]
}

/**
 * Judges a snapshot's looks again, one verdict for each: what a gate said can be checked by anybody, later and elsewhere.
 *
 * @throws CutoverError `HEALTH_SNAPSHOT_INVALID` for what is no snapshot of this version.
 */
export function replayGate(snapshot: GateSnapshot): readonly Verdict[] {
  checkSnapshot(snapshot)
  const judge = createJudge(snapshot.rules)
  return snapshot.looks.map((look) => judge.look(look))
}

/** A judge that knows what the snapshot knows. */
export function resumeJudge(snapshot: GateSnapshot): Judge {
  checkSnapshot(snapshot)
  const judge = createJudge(snapshot.rules)
  for (const look of snapshot.looks) judge.look(look)
  return judge
}

function checkSnapshot(snapshot: GateSnapshot): void {
  const { version, rules, looks } = Object(snapshot) as Partial<GateSnapshot>
  if (version !== 1) refuse(`version is ${String(version)}; wanted 1`)
  if (!rules?.metrics || !looks) return refuse('rules or looks are missing')
  const width = rules.metrics.length
  for (const { metrics } of looks)
    if (metrics.length !== width) refuse(`a look has ${metrics.length} metrics; wanted ${width}`)
}

/** Rules are fixed before the start: a gate does not go on by others. */
export function checkSameRules(snapshot: GateSnapshot, asked: object): void {
  const { rules } = snapshot
  for (const [name, value] of Object.entries(asked)) {
    const found = (rules as unknown as Readonly<Record<string, unknown>>)[name]
    if (!sameJson(found, value))
      refuse(
        `${name} is ${JSON.stringify(found)} in it and ${JSON.stringify(value)} in the options; they are fixed before the start`,
      )
  }
}

function refuse(problem: string): never {
  const code: HealthErrorCode = 'HEALTH_SNAPSHOT_INVALID'
  throw new CutoverError(code, `snapshot: ${problem}`, { next: 'Make a new gate, with since where this one began.' })
}
