import { fakeWorld } from '@cutover/core/testing'
import { type Cutover, isCutoverError, memoryJournal, runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { inMemorySwitches, is, turn } from './switches.ts'

test('a script that returns is completed, and its changes stay', async () => {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source' })

  const report = await runCutover({ id: 'move', journal: memoryJournal(), ...world }, async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(is(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  })

  expect(report.end).toBe('completed')
  expect(switches.state).toEqual({ a: 'target', b: 'target' })
})

test('a check that fails rolls back in reverse order, and says why', async () => {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source' })

  const error: unknown = await runCutover({ id: 'move', journal: memoryJournal(), ...world }, async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
    await cutover.require(is(switches, 'b', 'healthy'))
  }).catch((e: unknown) => e)

  expect(isCutoverError(error, 'CUTOVER_ROLLED_BACK') && error.message).toContain('b is target')
  expect(switches.state).toEqual({ a: 'source', b: 'source' })
  expect(world.effects.map(({ operation }) => operation)).toEqual(
    ['a', 'b', 'b', 'a'].map((name) => `switches.write ${name}`),
  )
})

test('run again with rollBack, a completed cutover goes back', async () => {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source' })
  const journal = memoryJournal()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
  }
  await runCutover({ id: 'move', journal, clock: world.clock }, script)

  const error: unknown = await runCutover({ id: 'move', journal, clock: world.clock, rollBack: true }, script).catch(
    (e: unknown) => e,
  )

  expect(isCutoverError(error, 'CUTOVER_ROLLED_BACK')).toBe(true)
  expect(switches.state).toEqual({ a: 'source' })
})
