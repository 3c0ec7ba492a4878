import {
  ask,
  type Check,
  CutoverError,
  type Duration,
  durationMs,
  formatDuration,
  formatInstant,
  knownOptions,
} from '@cutover/core'

import type { Run } from './run.ts'

export interface GuardOptions {
  /** @default '15s' */
  readonly every?: Duration | undefined
  /** How long it must fail, without a pass in between, before it counts. @default '0s' */
  readonly patience?: Duration | undefined
  /**
   * What happens then. `'notify'` tells; `'pause'` stops before the next step; `'ask'` stops now and asks; `'roll-back'` goes back
   * now, also in the middle of a step that only waits.
   */
  readonly then: 'notify' | 'pause' | 'ask' | 'roll-back'
}

/** When to go back, agreed before the night; as data, so that people can read and sign it. */
export interface RollbackCriterion {
  /** Unique: `errors-at-the-target`. */
  readonly id: string
  readonly check: Check
  /** How long it may fail before the criterion is entered. @default 0 */
  readonly toleratedForMs?: number | undefined
  /** How long its owner then has to resolve it. @default 0 */
  readonly resolveWithinMs?: number | undefined
  /** What happens if it is not resolved. */
  readonly then: GuardOptions['then']
  /** Who resolves it. */
  readonly owner: string
  /** How often it is asked. @default 15_000 */
  readonly everyMs?: number | undefined
}

/** A guard and a criterion are the same thing: a check beside the steps, and what follows from its failing for too long. */
interface Standing {
  readonly id: string
  readonly check: Check
  readonly everyMs: number
  readonly toleratedForMs: number
  readonly resolveWithinMs: number
  readonly then: GuardOptions['then']
  readonly owner?: string | undefined
}

const ends = ['notify', 'pause', 'ask', 'roll-back'] as const
const guardOptions: readonly (keyof GuardOptions)[] = ['every', 'patience', 'then']
const criterionOptions: readonly (keyof RollbackCriterion)[] = [
  'id',
  'check',
  'toleratedForMs',
  'resolveWithinMs',
  'then',
  'owner',
  'everyMs',
]

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID` */
export function guardOf(check: Check, options: GuardOptions): Standing {
  knownOptions(options, guardOptions, 'CUTOVER_OPTIONS_INVALID', 'guard')
  const { every = '15s', patience = '0s', then } = options
  return checked({
    id: check.id,
    check,
    everyMs: durationMs(every, 'every'),
    toleratedForMs: durationMs(patience, 'patience'),
    resolveWithinMs: 0,
    then,
  })
}

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID` */
export function criteriaOf(criteria: readonly RollbackCriterion[]): readonly Standing[] {
  if (!Array.isArray(criteria)) throw invalid('criteria', criteria, 'a list of rollback criteria')
  const all = criteria.map((criterion: RollbackCriterion) => {
    knownOptions(criterion, criterionOptions, 'CUTOVER_OPTIONS_INVALID', 'criteria')
    const { toleratedForMs = 0, resolveWithinMs = 0, everyMs = 15_000, owner } = criterion
    if (typeof owner !== 'string' || owner === '') throw invalid('owner', owner, 'who resolves it')
    return checked({ ...criterion, toleratedForMs, resolveWithinMs, everyMs })
  })
  const twice = all.find(({ id }, place) => all.findIndex((other) => other.id === id) !== place)
  if (twice) throw invalid('criteria', twice.id, 'each id once')
  return all
}

function checked(standing: Standing): Standing {
  const { id, check, then } = standing
  if (typeof id !== 'string' || id === '') throw invalid('id', id, 'a name')
  if (typeof (check as Partial<Check> | undefined)?.run !== 'function') throw invalid('check', check, 'a check')
  if (!ends.includes(then)) throw invalid('then', then, `one of ${ends.join(', ')}`)
  for (const field of ['everyMs', 'toleratedForMs', 'resolveWithinMs'] as const) {
    const ms = standing[field]
    if (!(ms >= 0) || (field === 'everyMs' && ms === 0)) throw invalid(field, ms, 'milliseconds')
  }
  return standing
}

const invalid = (field: string, found: unknown, wanted: string): CutoverError =>
  new CutoverError('CUTOVER_OPTIONS_INVALID', `${field} is ${JSON.stringify(found) ?? String(found)}; wanted ${wanted}`)

/**
 * Asks a guard's check again and again, beside the steps and while people wait, until the point of no return or the end. What it
 * cannot see decides nothing: undecided neither counts as a fail nor ends one.
 */
export async function stand(run: Run, guard: Standing, signal: AbortSignal): Promise<void> {
  const { id, check, everyMs, toleratedForMs, resolveWithinMs, then, owner } = guard
  const { clock, history } = run
  const about = { id, title: check.title, then, ...(owner !== undefined && { owner }) }
  let failingSince: number | undefined
  let isBlind = false
  for (;;) {
    if (signal.aborted || history.noReturn !== undefined || history.decided) return
    const answer = await ask(check, run.context(`@alarm/${id}`, signal))
    if (signal.aborted || history.noReturn !== undefined || history.decided) return
    const entered = history.alarms.get(id)
    const { status, text } = answer
    if (status === 'undecided') {
      if (!isBlind)
        run.tell(() => ({ kind: 'alarm', ...about, state: 'blind', text: `${check.title}: nobody can say: ${text}` }))
      isBlind = true
    } else {
      isBlind = false
    }
    if (status === 'pass') {
      failingSince = undefined
      if (entered) {
        await run.append({ t: 'alarm', id, title: check.title, state: 'resolved', why: text, owner })
        run.tell(() => ({ kind: 'alarm', ...about, state: 'resolved', text: `resolved: ${check.title}` }))
      }
    }
    if (status === 'fail') {
      const now = clock.now()
      if (failingSince === undefined && !entered) {
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
        await run.append({ t: 'alarm', id, title: check.title, state: 'entered', why: text, owner, until })
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
      if (alarm?.state === 'entered' && now >= (alarm.until ?? now)) {
        await run.append({ t: 'alarm', id, title: check.title, state: 'exceeded', why: text, owner })
        run.tell(() => ({
          kind: 'alarm',
          ...about,
          state: 'exceeded',
          text: `ALARM: ${check.title}: ${text}; ${then}`,
        }))
        await act(run, guard, text)
      }
    }
    const until = history.alarms.get(id)?.until
    const untilTolerated = failingSince === undefined ? everyMs : failingSince + toleratedForMs - clock.now()
    const untilResolved = until === undefined ? everyMs : until - clock.now()
    const next = [untilTolerated, untilResolved].filter((ms) => ms > 0)
    await clock.sleep(Math.min(everyMs, ...next), { signal })
  }
}

async function act(run: Run, { id, check, then }: Standing, why: string): Promise<void> {
  const text = `${check.title}: ${why}`
  switch (then) {
    case 'notify':
      return
    case 'pause':
      return run.take({ do: 'pause', who: `guard ${id}`, why: text })
    case 'ask':
      await run.askBeside(`@alarm/${id}`, 'CUTOVER_GUARD', text)
      return
    case 'roll-back':
      await run.decide(undefined, text, 'CUTOVER_GUARD')
  }
}
