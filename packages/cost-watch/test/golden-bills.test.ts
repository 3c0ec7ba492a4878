import { describe, expect, test } from 'vitest'

import { goldenBills, ourBill } from './golden-bills.ts'

describe('bills worked out by hand', () => {
  test('are at least twenty, of both clouds', () => {
    expect(goldenBills.length).toBeGreaterThanOrEqual(20)
    expect(new Set(goldenBills.flatMap(({ usage }) => usage.map(({ cloud }) => cloud)))).toEqual(
      new Set(['aws', 'azure']),
    )
  })

  test.each(goldenBills)('$name', (golden) => {
    expect(ourBill(golden)).toBe(golden.expected)
  })
})
