import { isCutoverError, journalCopy, sameJson } from '@cutover/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const json = fc
  .jsonValue({ noUnicodeString: false, maxDepth: 6 })
  .filter((value) => !JSON.stringify(value).includes('__proto__'))

test('JSON data survives a journal', () => {
  fc.assert(
    fc.property(json, (value) => {
      const copy = journalCopy(value, 'before')

      expect(copy).toStrictEqual(JSON.parse(JSON.stringify(value)))
      expect(sameJson(copy, value)).toBe(true)
      expect(sameJson(value, JSON.parse(JSON.stringify(copy)))).toBe(true)
    }),
  )
})

test('two JSON values are the same exactly when a journal writes the same of them, whatever the order of keys', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(sameJson(a, b)).toBe(sorted(a) === sorted(b))
      expect(sameJson(a, b)).toBe(sameJson(b, a))
    }),
  )
})

test('a copy is frozen all the way down, and the original is not', () => {
  const value = { ttl: 300, values: [{ host: 'a' }] }

  const copy = journalCopy(value, 'before')

  expect([copy, copy.values, copy.values[0]].every((part) => Object.isFrozen(part))).toBe(true)
  expect(Object.isFrozen(value)).toBe(false)
})

test('what is undefined is left out, as a journal does', () => {
  expect(journalCopy({ a: 1, b: undefined }, 'before')).toStrictEqual({ a: 1 })
  expect(journalCopy(undefined, 'before')).toBeUndefined()
})

test('minus zero comes back as zero', () => {
  expect(Object.is(journalCopy(-0, 'before'), 0)).toBe(true)
})

class Version {
  readonly number = 1
}
const cyclic: { self?: unknown } = {}
cyclic.self = { again: cyclic }

test.each<[string, unknown, string]>([
  [
    'a date',
    { at: new Date(0) },
    'before.at is a Date, which a journal cannot give back; wanted plain JSON data: keep epoch milliseconds',
  ],
  ['NaN', { rate: [Number.NaN] }, 'before.rate[0] is NaN'],
  ['Infinity', Number.POSITIVE_INFINITY, 'before is Infinity'],
  ['a bigint', { size: 1n }, 'before.size is a bigint'],
  ['a function', { undo: () => {} }, 'before.undo is a function'],
  ['a symbol', Symbol('x'), 'before is a symbol'],
  ['a map', { owners: new Map() }, 'before.owners is a Map'],
  ['bytes', new Uint8Array(2), 'before is a Uint8Array'],
  ['a class instance', { version: new Version() }, 'before.version is a Version'],
  ['an error', { why: new TypeError('x') }, 'before.why is a TypeError'],
  ['undefined in a list', { values: [1, undefined] }, 'before.values[1] is undefined in a list'],
  ['a hole in a list', Object.assign([1], { 2: 3 }), 'before[1] is undefined in a list'],
  ['a key __proto__', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), 'before.a is a key __proto__'],
])('refuses %s, naming where it stands', (_, value, message) => {
  const error = refused(value)

  expect(isCutoverError(error, 'CHANGE_NOT_JSON')).toBe(true)
  expect(String(error)).toContain(message)
})

test('refuses a cycle', () => {
  expect(String(refused(cyclic))).toMatch(/deeper than 100 levels.*a tree without cycles/)
})

test('an object without a prototype is data', () => {
  expect(journalCopy(Object.assign(Object.create(null) as object, { a: 1 }), 'before')).toStrictEqual({ a: 1 })
})

test.each<[unknown, unknown]>([
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
  [{ a: 1 }, { a: 1, b: undefined }],
  [[], []],
  [null, null],
  [0, -0],
])('%j and %j say the same', (a, b) => {
  expect(sameJson(a, b)).toBe(true)
})

test.each<[string, unknown, unknown]>([
  ['the order of a list', [1, 2], [2, 1]],
  ['the length of a list', [1], [1, 1]],
  ['a missing key', { a: 1 }, { b: 1 }],
  ['null and nothing', null, undefined],
  ['null and an object', null, {}],
  ['a list and an object', [1], { 0: 1 }],
  ['a number and a text', 1, '1'],
  ['two dates', new Date(0), new Date(1)],
  ['two maps', new Map([[1, 2]]), new Map([[3, 4]])],
  ['a key __proto__', JSON.parse('{"__proto__":{}}'), { a: 1 }],
  ['a key that objects inherit', JSON.parse('{"constructor":{}}'), { a: 1 }],
  ['NaN, which is no JSON', Number.NaN, Number.NaN],
])('%s makes a difference', (_, a, b) => {
  expect(sameJson(a, b)).toBe(false)
  expect(sameJson(b, a)).toBe(false)
})

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

function refused(value: unknown): unknown {
  try {
    journalCopy(value, 'before')
  } catch (error) {
    return error
  }
  return expect.fail('it was not refused')
}
