import { createHash } from 'node:crypto'

import { fakeWorld, type Fault } from '@cutover/core/testing'
import { expect, test } from 'vitest'

/** Three processes, chance, every kind of fault, a follower that is aborted: its trace as a digest. */
async function traced(seed: number): Promise<string> {
  const planned: readonly (readonly [number, Fault])[] = [
    [3, 'reply-lost'],
    [5, 'late'],
    [8, 'slow'],
    [11, 'zombie-early'],
    [14, 'refused'],
    [17, 'outage'],
    [23, 'crash-late'],
  ]
  const world = fakeWorld({ seed, trace: true, faults: new Map(planned) })
  const stop = new AbortController()
  world.repeat(7_000, () => world.note(`tick ${world.random().toFixed(6)}`))
  world.later(400_000, () => stop.abort(new Error('stopped')))
  const work = async (name: string): Promise<void> => {
    for (let i = 0; i < 12; i++) {
      await world.clock.sleep(world.random() * 60_000)
      const heard: unknown = await world
        .call(`${name}.write ${i}`, { write: true, ms: world.random() * 900, signal: stop.signal }, () => i)
        .catch((error: unknown) => String(error))
      for (let hops = world.random() * 20; hops > 0; hops--) await Promise.resolve()
      world.note(`${name} heard ${String(heard)}`)
    }
  }
  const names = ['dns', 'lambda', 'sites']
  for (const name of names) void world.runAs(world.spawn(name), () => work(name))
  await world.advance(3_600_000)
  return createHash('sha256')
    .update((world.trace ?? []).join('\n'))
    .digest('hex')
}

test('the same seed gives the same trace, another one another', async () => {
  const [first, again, other] = [await traced(1), await traced(1), await traced(2)]

  expect(again).toBe(first)
  expect(other).not.toBe(first)
})

test('worlds side by side do not disturb each other', async () => {
  const [first, second] = await Promise.all([traced(1), traced(2)])

  expect([first, second]).toEqual([await traced(1), await traced(2)])
})

test('the trace is the same on every version of Node', async () => {
  expect(await traced(20_261_120)).toMatchInlineSnapshot(
    `"6138839aec515f8f80021e7f2240d47d848c70dd8162f30940fc21b385eb2089"`,
  )
})
