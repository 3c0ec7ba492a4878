import { type Change, defineChange, defineProcedure, isCutoverError, watchMade, markUsed, apply } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { expect, test } from 'vitest'

import { type Flag, inMemoryFlags, setFlag } from './flag.ts'

const orders = (): Change<Flag> => setFlag(inMemoryFlags(fakeWorld()), 'orders', 'azure')
const moveJob = (): unknown => defineProcedure({ id: 'job:move', title: 'Move the job', steps: async () => {} })
/** Awaits what the compiler would not let through. */
const awaited = (value: unknown): Promise<unknown> =>
  Promise.resolve(value).then(
    () => expect.fail('it went through'),
    (error: unknown) => error,
  )

test('making a change calls nothing', () => {
  const world = fakeWorld({ trace: true })

  void setFlag(inMemoryFlags(world), 'orders', 'azure')

  expect([world.effects, world.trace]).toEqual([[], []])
})

test.each<[string, (change: unknown) => Promise<unknown>]>([
  ['await', async (change) => await change],
  ['Promise.resolve', (change) => Promise.resolve(change)],
  ['a return from an async function', async (change) => change],
  ['Promise.all', (change) => Promise.all([change, Promise.resolve()])],
  ['a return inside then', (change) => Promise.resolve().then(() => change)],
])('a change that meets %s instead of apply says so', async (_, forget) => {
  const error = await awaited(forget(orders()))

  expect(isCutoverError(error, 'CHANGE_NOT_APPLIED')).toBe(true)
  expect(error).toMatchObject({
    message: expect.stringMatching(
      /^flag:set:orders:azure was awaited but never applied, so nothing happened/,
    ) as string,
    next: 'Write: await cutover.apply(change)',
  })
})

test('the message names the line that called the verb', async () => {
  const error = await awaited(orders())

  expect(String(error)).toMatch(/made at orders \(.*change\.test\.ts:7:\d+\)/)
})

test('the message names the line itself when a change is made without a verb', async () => {
  const { id, subject, title, intent, lateMs, capture, probe, apply: send, revert } = orders()
  const error = await awaited(
    [1].map(() => defineChange({ id, subject, title, intent, lateMs, capture, probe, apply: send, revert }))[0],
  )

  expect(String(error)).toContain('change.test.ts')
})

test('a procedure that was awaited says so, with the line that called its verb', async () => {
  const error = await awaited(moveJob())

  expect(isCutoverError(error, 'CHANGE_NOT_APPLIED')).toBe(true)
  expect(error).toMatchObject({ next: 'Write: await cutover.run(procedure)' })
  expect(String(error)).toMatch(/job:move was awaited but never run.*made at .*change\.test\.ts:\d+/)
  expect(String(error)).not.toMatch(/made at.*(moveJob|defineProcedure)/)
})

test('a change keeps everything that its author wrote', () => {
  const change = orders()

  expect(change).toMatchObject({ id: 'flag:set:orders:azure', subject: 'flag:orders', intent: { value: 'azure' } })
  expect(change.byHand?.().look).toEqual(['flagctl get orders'])
})

test('a listener hears of every change made and used, until it stops', async () => {
  const made: string[] = []
  const used: object[] = []
  const world = fakeWorld()
  const stop = watchMade(
    (id, _subject, madeAt) => made.push(`${id} ${madeAt().replace(/.*(change\.test\.ts).*/, '$1')}`),
    (subject) => used.push(subject),
  )

  const forgotten = setFlag(inMemoryFlags(world), 'orders', 'azure')
  const taken = setFlag(inMemoryFlags(world), 'prices', 'azure')
  await apply(taken, world)
  stop()
  void orders()
  markUsed(forgotten)

  expect(made).toEqual(['flag:set:orders:azure change.test.ts', 'flag:set:prices:azure change.test.ts'])
  expect(used).toEqual([taken])
})

test('a listener that has been replaced cannot stop its successor', () => {
  const made: string[] = []
  const stopFirst = watchMade(() => {})
  const stopSecond = watchMade((id) => made.push(id))

  stopFirst()
  void orders()
  stopSecond()
  void orders()

  expect(made).toEqual(['flag:set:orders:azure'])
})
