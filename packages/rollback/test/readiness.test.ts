// Would going back still work? Asked at any moment of a cutover: it only reads, and it comes to an end.
import { defineProcedure } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import {
  approval,
  type Cutover,
  memoryJournal,
  pause,
  rollbackReadiness,
  runCutover,
  type RunOptions,
} from '@cutover/rollback'
import { expect, test } from 'vitest'

import { standingOf } from '../src/bin/standing-of.ts'
import { statusOf } from '../src/bin/status-of.ts'
import { altered, inMemorySwitches, saying, turn } from './switches.ts'

function setUp() {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source', c: 'source' })
  const journal = memoryJournal({ operators: true })
  const common = { id: 'move', journal, clock: world.clock, operators: true }
  return {
    world,
    switches,
    journal,
    run: (script: (cutover: Cutover) => Promise<unknown>, options: Partial<RunOptions> = {}) =>
      runCutover({ ...common, ...options }, script),
    look: (script: (cutover: Cutover) => Promise<unknown>) => rollbackReadiness(common, script),
  }
}
type Parts = ReturnType<typeof setUp>

/** What the script does after one change, and how it is stopped there. */
const frontiers: Readonly<Record<string, (parts: Parts, cutover: Cutover) => Promise<unknown>>> = {
  'a step that is not felt yet': ({ switches }, cutover) =>
    cutover.apply(turn(switches, 'b', 'target', { settleMs: 3_600_000 })),
  'a check that is asked for hours': (_, cutover) => cutover.require(saying('x', 'undecided'), { within: '2h' }),
  'people who are asked': (_, cutover) => cutover.require(approval('Go?')),
  'an instant': ({ world }, cutover) => cutover.waitUntil('an hour', () => world.clock.now() + 3_600_000),
  'days of waiting': ({ world }, cutover) => cutover.until('three days', () => world.clock.now() + 72 * 3_600_000),
  'a value that takes long': ({ world }, cutover) => cutover.value('long', () => world.clock.sleep(3_600_000)),
  'a branch': (parts, cutover) =>
    cutover.all({ one: (steps) => steps.apply(turn(parts.switches, 'b', 'target', { settleMs: 3_600_000 })) }),
  'a procedure': ({ switches }, cutover) =>
    cutover.run(
      defineProcedure({
        id: 'both',
        title: 'Both',
        steps: (steps) => steps.apply(turn(switches, 'b', 'target', { settleMs: 3_600_000 })),
      }),
    ),
}

test('the journal of another cutover says nothing about this one', async () => {
  const { switches, journal, run } = setUp()
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target'))
  await run(script)

  await expect(rollbackReadiness({ id: 'other', journal }, script)).rejects.toMatchObject({
    code: 'CUTOVER_JOURNAL_OF_ANOTHER',
  })
})

test('an instant that has not come is waiting, and done once it has', async () => {
  const { world, journal, run } = setUp()
  const controller = new AbortController()
  const at = world.clock.now() + 3_600_000
  const script = (cutover: Cutover) => cutover.waitUntil('the soak', () => at)
  world.later(60_000, () => controller.abort(new Error('enough')))
  const status = async () => statusOf(await standingOf(journal))

  await run(script, { signal: controller.signal }).catch(() => {})
  expect(await status()).toMatch(/1 +waiting +the soak, until \d{4}-/)

  await run(script)
  expect(await status()).toMatch(/1 +done +the soak/)
})

test.each(Object.keys(frontiers))('readiness looks and comes back at once before %s', async (name) => {
  const parts = setUp()
  const { world, switches, journal, run, look } = parts
  const controller = new AbortController()
  let asked = 0
  const script = async (cutover: Cutover): Promise<void> => {
    cutover.guard(
      { id: 'errors', title: 'Few errors', run: async () => ((asked += 1), { status: 'pass', text: '' }) },
      { then: 'roll-back' },
    )
    await cutover.apply(turn(switches, 'a', 'target'))
    await frontiers[name]?.(parts, cutover)
    await cutover.apply(turn(switches, 'c', 'target'))
  }
  world.later(60_000, () => controller.abort())
  await run(script, { signal: controller.signal }).catch(() => {})
  await pause(journal, { who: 'kim', why: 'lunch' })
  const before = [world.clock.monotonic(), journal.entries.length, world.effects.length, asked]

  const readiness = await look(script)

  expect(readiness).toMatchObject({ ready: true })
  expect(readiness.steps.map(({ step }) => step)).toContain('turn:a:target')
  expect([world.clock.monotonic(), journal.entries.length, world.effects.length, asked]).toEqual(before)
  // Nothing goes on behind it either.
  await world.clock.sleep(3_600_000)
  expect(asked).toBe(before.at(-1))
})

test('readiness is told of a paused cutover whose next step has not begun', async () => {
  const { switches, journal, run, look } = setUp()
  const script = (more: boolean) => async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    if (!more) throw new Error('power cut')
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await run(script(false)).catch(() => {})
  await pause(journal, { who: 'kim', why: 'lunch' })
  await run(script(false)).catch(() => {})

  expect(await look(script(true))).toMatchObject({ ready: true, steps: [{ step: 'turn:a:target' }] })
})

test('a step in doubt that has not happened is no hindrance', async () => {
  const { switches, run, look } = setUp()
  const script = (isCut: boolean) => (cutover: Cutover) =>
    cutover.apply(
      altered(
        turn(switches, 'a', 'target'),
        isCut ? { apply: () => Promise.reject(new Error('lost')), lateMs: 9e9 } : {},
      ),
    )
  const controller = new AbortController()
  const under = run(script(true), { signal: controller.signal })
  setTimeout(() => controller.abort())
  await under.catch(() => {})

  const readiness = await look(script(false))

  expect(readiness).toMatchObject({ ready: true, steps: [{ ready: true, because: 'it has not happened' }] })
})

test('what hangs when it is asked whether it could be undone is no way back', async () => {
  const { switches, run, look } = setUp()
  let hangs = false
  const script = (cutover: Cutover) =>
    cutover.apply(
      altered(turn(switches, 'a', 'target'), {
        revertible: () => (hangs ? new Promise(() => {}) : Promise.resolve({ now: true, because: 'it is kept' })),
      }),
    )
  await run(script)
  hangs = true

  const readiness = await look(script)

  expect(readiness).toMatchObject({ ready: false, steps: [{ because: expect.stringMatching(/no answer within/) }] })
})

test('a script that is not the one of the journal is told by the steps that it lacks', async () => {
  const { switches, run, look } = setUp()
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  })

  const readiness = await look((cutover) => cutover.apply(turn(switches, 'b', 'target')))

  expect(readiness.ready).toBe(false)
  expect(readiness.text).toMatch(/step 1, Turn a to target: this script does not come to it/)
})
