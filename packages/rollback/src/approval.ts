import { type Check, CutoverError, defineCheck, type Duration, durationMs, knownOptions } from '@cutover/core'

import { nameOf } from './person.ts'

export interface ApprovalOptions {
  /** Unique in its scope. @default 'approval:' and the question */
  readonly id?: string | undefined
  /** Whose word counts; capital letters do not. @default anybody's */
  readonly from?: readonly string[] | undefined
  /** How many different people must say yes. @default 1 */
  readonly quorum?: number | undefined
  /** Undecided when it has not been given by then; what was said until then does not count any more. @default never */
  readonly expires?: Duration | undefined
  /** Asked once more before it passes, when people have taken longer than `stale`. */
  readonly revalidate?: readonly Check[] | undefined
  /** @default '10m' */
  readonly stale?: Duration | undefined
}

const approvalOptions: readonly (keyof ApprovalOptions)[] = ['id', 'from', 'quorum', 'expires', 'revalidate', 'stale']

/** What the engine reads of an approval; `run` alone cannot ask anybody. */
export interface Approval extends Check<{ readonly given: readonly string[] }> {
  readonly approval: {
    readonly from: readonly string[] | undefined
    readonly quorum: number
    readonly expiresMs: number | undefined
    readonly revalidate: readonly Check[]
    readonly staleMs: number
  }
}

/**
 * Passes when enough people have said yes, from wherever they are: `npx cutover answer JOURNAL STEP approve`. One no fails it.
 *
 * Closed by default: silence is undecided, never a yes. Each person has one word, the first. When they have taken longer than
 * `stale`, the checks of `revalidate` are asked again, and one that does not pass is the answer: what was true when people were
 * asked may not be any more.
 *
 * @throws CutoverError `CUTOVER_OPTIONS_INVALID`, `DURATION_INVALID`
 */
export function approval(question: string, options: ApprovalOptions = {}): Approval {
  knownOptions(options, approvalOptions, 'CUTOVER_OPTIONS_INVALID', 'approval')
  const { id = `approval:${question}`, from, quorum = 1, expires, revalidate = [], stale = '10m' } = options
  if (typeof question !== 'string' || question.trim() === '') throw invalid('question', question, 'a text')
  if (from !== undefined && !(Array.isArray(from) && from.every((who) => typeof who === 'string' && who.trim() !== '')))
    throw invalid('from', from, 'a list of names')
  if (from?.length === 0) throw invalid('from', from, 'at least one name, or none of this option')
  if (!Array.isArray(revalidate)) throw invalid('revalidate', revalidate, 'a list of checks')
  for (const each of revalidate as readonly Partial<Check>[])
    if (typeof each.run !== 'function') throw invalid('revalidate', each, 'checks')
  const most = from === undefined ? Number.POSITIVE_INFINITY : new Set(from.map(nameOf)).size
  if (!Number.isInteger(quorum) || quorum < 1 || quorum > most)
    throw invalid('quorum', quorum, `a whole number from 1 to ${most === Number.POSITIVE_INFINITY ? 'many' : most}`)
  const check = defineCheck<{ readonly given: readonly string[] }>({
    id,
    title: question,
    run: async () => ({
      status: 'undecided',
      text: 'only a cutover can ask people: cutover.require(approval(…))',
      evidence: { given: [] },
    }),
  })
  const expiresMs = expires === undefined ? undefined : durationMs(expires, 'expires')
  return { ...check, approval: { from, quorum, expiresMs, revalidate, staleMs: durationMs(stale, 'stale') } }
}

export const isApproval = (check: Check): check is Approval => 'approval' in check

const invalid = (field: string, found: unknown, wanted: string): CutoverError =>
  new CutoverError('CUTOVER_OPTIONS_INVALID', `${field} is ${JSON.stringify(found) ?? String(found)}; wanted ${wanted}`)
