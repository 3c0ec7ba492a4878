import { readFile } from 'node:fs/promises'

import { fakeWorld, type FakeWorld } from '@cutover/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** A random program: what it awaits, and so how long it must take. */
type Program =
  | { readonly hop: keyof typeof hops; readonly times: number }
  | { readonly sleepMs: number }
  | { readonly callMs: number }
  | { readonly inTurn: readonly Program[] }
  | { readonly atOnce: readonly Program[] }

/** Ways of going through the microtask queue; none takes time. */
const hops = {
  resolved: () => Promise.resolve(),
  async: async () => (async () => (async () => {})())(),
  thenable: async () => void (await { then: (resolve: () => void) => resolve() }),
  microtask: () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve))),
  chain: () => Promise.resolve().then(() => Promise.resolve(1)),
  caught: () => Promise.reject(new Error('x')).catch(() => {}),
  finally: () => Promise.resolve().finally(() => {}),
  settled: async () => void (await Promise.allSettled([Promise.reject(new Error('x')), Promise.resolve()])),
  async *generator() {
    yield await Promise.resolve()
  },
} as const

async function hop(kind: keyof typeof hops): Promise<void> {
  const going = hops[kind]()
  if (Symbol.asyncIterator in going) for await (const _ of going);
  else await going
}

const program = fc.letrec<{ program: Program }>((tie) => ({
  program: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({
      hop: fc.constantFrom(...(Object.keys(hops) as (keyof typeof hops)[])),
      times: fc.integer({ min: 1, max: 40 }),
    }),
    fc.record({ sleepMs: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ callMs: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ inTurn: fc.array(tie('program'), { maxLength: 4 }) }),
    fc.record({ atOnce: fc.array(tie('program'), { maxLength: 4 }) }),
  ),
})).program

/** Runs it from an instant; answers when it must be over, and checks the clock after every part. */
async function run(part: Program, from: number, world: FakeWorld): Promise<number> {
  let until = from
  if ('hop' in part) for (let i = 0; i < part.times; i++) await hop(part.hop)
  else if ('sleepMs' in part) {
    await world.clock.sleep(part.sleepMs)
    until += part.sleepMs
  } else if ('callMs' in part) {
    await world.call('a.b', { ms: part.callMs }, () => {})
    until += part.callMs
  } else if ('inTurn' in part) for (const each of part.inTurn) until = await run(each, until, world)
  else until = Math.max(from, ...(await Promise.all(part.atOnce.map((each) => run(each, from, world)))))
  expect(world.clock.monotonic()).toBe(until)
  return until
}

test('time never goes on while anybody has anything left to do, whatever they await', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(program, { minLength: 2, maxLength: 4 }), async (programs) => {
      const world = fakeWorld()

      await Promise.all(programs.map((each) => run(each, 0, world)))
    }),
    { numRuns: 150 },
  )
})

test('and neither when somebody drives it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(program, { minLength: 2, maxLength: 4 }), async (programs) => {
      const world = fakeWorld()

      await world.runUntil(Promise.all(programs.map((each) => run(each, 0, world))))
    }),
    { numRuns: 150 },
  )
})

test('time does not go on too early either when work begins outside of any promise', async () => {
  const { clock } = fakeWorld()
  const secondAt = Promise.withResolvers<number>()
  const second = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve()
    await clock.sleep(5)
    secondAt.resolve(clock.monotonic())
  }

  setImmediate(() => {
    void clock.sleep(10)
    void second()
  })

  expect(await secondAt.promise).toBe(5)
})

test('ten thousand hops take no time', async () => {
  const world = fakeWorld()
  const others = world.clock.sleep(1)

  await world.clock.sleep(0)
  for (let i = 0; i < 10_000; i++) await Promise.resolve()

  expect(world.clock.monotonic()).toBe(0)
  await others
})

async function ticks(): Promise<string> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => process.nextTick(resolve))
  return 'done'
}

test('code that uses process.nextTick itself is not called hung', async () => {
  const world = fakeWorld()
  expect(await world.runUntil(ticks())).toBe('done')
})

test('real I/O is not starved by a long simulation', async () => {
  const world = fakeWorld()
  const read = { isDone: false }
  const reading = readFile(import.meta.filename).then(() => (read.isDone = true))

  let sleeps = 0
  while (!read.isDone && sleeps < 1_000_000) {
    await world.clock.sleep(1)
    sleeps += 1
  }
  await reading

  expect(sleeps).toBeLessThan(1_000_000)
})
