import { type Change, defineChange, defineCheck } from '@cutover/core'
import { memoryJournal, runCutover } from '@cutover/rollback'
import { follow, switchOver } from '@cutover/sync'
import { expect, test } from 'vitest'

import { rejection, stores } from './example.ts'

/** Stops everybody who writes, and lets them go on when it is undone. */
function freezing(writers: { on: boolean }): Change<null> {
  return defineChange({
    id: 'freeze',
    subject: 'writers',
    title: 'Stop the writers',
    intent: {},
    lateMs: 0,
    capture: async () => null,
    probe: async () => (writers.on ? { is: 'absent' } : { is: 'applied', seen: undefined }),
    apply: async () => void (writers.on = false),
    revert: async () => void (writers.on = true),
  })
}

test('switchOver drains what was written until the freeze, and turns the link', async () => {
  const { world, from, to, uploads } = stores()
  const writers = { on: true }
  const stop = world.repeat(7_000, () => void (writers.on && from.write('busy.txt', String(world.clock.now()))))
  const options = { id: 'move', journal: memoryJournal(), clock: world.clock }

  const { end } = await runCutover(options, async (cutover) => {
    await cutover.apply(follow(uploads))
    await cutover.waitUntil('busy', () => cutover.clock.now() + 100_000)
    const { frozenAt, switchedAt } = await cutover.run(switchOver(uploads, { freeze: freezing(writers) }))
    expect(switchedAt - frozenAt).toBeLessThan(20_000)
  })
  stop()

  expect(end).toBe('completed')
  expect(to.texts).toEqual(from.texts)
  expect(Object.keys(to.texts)).toContain('busy.txt')
})

test('a drain that lasts longer than maxDowntime goes back', async () => {
  const { world, from, ledger, uploads } = stores(undefined, { every: '1h' })
  const writers = { on: true }
  const stop = world.repeat(1_000, () => from.write('busy.txt', String(world.clock.now())))
  const options = { id: 'move', journal: memoryJournal(), clock: world.clock }

  const error = await rejection(
    runCutover(options, async (cutover) => {
      await cutover.apply(follow(uploads))
      await cutover.waitUntil('busy', () => cutover.clock.now() + 5_000)
      await cutover.run(switchOver(uploads, { maxDowntime: '20s', freeze: freezing(writers) }))
    }),
  )
  stop()

  expect(error).toMatchObject({ code: 'CUTOVER_ROLLED_BACK' })
  expect([ledger.values('marks'), writers.on]).toEqual([{}, true])
})

test('a target that turns out to be sick sends everything written there back', async () => {
  const { world, from, to, uploads } = stores()
  const sick = defineCheck({
    id: 'healthy',
    title: 'the target is healthy',
    async run() {
      to.write('a.pdf', 'A at Azure')
      to.write('new.pdf', 'N')
      return { status: 'fail', text: 'it is not' }
    },
  })
  const options = { id: 'move', journal: memoryJournal(), clock: world.clock }

  const error = await rejection(
    runCutover(options, async (cutover) => {
      await cutover.apply(follow(uploads))
      await cutover.run(switchOver(uploads))
      await cutover.require(sick)
    }),
  )

  expect(error).toMatchObject({ code: 'CUTOVER_ROLLED_BACK' })
  expect(from.texts).toEqual({ 'a.pdf': 'A at Azure', 'b.pdf': 'B', 'new.pdf': 'N' })
})

test('a misspelt limit is refused, and not replaced by the default', () => {
  const { uploads } = stores()

  expect(() => switchOver(uploads, { maxDownTime: '30s' } as never)).toThrow(
    expect.objectContaining({ code: 'SYNC_OPTION_INVALID', next: 'Write: maxDowntime' }),
  )
})
