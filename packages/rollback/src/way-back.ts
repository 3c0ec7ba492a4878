import type { ChangeSpec, Context, Revertible } from '@cutover/core'

import { offer } from './offer.ts'
import type { Run } from './run.ts'
import { because, isFenced, patiently } from './standing.ts'
import { within } from './within.ts'

/** How long an answer counts, in milliseconds: several steps in a row ask once. */
const freshMs = 30_000
/** How long one look may take, in milliseconds. */
const lookMs = 60_000

/** Could it be undone now? What cannot be looked at counts as not, since nobody knows. */
export async function revertibleNow(
  run: Run,
  change: ChangeSpec,
  before: unknown,
  context: Context,
): Promise<Revertible | undefined> {
  if (!change.revertible) return undefined
  const { clock, signal } = context
  try {
    return await patiently(run, context, () =>
      within(clock, lookMs, signal, async (inTime) => change.revertible?.(before, { ...context, signal: inTime })),
    )
  } catch (error) {
    if (signal.aborted || isFenced(error)) throw error
    return { now: false, because: `whether it could be undone could not be seen: ${because(error)}` }
  }
}

/**
 * Before anything more is applied: what is applied must be possible to undo, and so must this. Otherwise a person accepts it by
 * name, or it goes back, as far as that is possible.
 */
export async function refuseWithoutWayBack(run: Run, step: string, change: ChangeSpec, before: unknown): Promise<void> {
  if (run.history.noReturn !== undefined) return
  for (const each of [...appliedBefore(run), { step, number: undefined, change, before }]) {
    const name = `@way-back/${each.step}`
    if (run.history.accepted.has(name) || isFresh(run, each.step)) continue
    const answer = await revertibleNow(run, each.change, each.before, run.context(each.step, run.waits.signal))
    if (answer === undefined || answer.now) {
      run.revertibleAt.set(each.step, run.clock.monotonic())
      continue
    }
    const place = each.number === undefined ? '' : `step ${each.number}, `
    const how = each.number === undefined ? 'could not be undone' : 'could not be undone now'
    await run.park(name, {
      code: 'CUTOVER_NO_WAY_BACK',
      question: `${place}${each.change.title}: ${how}: ${answer.because}`,
      look: each.change.byHand?.(each.before).look ?? [],
      answers: [offer('again'), offer('accept'), offer('roll-back')],
    })
  }
}

interface Applied {
  readonly step: string
  readonly number: number | undefined
  readonly change: ChangeSpec
  readonly before: unknown
}

/** Of what may be applied, that which can say whether it could be undone. */
function appliedBefore(run: Run): Applied[] {
  return [...run.canSay].flatMap((step) => {
    const change = run.constructed.get(step)?.change
    if (!change) return []
    const { intentSeq, undone, residue, number, before } = run.history.steps.get(step) ?? {}
    if (intentSeq === undefined || undone !== undefined || residue !== undefined) return []
    return [{ step, number, change, before }]
  })
}

const isFresh = (run: Run, step: string): boolean =>
  run.clock.monotonic() - (run.revertibleAt.get(step) ?? Number.NEGATIVE_INFINITY) < freshMs
