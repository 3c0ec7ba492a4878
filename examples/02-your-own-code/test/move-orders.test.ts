import { fakeWorld } from '@cutover/core/testing'
import { rehearse } from '@cutover/rehearsal'
import { isCutoverError, memoryJournal } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { orders } from '../fakes.ts'
import { moveOrders } from '../move-orders.ts'

test('the whole move takes less than an hour and leaves Azure serving', async () => {
  const world = fakeWorld()
  const { zone, blob, s3, lambda, app, ...parts } = orders(world)

  const report = await moveOrders({ lambda, app, ...parts }, { journal: memoryJournal(), clock: world.clock })

  expect(report.end).toBe('completed')
  expect(zone.records[0]).toMatchObject({ ttlSeconds: 30, values: ['orders.azurewebsites.net'] })
  expect(blob.texts).toEqual(s3.texts)
  expect([lambda.listening, app.listening]).toEqual([[], ['queue', 'nightly']])
  expect(world.clock.monotonic()).toBeLessThan(3_600_000)
})

test('a sick target sends everything back as it was', async () => {
  const world = fakeWorld()
  const { zone, lambda, app, ...parts } = orders(world, { errorRate: 0.05 })
  const before = zone.records

  const error: unknown = await moveOrders(
    { lambda, app, ...parts },
    { journal: memoryJournal(), clock: world.clock },
  ).catch((e: unknown) => e)

  expect(isCutoverError(error, 'CUTOVER_ROLLED_BACK')).toBe(true)
  expect(zone.records).toEqual(before)
  expect([lambda.listening, app.listening]).toEqual([['queue', 'nightly'], []])
})

test.each([0.01, 0.05])(
  'it comes back from a fault at every step (error rate %d)',
  { timeout: 60_000 },
  async (errorRate) => {
    const report = await rehearse({
      world: (world) => orders(world, { errorRate }),
      cutover: moveOrders,
      invariants: [
        {
          name: 'no upload is lost',
          holds: ({ s3 }) => (Object.keys(s3.texts).length < 2 ? 'an object is missing' : undefined),
        },
      ],
    })

    report.assertSafe()
  },
)
