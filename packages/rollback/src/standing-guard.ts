import { type Check, CutoverError, type Duration, durationMs, knownOptions } from '@cutover/core'

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

/** A guard, a criterion and a limit are the same thing: a check beside the steps, and what follows from its failing for too long. */
export interface Standing {
  readonly id: string
  readonly check: Check
  readonly everyMs: number
  readonly toleratedForMs: number
  readonly resolveWithinMs: number
  readonly then: GuardOptions['then']
  readonly owner?: string | undefined
  /** Why, for programs. */
  readonly code: string
  /** Past the point of no return it still looks, and tells. */
  readonly isToldToTheEnd?: boolean | undefined
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
    code: 'CUTOVER_GUARD',
  })
}

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID` */
export function criteriaOf(criteria: readonly RollbackCriterion[]): readonly Standing[] {
  if (!Array.isArray(criteria)) throw invalid('criteria', criteria, 'a list of rollback criteria')
  const all = criteria.map((criterion: RollbackCriterion) => {
    knownOptions(criterion, criterionOptions, 'CUTOVER_OPTIONS_INVALID', 'criteria')
    const { toleratedForMs = 0, resolveWithinMs = 0, everyMs = 15_000, owner } = criterion
    if (typeof owner !== 'string' || owner === '') throw invalid('owner', owner, 'who resolves it')
    return checked({ ...criterion, toleratedForMs, resolveWithinMs, everyMs, code: 'CUTOVER_GUARD' })
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
