import { expect, test } from 'vitest'

import { cut, widthOf, wrap } from '../../src/terminal/line.ts'

test.for([
  ['orders', 6],
  ['e\u0301t\u00e9', 3],
  ['注文', 4],
  ['ｏｋ', 4],
  ['👍🏽', 2],
  ['👩‍👩‍👧', 2],
  ['✓ ▸ ✗ ↩ … → ×', 13],
  ['', 0],
] as const)('%j takes %i columns', ([text, width]) => {
  expect(widthOf(text)).toBe(width)
})

test('a text is cut between signs, never within a wide one', () => {
  expect(cut('注文を移す', 6, '…')).toBe('注文…')
  expect(cut('orders', 6, '…')).toBe('orders')
  expect(cut('orders', 0, '…')).toBe('')
})

test('a text is broken at its spaces; a word that is too wide stands alone', () => {
  expect(wrap('one two https://example.com/a/long/path three', 10)).toEqual([
    'one two',
    'https://example.com/a/long/path',
    'three',
  ])
})
