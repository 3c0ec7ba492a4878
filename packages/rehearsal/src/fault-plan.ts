import { CutoverError } from '@cutover/core'
import { everyFault, type Fault } from '@cutover/core/testing'

/** Which numbered effect meets which fault. */
export type FaultPlan = readonly { readonly effect: number; readonly fault: Fault }[]

/** `12:reply-lost+18:crash`: what a violation carries, and `replay` takes. */
export const replayId = (plan: FaultPlan): string =>
  plan.map(({ effect, fault }) => `${effect}:${fault}`).join('+') || 'no fault'

/** @throws CutoverError `REHEARSAL_REPLAY_INVALID` for anything that is not a replay id. */
export function parseReplayId(id: string): FaultPlan {
  if (id === 'no fault') return []
  return id.split('+').map((part) => {
    const match = /^(\d+):([a-z-]+)$/.exec(part)
    const fault = everyFault.find((known) => known === match?.[2])
    if (!match || !fault) {
      throw new CutoverError(
        'REHEARSAL_REPLAY_INVALID',
        `replay is ${JSON.stringify(id)}; wanted e.g. '12:reply-lost+18:crash'`,
      )
    }
    return { effect: Number(match[1]), fault }
  })
}

/** All but these pass: one of them alone must not change how a cutover ends. */
const lasting: ReadonlySet<Fault> = new Set<Fault>(['refused-for-ever'])

/** A journal that can never be written again is the end of every cutover, and says so: nothing to learn there. */
export const canMeet = (operation: string, fault: Fault): boolean =>
  isTransient(fault) || !operation.startsWith('journal.')

export const isTransient = (fault: Fault): boolean => !lasting.has(fault)
