import { CutoverError } from './cutover-error.ts'

type Primitive = string | number | boolean | null | undefined | void

/** Why a `T` cannot be journalled, as texts for the compiler's message; `never` when it can, as far as five levels show. */
export type NotJson<T, Path extends string = 'before', Levels extends readonly unknown[] = []> = unknown extends T
  ? never
  : T extends Primitive
    ? never
    : Levels['length'] extends 5
      ? never
      : T extends Date
        ? `${Path} is a Date, which comes back as a string: keep epoch milliseconds`
        : T extends bigint
          ? `${Path} is a bigint: keep a string`
          : T extends (...args: never) => unknown
            ? `${Path} is a function: keep what it needs`
            : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
              ? `${Path} is a Map or Set, which becomes {}: keep an array`
              : T extends Uint8Array
                ? `${Path} is bytes: keep base64 or a digest`
                : T extends readonly (infer Item)[]
                  ? NotJson<Item, `${Path}[]`, [...Levels, 0]>
                  : { [K in keyof T & string]: NotJson<T[K], `${Path}.${K}`, [...Levels, 0]> }[keyof T & string]

/**
 * A frozen copy of plain JSON data, as a journal gives it back; properties that are `undefined` are left out.
 *
 * @throws CutoverError `CHANGE_NOT_JSON` naming the path of what would not survive.
 */
export function journalCopy<T>(value: T, path: string): T {
  return copy(value, path, 0) as T
}

function copy(value: unknown, path: string, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      // Minus zero comes back as zero.
      return Number.isFinite(value) ? value + 0 : refuse(path, String(value), 'a finite number')
    case 'undefined':
      return depth === 0 ? undefined : refuse(path, 'undefined in a list', 'null')
    case 'object':
      if (value === null) return null
      if (depth > 100) return refuse(path, 'deeper than 100 levels', 'a tree without cycles')
      return Array.isArray(value) ? copyList(value, path, depth) : copyRecord(value, path, depth)
    case 'bigint':
    case 'function':
    case 'symbol':
      return refuse(path, `a ${typeof value}`, 'plain JSON data')
  }
}

function copyList(list: readonly unknown[], path: string, depth: number): unknown {
  const copied: unknown[] = []
  for (let i = 0; i < list.length; i++) copied.push(copy(list[i], `${path}[${i}]`, depth + 1))
  return Object.freeze(copied)
}

function copyRecord(record: object, path: string, depth: number): unknown {
  if (!isPlain(record)) {
    const name = record.constructor?.name ?? 'class instance'
    return refuse(path, `a ${name}`, name === 'Date' ? 'plain JSON data: keep epoch milliseconds' : 'a plain object')
  }
  const copied: Record<string, unknown> = {}
  for (const key of Object.keys(record)) {
    const value = (record as Record<string, unknown>)[key]
    if (key === '__proto__') return refuse(path, 'a key __proto__', 'another name')
    if (value !== undefined) copied[key] = copy(value, `${path}.${key}`, depth + 1)
  }
  return Object.freeze(copied)
}

function refuse(path: string, found: string, wanted: string): never {
  throw new CutoverError('CHANGE_NOT_JSON', `${path} is ${found}, which a journal cannot give back; wanted ${wanted}`)
}

/** Do two JSON values say the same? The order of keys and keys that are `undefined` do not count. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
  }
  if (!isPlain(a) || !isPlain(b)) return false
  const keys = definedKeys(a)
  if (keys.length !== definedKeys(b).length) return false
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) && sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  )
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const definedKeys = (value: object): string[] =>
  Object.keys(value).filter((key) => (value as Record<string, unknown>)[key] !== undefined)
