import { fakeWorld } from '@cutover/core/testing'
import { rehearse } from '@cutover/rehearsal'
import { isCutoverError, memoryJournal } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { name, source, target } from '../clouds.ts'
import { documentsAreKept, fake, load } from '../fakes.ts'
import { moveOrders } from '../move-orders.ts'
import { hastyMove } from './hasty-move.ts'

const run = { timeout: 240_000 }

test('the move takes less than half an hour and leaves Azure serving', async () => {
  const world = fakeWorld()
  const parts = fake(world, { fate: 'well' })

  const report = await moveOrders(parts, { journal: memoryJournal(), clock: world.clock })

  expect(report.end).toBe('completed')
  expect(parts.zone.records).toEqual([{ name, type: 'A', ttlSeconds: 30, values: [target] }])
  expect([parts.lambda.listening, parts.app.listening]).toEqual([[], ['http', 'queue']])
  expect(parts.blob.texts).toEqual(parts.s3.texts)
  expect(world.clock.monotonic()).toBeLessThan(30 * 60_000)
})

test('a target that falls ill sends everything back, with the orders that Azure took meanwhile', async () => {
  const world = fakeWorld()
  const parts = fake(world, { fate: 'ill' })
  const stop = load(parts, world)

  const error: unknown = await moveOrders(parts, { journal: memoryJournal(), clock: world.clock }).catch(
    (e: unknown) => e,
  )
  await world.advance(5 * 60_000)
  stop()

  expect(isCutoverError(error, 'CUTOVER_ROLLED_BACK')).toBe(true)
  expect(parts.zone.records).toEqual([{ name, type: 'A', ttlSeconds: 300, values: [source] }])
  expect([[...parts.lambda.listening].sort(), parts.app.listening]).toEqual([['http', 'queue'], []])
  expect(world.observed.some((seen) => seen.kind === 'accepted' && seen.by === 'azure')).toBe(true)
  expect(documentsAreKept.holds(parts, world)).toBeUndefined()
})

test.each(['well', 'ill'] as const)(
  'it is safe under a fault at every write, and under pairs (target: %s)',
  run,
  async (fate) => {
    const report = await rehearse({
      world: (world) => fake(world, { fate }),
      load,
      cutover: moveOrders,
      invariants: [documentsAreKept],
      depth: 2,
      pairs: 300,
    })

    report.assertSafe()
  },
)

test('a script that activates before it cordons is explained in a sentence that names both steps', async () => {
  const report = await rehearse({ world: (world) => fake(world, { fate: 'well' }), load, cutover: hastyMove })

  expect(report.violations[0]?.text).toContain(
    'lambda:orders and functions:orders listened to queue at once, while “Let queue of functions:orders take work” was under way, until “Stop queue of lambda:orders from taking new work”',
  )
})
