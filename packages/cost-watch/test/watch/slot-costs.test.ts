import { estimate, priceTable, slotCosts, unitCosts } from '@cutover/cost-watch'
import { expect, test } from 'vitest'

import { hour, monday, usageRow } from './cost-rows.ts'

const window = { from: monday, to: monday + 24 * hour }
const prices = priceTable()
const slice = (index: number, total: number, bad = 0, complete = true) => ({
  from: monday + index * hour,
  to: monday + (index + 1) * hour,
  total,
  bad,
  complete,
})

test('rows of one slot add up; a slot without any row is left out, and is no zero', () => {
  const cost = estimate(
    [
      usageRow({ quantity: 1_000_000 }),
      usageRow({ quantity: 1_000_000, resourceId: '/sites/other' }),
      usageRow({ from: monday + 3 * hour, to: monday + 4 * hour, quantity: 0 }),
    ],
    { prices },
  )

  const slots = slotCosts(cost, window, hour)

  expect(slots.map(({ at }) => at)).toEqual([monday, monday + 3 * hour])
  expect(slots.map(({ spend }) => spend)).toEqual([Number(cost.mid.amount), 0])
})

test('a slot that may still grow, and one in which usage is missing, are left out', () => {
  const missing = { cloud: 'azure', resourceId: '/sites/other', meter: 'flex/executions', why: 'late' } as const
  const cost = estimate(
    {
      rows: [
        usageRow({}),
        usageRow({ from: monday + hour, to: monday + 2 * hour, complete: false }),
        usageRow({ from: monday + 2 * hour, to: monday + 3 * hour }),
      ],
      missing: [{ ...missing, from: monday + 2 * hour, to: monday + 3 * hour }],
    },
    { prices },
  )

  expect(slotCosts(cost, window, hour).map(({ at }) => at)).toEqual([monday])
})

test('a row longer than a slot is spread over its time', () => {
  const cost = estimate([usageRow({ to: monday + 4 * hour, quantity: 4_000_000 })], { prices })

  const slots = slotCosts(cost, window, hour)

  expect(slots).toHaveLength(4)
  for (const { spend } of slots) expect(spend).toBeCloseTo(Number(cost.mid.amount) / 4, 9)
})

test('what 1,000 good requests cost stays the same when twice as many come', () => {
  const points = [1, 2].map((spend, i) => ({ at: monday + i * hour, spend }))

  const { points: units } = unitCosts(points, [slice(0, 1_100, 100), slice(1, 2_200, 200)], hour)

  expect(units.map(({ spend }) => spend)).toEqual([1, 1])
})

test('a slot whose requests are not counted as a whole has no unit cost; one that served nobody is listed', () => {
  const points = [0, 1, 2, 3, 4].map((i) => ({ at: monday + i * hour, spend: 1 }))
  const slices = [slice(0, 100), slice(1, 100, 0, false), slice(2, 90, 90), slice(3, 5)]

  const { points: units, unserved } = unitCosts(points, slices, hour)

  expect(units.map(({ at }) => at)).toEqual([monday])
  expect(unserved.map(({ at }) => at)).toEqual([monday + 2 * hour])
})
