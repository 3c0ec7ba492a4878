import type { ChangeSpec, Context, Revertible } from '@cutover/core'

import type { StepHistory } from './history.ts'
import { offer } from './offer.ts'
import type { Run } from './run.ts'
import { because, isFenced, patiently } from './standing.ts'

/** How long an answer counts, in milliseconds: several steps in a row ask once. */
const freshMs = 30_000

/** Could it be undone now? What cannot be looked at counts as not, since nobody knows. */
export async function revertibleNow(
  run: Run,
  change: ChangeSpec,
  before: unknown,
  context: Context,
): Promise<Revertible | undefined> {
  if (!change.revertible) return undefined
  try {
    return await patiently(run, context, async () => change.revertible?.(before, context) ?? notThere)
  } catch (error) {
    if (context.signal.aborted || isFenced(error)) throw error
    return { now: false, because: `whether it could be undone could not be seen: ${because(error)}` }
  }
}

const notThere: Promise<Revertible> = Promise.resolve({ now: true, because: 'it says nothing else' })

/**
 * Before anything more is applied: what is applied must be possible to undo, and so must this. Otherwise a person accepts it by
 * name, or it goes back, as far as that is possible.
 */
export async function refuseWithoutWayBack(run: Run, step: string, change: ChangeSpec, before: unknown): Promise<void> {
  if (run.history.noReturn !== undefined) return
  const context = run.context(step, run.waits.signal)
  const applied = run.history.toUndo().flatMap((known) => {
    const constructed = run.constructed.get(known.step)
    return constructed ? [{ known, change: constructed.change, before: known.before }] : []
  })
  for (const each of [...applied, { known: undefined, change, before }]) {
    const name = each.known?.step ?? step
    if (!each.change.revertible || run.history.accepted.has(`@way-back/${name}`) || isFresh(run, name)) continue
    const answer = await revertibleNow(run, each.change, each.before, context)
    if (answer === undefined || answer.now) {
      run.revertibleAt.set(name, run.clock.monotonic())
      continue
    }
    await run.park(`@way-back/${name}`, {
      code: 'CUTOVER_NO_WAY_BACK',
      question: `${placeOf(each.known)}${each.change.title}: ${each.known ? 'could not be undone now' : 'could not be undone'}: ${answer.because}`,
      look: each.change.byHand?.(each.before).look ?? [],
      answers: [offer('again'), offer('accept'), offer('roll-back')],
    })
  }
}

const isFresh = (run: Run, step: string): boolean =>
  run.clock.monotonic() - (run.revertibleAt.get(step) ?? Number.NEGATIVE_INFINITY) < freshMs

const placeOf = (known: StepHistory | undefined): string => (known ? `step ${known.number}, ` : '')
