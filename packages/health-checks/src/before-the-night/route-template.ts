import { refuseOption } from '../health-error.ts'

/** What one place between two slashes takes. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'parameter'
      readonly name: string
      readonly optional: boolean
      readonly constraint: string | undefined
    }
  /** All that follows; `{proxy+}` at least one, `{*rest}` none too. */
  | { readonly kind: 'rest'; readonly name: string; readonly optional: boolean }

/** `/orders/{id}` of API Gateway, `orders/{id:int?}` of Functions, `{proxy+}` and `{*rest}`. */
export function segmentsOf(template: string): readonly Segment[] {
  return template
    .split('/')
    .filter((part) => part !== '')
    .map((part): Segment => {
      const inner = /^\{(.+)\}$/.exec(part)?.[1]
      if (inner === undefined) {
        if (/[{}]/.test(part)) refuseOption('route', template, 'parameters that are a whole segment')
        return { kind: 'literal', text: part }
      }
      if (inner.endsWith('+')) return { kind: 'rest', name: inner.slice(0, -1), optional: false }
      if (inner.startsWith('*')) return { kind: 'rest', name: inner.replace(/^\*+/, ''), optional: true }
      const optional = inner.endsWith('?')
      const [name = '', ...constraints] = (optional ? inner.slice(0, -1) : inner).split(':')
      const constraint = constraints.length === 0 ? undefined : constraints.join(':')
      return { kind: 'parameter', name, optional, constraint }
    })
}

/**
 * Whether all that the first route takes, the second takes too. `narrower`: it takes a part of it, for its constraints.
 *
 * Literals are compared whatever the case, as Functions do it, which is more than API Gateway takes.
 */
export function takesAll(wanted: readonly Segment[], by: readonly Segment[]): 'all' | 'narrower' | 'no' {
  const [want, ...wantRest] = wanted
  const [has, ...hasRest] = by
  if (want === undefined) return has === undefined || (has.kind !== 'literal' && has.optional) ? 'all' : 'no'
  if (has === undefined) return 'no'
  if (has.kind === 'rest') return 'all'
  if (want.kind === 'rest') return 'no'
  if (has.kind === 'literal') {
    const same = want.kind === 'literal' && want.text.toLowerCase() === has.text.toLowerCase()
    return same ? takesAll(wantRest, hasRest) : 'no'
  }
  const below = takesAll(wantRest, hasRest)
  if (below === 'no' || has.constraint === undefined) return below
  // A constraint with the same text is the same; any other is taken to be narrower.
  const same = want.kind === 'parameter' && want.constraint === has.constraint
  return same ? below : 'narrower'
}
