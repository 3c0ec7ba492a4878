import { estimate, priceTable } from '@cutover/cost-watch'
import { describe, expect, test } from 'vitest'

import { goldenBills, ourBill } from './golden-bills.ts'
import { usage } from './usage.ts'

/**
 * What Komiser makes of a function's month: the formula of `providers/aws/lambda/functions.go`, line by line.
 *
 * @see https://github.com/tailwarden/komiser
 */
function komiser(
  hours: readonly { readonly invocations: number; readonly meanMs: number }[],
  memoryMb: number,
): number {
  // Datapoints[0], whose period is an hour.
  let invocations = hours[0]?.invocations ?? 0
  const meanMs = hours[0]?.meanMs ?? 0
  if (invocations > 1_000_000) invocations -= 1_000_000
  let gbSeconds = (invocations * meanMs * memoryMb) / (1_024 * 1_024)
  if (gbSeconds < 400_000) gbSeconds -= 400_000
  return gbSeconds * 0.0000166667 + invocations * 0.0000002
}

const ours = (requests: number, gbSeconds: number): number =>
  Number(
    estimate([usage('lambda/requests', requests), usage('lambda/gb-seconds/x86_64', gbSeconds)], {
      prices: priceTable(),
      accounts: 'complete',
    }).mid.amount,
  )

describe('the other formula', () => {
  test('makes a month of one of its hours', () => {
    const hours = Array.from({ length: 720 }, () => ({ invocations: 10_000_000, meanMs: 1_000 }))
    // 720 hours of 10 million GB-s at 1,024 MB; one hour is a 720th of it.
    expect(ours(7_200_000_000, 7_200_000_000)).toBeGreaterThan(600 * komiser(hours, 1_024))
  })

  test('makes a small function cost less than nothing', () => {
    expect(komiser([{ invocations: 1_000, meanMs: 100 }], 128)).toBeLessThan(-6)
    expect(ours(1_000, 12.5)).toBe(0)
  })

  test('takes money for requests that are free', () => {
    const [few, fewer] = [900_000, 0].map((invocations) => komiser([{ invocations, meanMs: 0 }], 128))
    expect((few ?? 0) - (fewer ?? 0)).toBeCloseTo(0.18)
    expect(ours(900_000, 0)).toBe(0)
  })

  test('loses 2.3 % of the GB-seconds', () => {
    const million = { invocations: 11_000_000, meanMs: 1_000 }
    const theirs = komiser([million], 1_024) - 10_000_000 * 0.0000002
    expect(theirs / (10_000_000 * 0.0000166667)).toBeCloseTo(1_000 / 1_024)
  })

  test('gives each function a grant of its own', () => {
    const golden = goldenBills.find(({ name }) => name.startsWith('Komiser 5'))
    expect(golden && ourBill(golden)).toBe('3.43334')
  })
})
