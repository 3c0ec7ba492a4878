import { type Bill, corrected, type CostRow, estimate, money, priceTable, reconcile } from '@cutover/cost-watch'
import { expect, test } from 'vitest'

import { day, dayMs, usage } from './usage.ts'

const prices = priceTable()
const daily = (before: number, quantity: number, meter = 's3/requests/write') =>
  usage(meter, quantity, { from: day - before * dayMs, to: day - (before - 1) * dayMs })
const ours = (rows = [daily(2, 1_000_000), daily(1, 1_000_000)]) => estimate(rows, { prices })

const billed = (before: number, amount: string, other: Partial<CostRow> = {}): CostRow => {
  const cost = money(amount, 'USD')
  const [row] = ours([daily(before, 1)]).rows
  return { ...(row as CostRow), cost, low: cost, high: cost, estimated: false, ...other }
}
const bill = (rows: readonly CostRow[], other: Partial<Bill> = {}): Bill => ({
  rows,
  incomplete: [],
  missing: [],
  asked: money(0, 'USD'),
  ...other,
})

test('it learns a factor, and the next estimate is corrected by it', () => {
  const found = reconcile(ours(), bill([billed(2, '4'), billed(1, '5')]))
  expect(found.meters).toMatchObject([
    {
      days: 2,
      estimated: { amount: '10' },
      billed: { amount: '9' },
      difference: { amount: '-1' },
      factor: '0.9',
      isWithin: false,
    },
  ])
  expect(corrected(ours([daily(0, 200_000)]).rows, found)).toMatchObject([{ cost: { amount: '0.9' } }])
})

test('a day that is incomplete or missing on the bill is left out of both sides, and is no zero', () => {
  const incomplete = [billed(1, '0.01', { complete: false })]
  const found = reconcile(ours(), bill([billed(2, '5')], { incomplete }))
  expect(found.meters).toMatchObject([{ days: 1, estimated: { amount: '5' }, factor: '1' }])
  expect(found.leftOut).toEqual(['2026-11-19: the bill is incomplete'])

  const absent = reconcile(ours(), bill([billed(2, '5')]))
  expect(absent.meters).toMatchObject([{ days: 1, factor: '1' }])
  expect(absent.leftOut).toEqual(['2026-11-19: the bill does not have it'])
})

test('a day with usage that is unpriced or missing is left out', () => {
  const estimated = ours([daily(2, 1_000_000), daily(1, 1_000_000), daily(1, 1, 's3/requests/unheard-of')])
  const found = reconcile(estimated, bill([billed(2, '5'), billed(1, '5')]))
  expect(found.leftOut).toEqual(['2026-11-19: some of the usage has no price'])
  expect(found.meters).toMatchObject([{ days: 1 }])
})

test('what only one side has is said, and compared with nothing', () => {
  const found = reconcile(
    ours(),
    bill([billed(2, '5'), billed(1, '5'), billed(1, '3.21', { meter: 'AWS Lambda: New' })]),
  )
  expect(found.onlyBilled.map(({ meter, cost }) => [meter, cost.amount])).toEqual([['AWS Lambda: New', '3.21']])
  expect(found.text).toBe('1 of 1 meters are billed within the estimate; 3.21 USD were billed that we did not see')
  const other = reconcile(ours([daily(1, 1), daily(1, 1, 's3/requests/read')]), bill([billed(1, '0.000005')]))
  expect(other.onlyEstimated.map(({ meter }) => meter)).toEqual(['s3/requests/read'])
})

test('what was estimated at nothing has no factor', () => {
  const free = estimate([daily(1, 10, 'lambda/requests')], { prices, accounts: 'complete' })
  const found = reconcile(free, bill([billed(1, '0.5', { meter: 'lambda/requests' })]))
  expect(found.meters).toMatchObject([{ factor: undefined, isWithin: false }])
})
