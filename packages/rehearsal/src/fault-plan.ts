import { CutoverError } from '@cutover/core'
import { everyFault, type Fault } from '@cutover/core/testing'

export interface PlannedFault {
  /** The number of the write, from 1. */
  readonly effect: number
  readonly fault: Fault
  /** Of a late one: it is done right before the write of this number, if that is sent earlier than it would be done anyway. */
  readonly before?: number | undefined
}

/** Which numbered effect meets which fault. */
export type FaultPlan = readonly PlannedFault[]

/** `12:reply-lost+18:crash`, `7:late@9`: what a violation carries, and `replay` takes. */
export const replayId = (plan: FaultPlan): string =>
  plan.map(({ effect, fault, before }) => `${effect}:${fault}${before === undefined ? '' : `@${before}`}`).join('+') ||
  noFault

const noFault = 'no fault'

/** @throws CutoverError `REHEARSAL_REPLAY_INVALID` for anything that is not a replay id. */
export function parseReplayId(id: string): FaultPlan {
  if (id === noFault) return []
  let last = 0
  return id.split('+').map((part) => {
    const [, number, name, boundary] = /^([1-9]\d{0,8}):([a-z-]+)(?:@([1-9]\d{0,8}))?$/.exec(part) ?? []
    const fault = everyFault.find((known) => known === name)
    const effect = Number(number)
    const before = boundary === undefined ? undefined : Number(boundary)
    const isWrong =
      fault === undefined || effect <= last || (before !== undefined && (!isLate(fault) || before <= effect))
    if (isWrong)
      throw invalidReplay(id, "wanted 'no fault', or numbers that rise: '12:reply-lost+18:crash', '7:late@9'")
    last = effect
    return before === undefined ? { effect, fault } : { effect, fault, before }
  })
}

export const invalidReplay = (id: string, why: string): CutoverError =>
  new CutoverError('REHEARSAL_REPLAY_INVALID', `replay is ${JSON.stringify(id)}; ${why}`)

/** All but these pass: one of them alone must not change how a cutover ends. */
const lasting: ReadonlySet<Fault> = new Set<Fault>(['refused-for-ever'])

/** A journal that can never be written again is the end of every cutover, and says so: nothing to learn there. */
export const canMeet = (operation: string, fault: Fault): boolean => isTransient(fault) || !isOfJournal(operation)

export const isOfJournal = (operation: string): boolean => operation.startsWith('journal.')

export const isTransient = (fault: Fault): boolean => !lasting.has(fault)

/** What is sent is done later, while others go on. */
export const isLate = (fault: Fault): boolean => fault === 'late' || fault === 'crash-late'
