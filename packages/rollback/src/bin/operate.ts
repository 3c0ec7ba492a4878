import { type Clock, systemClock } from '@cutover/core'

import type { OperatorRequest } from '../operator-request.ts'
import { amend, approve, decline, pause, resume, rollBack, skip } from '../operators.ts'
import { refuseLate } from './refuse-late.ts'
import { type StandingOf, standingOf } from './standing-of.ts'

/** How long it is looked whether a run has taken it, in milliseconds. */
const patienceMs = 5_000
const everyMs = 200

const calls = { pause, resume, skip, 'roll-back': rollBack, amend, approve, decline } as const

/** Of the request: the path of the step that is meant, as the box carries it. */
export function requestOf(
  { history }: StandingOf,
  what: OperatorRequest['do'],
  { step, who, why }: { readonly step?: string | undefined; readonly who: string; readonly why: string },
): OperatorRequest {
  if (step === undefined) return { do: what, who, why }
  const known = [...history.steps.values()].find((each) => each.step === step || each.number === Number(step))
  return { do: what, step: known?.step ?? step, who, why }
}

/** Puts a request into the box, and tells what has become of it. Of two at once, the second is refused: the box has one order. */
export async function* operate(
  before: StandingOf,
  request: OperatorRequest,
  clock: Clock = systemClock,
): AsyncGenerator<string> {
  const { journal } = before
  const { do: what, step, who, why } = request
  // While a person thought about it, somebody else may have been faster.
  refuseLate(before.history, before.pending, request, clock.now())
  await calls[what](journal, { who, why, ...(step !== undefined && { step }) } as never)
  const from = before.history.requests
  const sent = (await journal.requests?.since(from)) ?? []
  const mine = sent.findIndex((each) => each.do === what && each.step === step && each.who === who && each.why === why)
  refuseLate(before.history, sent.slice(0, mine), request, clock.now())
  yield `Asked: ${what}, ${who}: ${why}.`
  const until = clock.monotonic() + patienceMs
  for (;;) {
    const { history, holder } = await standingOf(journal)
    if (history.requests > from + mine) {
      yield holder ? `Taken by ${holder.who}, process ${holder.pid}.` : 'Taken.'
      return
    }
    if (!holder) {
      yield 'Nobody runs it now: it is taken when it is run again.'
      return
    }
    if (clock.monotonic() >= until) {
      yield `Not taken yet by ${holder.who}, process ${holder.pid}: status shows when it is.`
      return
    }
    await clock.sleep(everyMs)
  }
}
