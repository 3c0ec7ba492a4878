import type { Outline } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { amend, type Cutover, memoryJournal, runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, setting } from './setting.ts'
import { inMemorySwitches, turn } from './switches.ts'

const line = (name: string, to = 'target') => ({ step: `turn:${name}:${to}`, title: `Turn ${name} to ${to}` })

function setUp() {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source', c: 'source' })
  const journal = memoryJournal({ operators: true })
  const run = (outline: Outline, script: (cutover: Cutover) => Promise<unknown>, options: Partial<RunOptions> = {}) =>
    runCutover({ id: 'move', journal, clock: world.clock, outline, ...options }, script)
  const moves =
    (...turns: readonly (readonly [string, string])[]) =>
    async (cutover: Cutover): Promise<void> => {
      for (const [name, to] of turns) {
        await cutover.apply(turn(switches, name, to))
        await cutover.value(`after ${name}`, () => world.clock.sleep(2_000).then(() => 1))
        if (name === 'a' && switches.state['b'] === 'source') throw new Error('power cut')
      }
    }
  return { switches, journal, run, moves }
}

/** Begun with two steps, dead after the first. */
async function begun() {
  const parts = setUp()
  await parts.run([line('a'), line('b')], parts.moves(['a', 'target'], ['b', 'target'])).catch(() => {})
  return parts
}

test('an edited plan is refused with the difference, and nothing is written', async () => {
  const { journal, run } = await begun()
  const records = journal.entries.length

  const error = await errorOf(run([line('a'), line('b', 'elsewhere'), line('c')], async () => {}))

  expect(error).toMatchObject({
    code: 'CUTOVER_PLAN_CHANGED',
    next: expect.stringMatching(/can be accepted: npx .* amend/),
  })
  expect(error.message).toBe(
    [
      'REFUSED: this is not the plan that the journal began with (2 steps done)',
      '  step 2   - Turn b to target',
      '           + Turn b to elsewhere',
      '  step 3   + new: Turn c to target',
    ].join('\n'),
  )
  expect(journal.entries).toHaveLength(records)
})

test('amend accepts what has not begun, once, and says who', async () => {
  const { journal, run, moves } = await begun()
  const outline = [line('a'), line('b', 'elsewhere')]
  await amend(journal, { who: 'ana', why: 'the name of the app' })

  await run(outline, moves(['a', 'target'], ['b', 'elsewhere'])).catch(() => {})

  expect(journal.entries.find(({ t }) => t === 'replanned')).toMatchObject({
    who: 'ana',
    why: 'the name of the app',
    outline,
  })
  expect((await errorOf(run([line('a')], async () => {}))).code).toBe('CUTOVER_PLAN_CHANGED')
})

test('amend accepts nothing that has begun', async () => {
  const { journal, run } = await begun()
  await amend(journal, { who: 'ana', why: 'x' })

  const error = await errorOf(run([line('a', 'elsewhere'), line('b')], async () => {}))

  expect(error).toMatchObject({ code: 'CUTOVER_PLAN_CHANGED', next: expect.stringMatching(/^One of them has begun/) })
})

test('the difference of a long plan is told at once', async () => {
  const { run } = await begun()
  const many = Array.from({ length: 1_000 }, (_, place) => line(`s${place}`))

  const error = await errorOf(run([line('a'), line('b'), ...many], async () => {}))

  expect(error.message.split('\n')).toHaveLength(1_001)
})

test('a plan of ten thousand steps is compared within bounds, and the difference is told', async () => {
  const { switches, run } = setting()
  const long = (more: string[]): Outline =>
    [...Array.from({ length: 10_000 }, (_, i) => `s${i}`), ...more].map((step) => ({ step, title: step }))
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    throw new Error('power cut')
  }
  await run(script, { outline: long(['x']) }).catch(() => {})
  const [head, ...rest] = long([]).toReversed()
  const startedAt = process.memoryUsage().heapUsed

  const oneMore = await errorOf(run(script, { outline: long(['x', 'y']) }))
  const reversed = await errorOf(run(script, { outline: [head, ...rest].flatMap((one) => one ?? []) }))

  expect(oneMore.message).toMatch(/\n {2}step 10002 \+ new: y$/)
  expect(reversed.code).toBe('CUTOVER_PLAN_CHANGED')
  expect(reversed.message.split('\n').length).toBeLessThan(2_010)
  expect(process.memoryUsage().heapUsed - startedAt).toBeLessThan(300e6)
})

test('a plan that is the beginning of the other, and one whose titles alone differ, are told step by step', async () => {
  const { switches, run } = setting()
  const plan = (...titles: string[]): Outline => titles.map((title, i) => ({ step: `s${i}`, title }))
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    throw new Error('power cut')
  }
  await run(script, { outline: plan('A', 'B', 'C') }).catch(() => {})

  expect((await errorOf(run(script, { outline: plan('A', 'B') }))).message).toMatch(/step 3 {3}- gone: C$/)
  expect((await errorOf(run(script, { outline: plan('A', 'X', 'C') }))).message).toMatch(/step 2 {3}- B\n +\+ X$/)
})
