import { isCutoverError } from '@cutover/core'

import type { AnyRecordSet, Found } from '../dns-zone.ts'
import { describeRecordSet, sameValues } from '../record-set.ts'
import { controllerOf } from './controller.ts'
import type { Observer, Watched } from './follow.ts'
import type { AnswerState, Observation, Reverted } from './observation.ts'

/** What the authority has. */
interface AuthorityLook {
  readonly state: AnswerState
  readonly ttlSeconds?: number | undefined
}

export interface AuthorityObserver {
  /** Tells what it sees when that is another state than before. */
  look(): Promise<AuthorityLook>
  /** Looks again until that state; answers what was seen last before it. */
  untilIs(state: AnswerState, everyMs: () => number, signal: AbortSignal): Promise<AuthorityLook>
  untilNot(state: AnswerState, everyMs: number, signal: AbortSignal): Promise<void>
}

/** Looks at the zone itself, and sees when somebody takes the move back. */
export function lookAtAuthority(watched: Watched, { clock, signal, tell }: Observer): AuthorityObserver {
  const { zone, name, type } = watched.record
  let last: (AuthorityLook & Pick<Observation, 'values' | 'flippedAt'>) | undefined
  /** When it was last seen to have the new answer. */
  let newAt: number | undefined
  let looking: Promise<AuthorityLook> = Promise.resolve({ state: 'timeout' })

  async function look(): Promise<AuthorityLook> {
    let found: Found | undefined
    let why: string | undefined
    try {
      found = await zone.find(name, type, { signal })
    } catch (error) {
      signal.throwIfAborted()
      // Missing permissions and the like do not go away by asking again.
      if (!isCutoverError(error) || !error.retryable) throw error
      why = error.message
    }
    const at = clock.now()
    const { state, values } =
      why === undefined ? judged(watched, found?.set) : { state: 'timeout' as const, values: [] }
    // No answer says nothing of what it has.
    const isBack = newAt !== undefined && state !== 'new' && state !== 'timeout'
    const reverted = isBack ? await revertedAt(at) : undefined
    if (state === 'new') newAt = at
    const isNews = last === undefined || last.state !== state || !sameValues(last.values, values)
    const flippedAt = state === 'new' ? (last?.flippedAt ?? at) : state === 'timeout' ? last?.flippedAt : undefined
    last = { state, values, ttlSeconds: ttlOf(found?.set) ?? last?.ttlSeconds, flippedAt }
    if (isNews) {
      const text = inWords(name, state, found?.set, { why, reverted })
      await tell({
        resolver: 'authority',
        state,
        at,
        values,
        ...(flippedAt !== undefined && { flippedAt }),
        ...(reverted && { reverted }),
        text,
      })
    }
    return last
  }

  async function revertedAt(at: number): Promise<Reverted> {
    const after = newAt ?? at
    newAt = undefined
    const by = await controllerOf(watched.record, signal)
    return { after, before: at, ...(by !== undefined && { by }) }
  }

  /** One look at a time: two at once would tell things in the wrong order. */
  const inTurn = (): Promise<AuthorityLook> => (looking = looking.then(look, look))

  return {
    look: inTurn,
    async untilIs(state, everyMs, until) {
      for (let before = last ?? (await inTurn()); ;) {
        await clock.sleep(everyMs(), { signal: until })
        const now = await inTurn()
        if (now.state === state) return before
        before = now
      }
    },
    async untilNot(state, everyMs, until) {
      for (;;) {
        await clock.sleep(everyMs, { signal: until })
        const now = await inTurn()
        if (now.state !== state && now.state !== 'timeout') return
      }
    },
  }
}

/** All that is served counts: a weighted set that serves both answers is neither. */
function judged({ to, from }: Watched, set: AnyRecordSet | undefined): Pick<Observation, 'state' | 'values'> {
  if (set === undefined) return { state: 'nxdomain', values: [] }
  const values = servedValues(set)
  if (values === undefined) return { state: 'other', values: [] }
  if (sameValues(values, to)) return { state: 'new', values }
  return { state: from === undefined || sameValues(values, from) ? 'old' : 'other', values }
}

function servedValues(set: AnyRecordSet): readonly string[] | undefined {
  if (set.kind === undefined) return set.values
  if (set.kind !== 'weighted') return undefined
  const served = set.members.filter(({ weight }) => weight > 0).map(({ values = [] }) => values)
  return [...new Set((served.length > 0 ? served : set.members.map(({ values = [] }) => values)).flat())].sort()
}

function ttlOf(set: AnyRecordSet | undefined): number | undefined {
  if (set?.kind === 'weighted') {
    return Math.max(...set.members.map(({ ttlSeconds = 0 }) => ttlSeconds))
  }
  return set === undefined || set.kind === 'opaque' ? undefined : set.ttlSeconds
}

function inWords(
  name: string,
  state: AnswerState,
  set: AnyRecordSet | undefined,
  { why, reverted }: { readonly why?: string | undefined; readonly reverted?: Reverted | undefined },
): string {
  if (why !== undefined) return `the zone does not answer: ${why}`
  const now = `the zone has ${describeRecordSet(set)}`
  if (reverted) {
    const who = reverted.by === undefined ? 'somebody, who leaves no mark in the zone,' : reverted.by
    return `${who} took ${name} back: ${now}`
  }
  return state === 'new' ? `${now}: switched` : now
}
