import { type Answer, formatDuration } from '@cutover/core'

import { between } from '../gate/evidence.ts'
import type { Verdict } from '../gate/verdict.ts'
import type { LoadedSide, SideLoad } from './loaded-side.ts'

/** JSON. */
export interface LoadEvidence {
  /**
   * `held`: budget and gate. `budget`: the target broke it. `worse`: the gate. `undecided`: the gate could not tell. `source`: it broke
   * the budget itself, and is no reference. `unreachable`: most bad ones had no word of the target. `own-machine`: requests were
   * sent too late to judge by. `low-traffic`: too few answers of the source to measure it. `no-rate`: its counts tell none.
   */
  readonly reason:
    | 'held'
    | 'budget'
    | 'worse'
    | 'undecided'
    | 'source'
    | 'unreachable'
    | 'own-machine'
    | 'low-traffic'
    | 'no-rate'
  readonly ratePerSecond?: number | undefined
  /** Requests to the target. */
  readonly planned?: number | undefined
  readonly ranMs?: number | undefined
  /** Which share of the requests was sent over 100 ms too late, and the latest. */
  readonly sentLate?: { readonly share: number; readonly maxMs: number } | undefined
  readonly slowerThanMs?: number | undefined
  readonly source?: SideLoad | undefined
  readonly target?: SideLoad | undefined
  readonly verdict?: Verdict | undefined
}

/** A p95 of fewer answers is a guess. */
export const atLeast = 40
/** From here on a request was sent too late. */
export const lateMs = 100
/** With more of them this machine has measured itself. */
const lateShare = 0.01

/** What a run has seen, before it is judged. */
export interface LoadSeen {
  /** Why it ended before its time. */
  readonly stopped: LoadEvidence['reason'] | undefined
  readonly source: LoadedSide
  readonly target: LoadedSide
  readonly planned: { readonly source: number; readonly target: number }
  readonly evidence: Omit<LoadEvidence, 'reason'> & {
    readonly sentLate: { readonly share: number; readonly maxMs: number }
  }
}

export const unsure = (
  reason: LoadEvidence['reason'],
  text: string,
  evidence: Omit<LoadEvidence, 'reason'> = {},
): Answer<LoadEvidence> => ({ status: 'undecided', text, evidence: { reason, ...evidence } })

/** The first of these that is so: own machine, too little traffic, source, target's budget, gate. */
export async function judgeLoad(
  { stopped, source, target, planned, evidence }: LoadSeen,
  look: () => Promise<Verdict>,
): Promise<Answer<LoadEvidence>> {
  const { sentLate } = evidence
  if (sentLate.share > lateShare)
    return unsure(
      'own-machine',
      `this machine sent ${Math.ceil(sentLate.share * 100)} of 100 requests over ${lateMs} ms too late, the latest by ${formatDuration(sentLate.maxMs)}`,
      evidence,
    )
  if (stopped === 'low-traffic')
    return unsure(
      'low-traffic',
      `fewer than ${atLeast} answers of the source in the warmup: no p95 to compare with`,
      evidence,
    )
  const of = (side: LoadedSide, all: number): string | undefined =>
    side.budget.broken(all) ?? (stopped ? undefined : side.budget.broken('ended'))
  const [ofSource, ofTarget] = [of(source, planned.source), of(target, planned.target)]
  if (ofSource !== undefined)
    return unsure('source', `the source is no reference, its budget is spent: ${ofSource}${saidBy(source)}`, evidence)
  if (ofTarget !== undefined) {
    const text = `the target's budget is spent: ${ofTarget}${saidBy(target)}`
    if (target.unreachableShare > 0.5) return unsure('unreachable', text, evidence)
    return { status: 'fail', text, evidence: { reason: 'budget', ...evidence } }
  }
  const verdict = await look()
  const told = { ...evidence, verdict }
  if (verdict.kind === 'rollback') return { status: 'fail', text: verdict.text, evidence: { reason: 'worse', ...told } }
  if (verdict.kind !== 'promote') {
    const why = verdict.kind === 'undecided' ? `${verdict.reason}: ` : ''
    return unsure('undecided', `the budget holds; ${why}${verdict.text}`, told)
  }
  // The gate's own sentence is of the metric with the most evidence; two sides without an error have a ratio of anything.
  const slow = verdict.evidence.find(({ metric }) => metric === 'slow answers')
  const rate = Number(told.ratePerSecond?.toPrecision(3))
  const p95s = `p95 ${told.target?.p95Ms} ms, the source's ${told.source?.p95Ms} ms`
  const text = `as good as the source: ${told.target?.sent} requests at ${rate} a second, ${p95s}; slow answers: ${between(slow?.ratio ?? verdict.ratio)}`
  return { status: 'pass', text, evidence: { reason: 'held', ...told } }
}

function saidBy(side: LoadedSide): string {
  const { firstBad } = side.summary()
  return firstBad === undefined ? '' : `; the first: ${firstBad}`
}
