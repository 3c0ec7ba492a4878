import { CutoverError } from './cutover-error.ts'

type Kind = 'change' | 'check' | 'procedure'

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isFunction = (value: unknown): boolean => typeof value === 'function'
const isMs = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0

type Field = readonly [name: string, holds: (value: unknown) => boolean, wanted: string]

const texts: readonly Field[] = [
  ['id', isText, 'a text'],
  ['title', isText, 'a text'],
]
const fields: Readonly<Record<Kind, readonly Field[]>> = {
  change: [
    ...texts,
    ['subject', isText, 'a text'],
    ['lateMs', isMs, 'milliseconds from 0'],
    ...['capture', 'probe', 'apply', 'revert'].map((name): Field => [name, isFunction, 'a function']),
  ],
  check: [...texts, ['run', isFunction, 'a function']],
  procedure: [...texts, ['steps', isFunction, 'a function']],
}

/**
 * Refuses what is no change (or check, or procedure), and one that lacks a field. `call` is what it was given to.
 *
 * @throws CutoverError `CHANGE_INVALID`, `CHECK_INVALID`, `PROCEDURE_INVALID`, which say what came and what to write.
 */
export function assertKind(kind: Kind, given: unknown, call: string): void {
  const code = `${kind.toUpperCase()}_INVALID`
  const came = kindOf(given)
  if (came !== kind && came !== 'object') throw new CutoverError(code, `${call} was given ${other(came, given, call)}`)
  for (const [name, holds, wanted] of fields[kind]) {
    const value = (given as Readonly<Record<string, unknown>>)[name]
    if (holds(value)) continue
    const { id } = given as { readonly id?: unknown }
    const of = isText(id) && name !== 'id' ? `the ${kind} \`${String(id)}\`` : `a ${kind}`
    throw new CutoverError(code, `${call}: ${name} of ${of} is ${shown(value)}; wanted ${wanted}`)
  }
}

/** `object`: some object, perhaps of the right kind with something missing. */
function kindOf(given: unknown): Kind | 'promise' | 'object' | 'other' {
  if (typeof given !== 'object' || given === null) return 'other'
  if ('capture' in given || 'revert' in given) return 'change'
  if (given instanceof Promise) return 'promise'
  if ('steps' in given) return 'procedure'
  return 'run' in given ? 'check' : 'object'
}

function other(came: Kind | 'promise' | 'other', given: unknown, call: string): string {
  if (came === 'promise') return 'a promise; await it first'
  if (came === 'other')
    return `${shown(given)}${typeof given === 'function' ? '; call it, and hand on what it answers' : ''}`
  const inCutover = call.startsWith('cutover.')
  const write = {
    change: inCutover ? 'cutover.apply(change)' : 'apply(change)',
    check: inCutover ? 'cutover.require(check)' : 'waitFor(check)',
    procedure: 'cutover.run(procedure)',
  }[came]
  return `the ${came} \`${String((given as { readonly id?: unknown }).id)}\`; write: await ${write}`
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return typeof value === 'string'
    ? JSON.stringify(value)
    : typeof value === 'object' && value
      ? 'an object'
      : String(value)
}
