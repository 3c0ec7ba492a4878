import { CutoverError } from '@cutover/core'

import { maskError } from './mask-error.ts'
import { isSecretProperty, masked, withoutShapes } from './secret-shapes.ts'

/** Keeps secrets out of what is written and told. */
export interface Mask {
  text(text: string): string
  /** Plain data without its secrets: itself, when it has none. */
  data<T>(value: T): T
  /** The path of the first secret in it: `before.settings.DB`. Never its value. */
  find(value: unknown, path: string): string | undefined
  /** An error without them: itself, when it, its causes and its properties have none. */
  error(error: unknown): unknown
}

/** @throws CutoverError `CUTOVER_OPTIONS_INVALID`; without the value, of course. */
export function maskOf(secrets: readonly string[] = []): Mask {
  if (!Array.isArray(secrets)) throw invalid('secrets is not a list; wanted a list of texts')
  const values = (secrets as readonly unknown[]).map((secret, place) => {
    if (typeof secret === 'string' && secret.length >= 6) return secret
    throw invalid(
      `secrets[${place}] is ${typeof secret === 'string' ? 'shorter than 6 characters' : `a ${typeof secret}`}`,
    )
  })
  const known = valuesPattern(values)
  const text = (from: string): string => withoutShapes(known ? from.replace(known, masked) : from)

  const data = (value: unknown, depth = 0): unknown => {
    if (typeof value === 'string') return text(value)
    if (depth > 100) return value
    if (Array.isArray(value))
      return sameOr(
        value,
        value.map((item: unknown) => data(item, depth + 1)),
      )
    if (!isPlain(value)) return value
    let isSame = true
    const copy: Record<string, unknown> = {}
    for (const [name, item] of Object.entries(value)) {
      const key = text(name)
      const clean = isSecretProperty(name, item) ? masked : data(item, depth + 1)
      if (clean !== item || key !== name) isSame = false
      copy[key] = clean
    }
    return isSame ? value : copy
  }

  const find = (value: unknown, path: string): string | undefined => {
    if (typeof value === 'string') return text(value) === value ? undefined : path
    if (Array.isArray(value)) return firstOf(value.map((item: unknown, i) => () => find(item, `${path}[${i}]`)))
    if (!isPlain(value)) return undefined
    return firstOf(
      Object.entries(value).map(([name, item]) => () => {
        if (text(name) !== name) return `a name in ${path}`
        return isSecretProperty(name, item) ? `${path}.${name}` : find(item, `${path}.${name}`)
      }),
    )
  }

  return { text, data: <T>(value: T): T => data(value) as T, find, error: (error) => maskError(error, text) }
}

/** As it is, and as it stands in a URL, in JSON, and in base64. */
function valuesPattern(values: readonly string[]): RegExp | undefined {
  const forms = values.flatMap((value) => [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64'),
  ])
  if (forms.length === 0) return undefined
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map((form) => form.replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)).join('|'), 'g')
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const sameOr = (value: readonly unknown[], copy: readonly unknown[]): readonly unknown[] =>
  copy.every((item, i) => item === value[i]) ? value : copy

function firstOf(finders: readonly (() => string | undefined)[]): string | undefined {
  for (const finder of finders) {
    const found = finder()
    if (found !== undefined) return found
  }
  return undefined
}

const invalid = (text: string): CutoverError => new CutoverError('CUTOVER_OPTIONS_INVALID', text)
