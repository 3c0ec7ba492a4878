import { assertKind, CutoverError, knownOptions, type RequireOptions, type StepOptions } from '@cutover/core'

const code = 'CUTOVER_OPTIONS_INVALID'
const ofStep: readonly (keyof StepOptions)[] = ['as']
const ofCheck: readonly (keyof RequireOptions)[] = ['as', 'within', 'every', 'consecutive', 'patience']
type Verb = 'apply' | 'run' | 'check' | 'require'

const known: Readonly<Record<Verb, readonly ['change' | 'check' | 'procedure', readonly string[]]>> = {
  apply: ['change', ofStep],
  run: ['procedure', ofStep],
  check: ['check', ofCheck],
  require: ['check', [...ofCheck, 'onFail']],
}

/** @throws CutoverError for what is no step of that kind, and for options that there are not. */
export function assertStep(verb: Verb, given: unknown, options: RequireOptions): void {
  const [kind, names] = known[verb]
  assertKind(kind, given, `cutover.${verb}`)
  knownOptions(options, names, code, `cutover.${verb}`)
  const { as, onFail } = options
  if (as !== undefined) assertName(as)
  if (onFail !== undefined && onFail !== 'roll-back' && onFail !== 'park')
    throw new CutoverError(code, `onFail is ${JSON.stringify(onFail)}; wanted 'roll-back' or 'park'`)
}

/** A step of a name and a function. */
export function assertNamed(verb: 'value' | 'waitUntil' | 'until', name: unknown, make: unknown): void {
  assertName(name)
  if (typeof make === 'function') return
  const came = make instanceof Promise ? 'a promise' : JSON.stringify(make)
  throw new CutoverError(code, `cutover.${verb}: ${JSON.stringify(name)} was given ${came}; wanted a function`, {
    next: `Write: await cutover.${verb}(${JSON.stringify(name)}, () => …)`,
  })
}

/** A name stands on one line of a report, and in a command. */
function assertName(name: unknown): void {
  if (typeof name === 'string' && name.trim() !== '' && !/[\r\n]/.test(name)) return
  throw new CutoverError('CUTOVER_STEP_NAME', `a step is named ${JSON.stringify(name)}; wanted a text of one line`)
}

/** Instants before 1973 are seconds: epoch milliseconds have had twelve digits since. */
const leastInstant = 1e11

/** Why that is no instant, unless the clock itself counts from somewhere else. */
export function wrongInstant(name: string, at: unknown, now: number): CutoverError | undefined {
  if (typeof at === 'number' && Number.isFinite(at) && (at >= leastInstant || now < leastInstant)) return undefined
  const came = typeof at === 'object' && at ? 'an object' : String(at)
  return new CutoverError(
    code,
    `waitUntil: ${JSON.stringify(name)} is ${came}; wanted an instant in epoch milliseconds`,
    {
      next: typeof at === 'number' && at > 1e8 ? 'These may be seconds: multiply them by 1_000.' : undefined,
    },
  )
}
