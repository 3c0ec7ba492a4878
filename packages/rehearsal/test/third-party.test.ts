// A team's own change, check and fake for a service that nobody else knows: all that they need is `@cutover/core`.
import { type Change, type Check, CutoverError, defineChange, defineCheck } from '@cutover/core'
import type { CallOptions, FakeWorld } from '@cutover/core/testing'
import { rehearse } from '@cutover/rehearsal'
import { runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

interface Flags {
  read(name: string, call?: CallOptions): Promise<{ readonly on: boolean; readonly version: number }>
  /** Fails with a conflict when `version` is not the present one. */
  write(name: string, on: boolean, version: number, call?: CallOptions): Promise<void>
}

const setFlag = (
  flags: Flags,
  name: string,
  on: boolean,
): Change<{ on: boolean; version: number }, { version: number }> =>
  defineChange({
    id: `flag:${name}`,
    subject: `flag:${name}`,
    title: `Turn the flag ${name} ${on ? 'on' : 'off'}`,
    intent: { on },
    lateMs: 45_000,
    capture: ({ signal }) => flags.read(name, { signal }),
    async probe(before, { signal }) {
      const now = await flags.read(name, { signal })
      if (now.on === on && now.version > before.version) return { is: 'applied', seen: { version: now.version } }
      return now.on === before.on ? { is: 'absent' } : { is: 'foreign', found: now }
    },
    async apply(before, { signal, fence }) {
      await flags.write(name, on, before.version, { signal, fence })
    },
    async revert(before, { signal, fence }) {
      const now = await flags.read(name, { signal })
      if (now.on === on) await flags.write(name, before.on, now.version, { signal, fence })
    },
  })

const flagIs = (flags: Flags, name: string, on: boolean): Check =>
  defineCheck({
    id: `flag-is:${name}`,
    title: `${name} is ${on ? 'on' : 'off'}`,
    async run({ signal }) {
      const now = await flags.read(name, { signal })
      return { status: now.on === on ? 'pass' : 'fail', text: `${name} is ${now.on ? 'on' : 'off'}` }
    },
  })

/** Joins the world with four words: `call` for the door, `watch`, `holds` and `observe` for the judge. */
function inMemoryFlags(world: FakeWorld, initial: Readonly<Record<string, boolean>>) {
  const state = new Map(Object.entries(initial).map(([name, on]) => [name, { on, version: 1 }]))
  const orders: string[] = []
  world.watch('flags', () => [...state].map(([name, { on }]) => [name, on]))
  world.holds('orders', () => orders)
  const flags: Flags = {
    read: (name, call) =>
      world.call(`flags.read ${name}`, { ...call }, () => state.get(name) ?? { on: false, version: 0 }),
    write: (name, on, version, call) =>
      world.call(`flags.write ${name}`, { ...call, write: true }, () => {
        const now = state.get(name)?.version ?? 0
        if (now !== version) throw new CutoverError('FLAGS_CONFLICT', `${name} is at version ${now}, not ${version}`)
        state.set(name, { on, version: version + 1 })
      }),
  }
  return { ...flags, orders, isOn: (name: string) => state.get(name)?.on ?? false }
}

/** Orders arrive, and whichever side the flags let work, works. */
function shop({ orders, isOn }: ReturnType<typeof inMemoryFlags>, world: FakeWorld): () => void {
  let number = 0
  const stops = [
    world.repeat(10_000, () => {
      const what = `order-${++number}`
      orders.push(what)
      world.observe({ kind: 'accepted', what, by: 'shop' })
    }),
    world.repeat(7_000, () => {
      const [here, there] = [isOn('consume-here'), isOn('consume-there')]
      // Whoever has stopped is told first.
      for (const on of [false, true]) {
        if (here === on) world.observe({ kind: 'listening', source: 'orders', side: 'here', on })
        if (there === on) world.observe({ kind: 'listening', source: 'orders', side: 'there', on })
      }
      if (here || there)
        for (const what of orders.splice(0)) world.observe({ kind: 'handled', what, by: here ? 'here' : 'there' })
    }),
  ] as const
  return () => {
    stops[0]()
    world.later(30_000, stops[1])
  }
}

const flagsOf = (world: FakeWorld) => inMemoryFlags(world, { 'consume-here': true, 'consume-there': false })

test.each([
  { ends: 'completed', verdict: true },
  { ends: 'rolled-back', verdict: false },
])('a fake that is written against the world alone is rehearsed: $ends', async ({ ends, verdict }) => {
  const report = await rehearse({
    world: flagsOf,
    load: shop,
    cutover: (flags, run) =>
      runCutover({ id: 'flags', ...run }, async (cutover) => {
        await cutover.apply(setFlag(flags, 'consume-here', false))
        await cutover.apply(setFlag(flags, 'consume-there', true))
        await cutover.require(flagIs(flags, 'consume-there', verdict))
      }),
  })

  report.assertSafe()
  expect(report.end).toBe(ends)
})

test('what it tells the world is judged: the wrong order of two flags is found', async () => {
  const report = await rehearse({
    world: flagsOf,
    load: shop,
    cutover: (flags, run) =>
      runCutover({ id: 'flags', ...run }, async (cutover) => {
        await cutover.apply(setFlag(flags, 'consume-there', true))
        await cutover.waitUntil('it is warm', () => cutover.clock.now() + 60_000)
        await cutover.apply(setFlag(flags, 'consume-here', false))
      }),
  })

  expect(report.violations.map(({ text }) => text)).toEqual([
    'without any fault: here and there listened to orders at once, while “it is warm” was under way, after “Turn the flag consume-there on”, until “Turn the flag consume-here off”. It ended completed. Replay: no fault',
  ])
})
