import { fakeWorld } from '@cutover/core/testing'
import { type Cutover, isCutoverError, memoryJournal, runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { inMemorySwitches, is, turn } from './switches.ts'

test('several changes of one subject are undone one after the other, and held to how the first found it', async () => {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source' })
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'ready'))
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(is(switches, 'a', 'healthy'))
  }

  const error: unknown = await runCutover({ id: 'move', journal: memoryJournal(), clock: world.clock }, script).catch(
    (e: unknown) => e,
  )

  expect(isCutoverError(error, 'CUTOVER_ROLLED_BACK')).toBe(true)
  expect(switches.state).toEqual({ a: 'source' })
})
