import { fakeWorld } from '@cutover/core/testing'
import { rehearse } from '@cutover/rehearsal'
import { isCutoverError, memoryJournal } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { fake, load, name, source, target } from '../clouds.ts'
import { moveName } from '../move-a-name.ts'

test('the move takes less than ten minutes and leaves the target serving', async () => {
  const world = fakeWorld()
  const { zone, ...parts } = fake(world, { falls: false })

  const report = await moveName(parts, { journal: memoryJournal(), clock: world.clock })

  expect(report.end).toBe('completed')
  expect(zone.records).toEqual([{ name, type: 'A', ttlSeconds: 30, values: [target] }])
  expect(world.clock.monotonic()).toBeLessThan(10 * 60_000)
})

test('a target that falls ill sends everybody back as it was', async () => {
  const world = fakeWorld()
  const parts = fake(world, { falls: true })
  const stop = load(parts, world)

  const error: unknown = await moveName(parts, { journal: memoryJournal(), clock: world.clock }).catch(
    (e: unknown) => e,
  )

  expect(isCutoverError(error, 'CUTOVER_ROLLED_BACK')).toBe(true)
  expect(parts.zone.records).toEqual([{ name, type: 'A', ttlSeconds: 300, values: [source] }])
  expect(world.observed.filter((seen) => seen.kind === 'answered' && seen.by === undefined)).toEqual([])
  stop()
})

test.each([{ falls: false }, { falls: true }])(
  'it is safe under a fault at every write (target falls ill: $falls)',
  { timeout: 30_000 },
  async ({ falls }) => {
    const report = await rehearse({ world: (world) => fake(world, { falls }), cutover: moveName, load })

    report.assertSafe()
  },
)
