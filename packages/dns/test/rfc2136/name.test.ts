import fc from 'fast-check'
import { expect, test } from 'vitest'

import { canonicalName, decodeName, encodeName, isWithin, parentOf } from '../../src/rfc2136/name.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

test('a name is its labels, each with its length in front', () => {
  expect(encodeName('api.example.com').toString('hex')).toBe('03617069076578616d706c6503636f6d00')
  expect(encodeName('api.example.com.')).toEqual(encodeName('api.example.com'))
  expect(encodeName('').toString('hex')).toBe('00')
  expect(encodeName('.').toString('hex')).toBe('00')
})

test('any label survives, whatever its bytes', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.array(label, { maxLength: 8 }), (labels) => {
      const wire = Buffer.concat([...labels.map((of) => Buffer.concat([Buffer.of(of.length), of])), Buffer.of(0)])

      expect(encodeName(decodeName(wire, 0).name)).toEqual(wire)
    }),
  )
})

test('a dot within a label is told from the dot between two', () => {
  const { name } = decodeName(bytes('03 612e62 03 636f6d 00'), 0)

  expect(name).toBe(String.raw`a\.b.com`)
  expect(isWithin(name, 'b.com')).toBe(false)
  expect(parentOf(name)).toBe('com')
})

test('a pointer is followed backwards, and the name ends where it stands', () => {
  const message = bytes('076578616d706c6503636f6d00 03617069c000')

  expect(decodeName(message, 13)).toEqual({ name: 'api.example.com', end: 19 })
})

for (const [what, hex] of [
  ['a pointer to itself', 'c000'],
  ['two pointers in a circle', 'c002c000'],
  ['a pointer forwards', 'c00203617069 00'],
  ['a label that ends after the message', '05617069'],
  ['a pointer that is cut off', 'c0'],
  ['a reserved kind of label', '41617069 00'],
  ['nothing', ''],
  ['more than 255 bytes', `${`3f${'61'.repeat(63)}`.repeat(4)}00`],
] as const) {
  test(`${what} is no name`, () => {
    expect(() => decodeName(bytes(hex), 0)).toThrow(expect.objectContaining({ name: 'Malformed' }) as Error)
  })
}

for (const [what, text] of [
  ['an empty label', 'api..example.com'],
  ['a label of 64 bytes', `${'a'.repeat(64)}.example.com`],
  ['more than 255 bytes', Array<string>(5).fill('a'.repeat(60)).join('.')],
  ['what is not ASCII', 'bücher.example'],
  ['an escape of no byte', String.raw`a\256.example`],
] as const) {
  test(`${what} cannot be written`, () => {
    expect(() => encodeName(text)).toThrow(expect.objectContaining({ name: 'Malformed' }) as Error)
  })
}

test('names are compared in lower case, without the last dot, escaped in one way', () => {
  expect(canonicalName(String.raw`API.\069xample.COM.`)).toBe('api.example.com')
})

test('a zone contains its apex and what is below it, not what only ends alike', () => {
  expect(['example.com', 'a.b.example.com'].map((name) => isWithin(name, 'example.com'))).toEqual([true, true])
  expect(['anexample.com', 'com', ''].map((name) => isWithin(name, 'example.com'))).toEqual([false, false, false])
})
