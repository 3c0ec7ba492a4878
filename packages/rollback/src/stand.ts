import { type Answer, ask, formatDuration, formatInstant } from '@cutover/core'

import type { Run } from './run.ts'
import type { Standing } from './standing-guard.ts'
import { because, isFenced } from './standing.ts'
import { within } from './within.ts'

/** How long a check may take before its guard counts as blind, in milliseconds; or one interval, if that is longer. */
const slowestMs = 120_000

/**
 * Asks a guard's check again and again, beside the steps and while people wait, until the point of no return or the end. What it
 * cannot see decides nothing: undecided neither counts as a fail nor ends one.
 */
export async function stand(run: Run, guard: Standing, signal: AbortSignal): Promise<void> {
  const { id, check, everyMs, toleratedForMs, resolveWithinMs, then, owner } = guard
  const { clock, history } = run
  const about = { id, title: check.title, then, ...(owner !== undefined && { owner }) }
  const isOver = (): boolean =>
    signal.aborted || history.decided !== undefined || (history.noReturn !== undefined && !guard.isToldToTheEnd)
  let failingSince: number | undefined
  let isBlind = false
  /** People were told that something is not well, and may be looking at a countdown. */
  let isOpen = false
  while (!isOver()) {
    const { status, text } = await look(run, guard, signal)
    if (isOver()) return
    const entered = history.alarms.get(id)
    if (status === 'undecided') {
      if (!isBlind)
        run.tell(() => ({ kind: 'alarm', ...about, state: 'blind', text: `${check.title}: nobody can say: ${text}` }))
      isBlind = true
      isOpen = true
    } else {
      isBlind = false
    }
    if (status === 'pass') {
      failingSince = undefined
      if (entered) await run.append({ t: 'alarm', id, title: check.title, state: 'resolved', why: text, owner })
      if (entered || isOpen)
        run.tell(() => ({ kind: 'alarm', ...about, state: 'resolved', text: `resolved: ${check.title}` }))
      isOpen = false
    }
    if (status === 'fail') {
      const now = clock.now()
      if (failingSince === undefined && !entered) {
        isOpen = true
        const until = now + toleratedForMs + resolveWithinMs
        if (toleratedForMs > 0)
          run.tell(() => ({
            kind: 'alarm',
            ...about,
            state: 'failing',
            until,
            text: `failing: ${check.title}: ${text}`,
          }))
      }
      failingSince ??= now
      if (!entered && now - failingSince >= toleratedForMs) {
        const until = now + resolveWithinMs
        await run.append({ t: 'alarm', id, title: check.title, state: 'entered', why: text, owner, until, then })
        const left =
          resolveWithinMs === 0
            ? ''
            : `; ${owner} has until ${formatInstant(until)}, ${formatDuration(resolveWithinMs)}, then: ${then}`
        run.tell(() => ({
          kind: 'alarm',
          ...about,
          state: 'entered',
          until,
          text: `ALARM: ${check.title}: ${text}${left}`,
        }))
      }
      const alarm = history.alarms.get(id)
      if (alarm && now >= (alarm.until ?? now)) await exceed(run, guard, text)
    }
    const until = history.alarms.get(id)?.until
    const untilTolerated = failingSince === undefined ? everyMs : failingSince + toleratedForMs - clock.now()
    const untilResolved = until === undefined ? everyMs : until - clock.now()
    const next = [untilTolerated, untilResolved].filter((ms) => ms > 0)
    await clock.sleep(Math.min(everyMs, ...next), { signal })
  }
}

/** One look. A check that makes no sense, or hangs, has seen nothing. */
async function look(run: Run, { id, check, everyMs }: Standing, signal: AbortSignal): Promise<Answer> {
  try {
    const ms = Math.max(everyMs, slowestMs)
    return await within(run.clock, ms, signal, (inTime) => ask(check, run.context(`@alarm/${id}`, inTime)))
  } catch (error) {
    if (signal.aborted || isFenced(error)) throw error
    return { status: 'undecided', text: because(error) }
  }
}

/**
 * What was agreed for a fail that lasts too long. It is recorded, and then acted upon: a process that died in between is followed
 * by one that looks again, so each look that fails acts unless that has happened. A pause, which a person may have ended since, is
 * taken before the record.
 */
async function exceed(run: Run, { id, check, then, owner, code }: Standing, why: string): Promise<void> {
  const { history } = run
  const text = `${check.title}: ${why}`
  if (history.alarms.get(id)?.state === 'entered') {
    if (then === 'pause') await run.take({ do: 'pause', who: `guard ${id}`, why: text })
    await run.append({ t: 'alarm', id, title: check.title, state: 'exceeded', why, owner, then })
    const about = { id, title: check.title, then, ...(owner !== undefined && { owner }) }
    run.tell(() => ({ kind: 'alarm', ...about, state: 'exceeded', text: `ALARM: ${text}; ${then}` }))
  }
  if (history.noReturn !== undefined) return
  if (then === 'roll-back') await run.goBackBeside(text, code)
  if (then === 'ask' && !history.accepted.has(`@alarm/${id}`)) await run.askBeside(`@alarm/${id}`, code, text)
}
