import {
  apply,
  type Applied,
  type ChangeInDoubt,
  type ChangeSpec,
  CutoverError,
  type CutoverEvent,
  isCutoverError,
} from '@cutover/core'
import { type Fault, type FakeWorld, fakeWorld } from '@cutover/core/testing'
import { describe, expect, test } from 'vitest'

import { inMemoryFlags, type InMemoryFlags, setFlag } from './flag.ts'

interface Setting {
  readonly world: FakeWorld
  readonly flags: InMemoryFlags
  readonly change: ChangeSpec
}

function setting(initial = 'aws', parts: Partial<ChangeSpec> = {}): Setting {
  const world = fakeWorld()
  const flags = inMemoryFlags(world, { orders: initial })
  return { world, flags, change: { ...(setFlag(flags, 'orders', 'azure') as ChangeSpec), ...parts } }
}

const attaching = (log: string[]): Partial<ChangeSpec> => ({
  async attach(before, after) {
    log.push(`attached ${JSON.stringify([before, after])}`)
    return { [Symbol.asyncDispose]: async () => void log.push('ended') }
  },
})

async function appliedOnce(parts: Partial<ChangeSpec> = {}): Promise<Setting & Applied<unknown>> {
  const set = setting('aws', parts)
  return { ...set, ...(await apply(set.change, set.world)) }
}

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail('it was not rejected'),
    (error: unknown) => error,
  )

async function inDoubt(call: Promise<unknown>): Promise<ChangeInDoubt> {
  const error = await rejection(call)
  if (!isCutoverError(error, 'CHANGE_IN_DOUBT')) throw error
  return error
}

const kinds = (events: readonly CutoverEvent[]): readonly string[] => events.map(({ kind }) => kind)

describe('when all goes well', () => {
  test('apply answers what is true afterwards, and revert puts back what it found', async () => {
    const { world, flags, change } = setting()

    const { result, changed, revert } = await apply(change, world)
    expect([result, changed, flags.values()]).toEqual([{ version: 2 }, true, { orders: 'azure' }])
    await revert()

    expect(flags.values()).toEqual({ orders: 'aws' })
  })

  test('what was so already is not written, and never undone', async () => {
    const { world, flags, change } = setting('azure')

    const { result, changed, revert } = await apply(change, world)
    await revert()

    expect([result, changed]).toEqual([{ version: 1 }, false])
    expect([world.effects, flags.values()]).toEqual([[], { orders: 'azure' }])
  })

  test('before is frozen, and goes through a journal', async () => {
    const given: unknown[] = []
    const { world, change } = setting('aws', {
      revert: async (before) => void given.push(before),
    })

    const { revert } = await apply(
      { ...change, capture: async () => ({ value: 'aws', version: 1, gone: undefined }) },
      world,
    )
    await rejection(revert())

    expect(given).toStrictEqual([{ value: 'aws', version: 1 }])
    expect(Object.isFrozen(given[0])).toBe(true)
  })

  test('settle is told what was seen, since when, and the hint; its answer is the result', async () => {
    const told: unknown[] = []
    const { world, change } = setting('aws', {
      settle: async (before, seen, { clock }, options) => {
        told.push([before, seen, options.toward, options.hint, options.since === clock.now()])
        await clock.sleep(30_000)
        return { safeAt: options.since + 30_000 }
      },
    })
    const { apply: send, revert: back } = change
    const startedAt = world.clock.now()

    const { result, revert } = await apply(
      {
        ...change,
        apply: async (before, context) => (await send(before, context), 'change-7'),
        revert: async (before, context) => (await back(before, context), 'change-8'),
      },
      world,
    )
    await revert()

    const before = { value: 'aws', version: 1 }
    expect(result).toEqual({ safeAt: startedAt + 30_000 })
    expect(told).toEqual([
      [before, { version: 2 }, 'applied', 'change-7', true],
      [before, undefined, 'absent', 'change-8', true],
    ])
    expect(world.clock.monotonic()).toBe(60_000)
  })

  test('events say what begins, what the change reports, what is done, and what was undone', async () => {
    const { world, change } = setting('aws', {
      estimate: () => ({ applyMs: 40_000, revertMs: 1 }),
      settle: async (_before, seen, { clock, report }) => {
        report({ kind: 'waiting', why: 'caches' })
        await clock.sleep(7_000)
        return seen
      },
    })

    const { revert } = await apply(change, world)
    await revert()

    expect(kinds(world.events)).toEqual(['step-started', 'waiting', 'step-done', 'waiting', 'step-undone'])
    expect(world.events[0]).toMatchObject({ step: change.id, title: change.title, estimateMs: 40_000 })
    expect(world.events[2]).toMatchObject({ tookMs: 7_000, how: 'done', at: world.clock.now() - 7_000 })
    expect(world.events[4]).toMatchObject({ tookMs: 7_000, text: 'Set the flag orders to azure: undone' })
  })

  test('an event says when it was so already', async () => {
    const { world, change } = setting('azure')

    await apply(change, world)

    expect(world.events.at(-1)).toMatchObject({ kind: 'step-done', how: 'already' })
  })
})

describe('what lives while a change is applied', () => {
  test('is attached with before and after, and ended once, before the way back', async () => {
    const log: string[] = []
    const { world, change } = setting('aws', attaching(log))
    const { revert: back } = change

    const applied = await apply(
      { ...change, revert: async (before, context) => (log.push('reverted'), back(before, context)) },
      world,
    )
    await applied.revert()
    await applied.revert()

    expect(log).toEqual(['attached [{"value":"aws","version":1},{"version":2}]', 'ended', 'reverted', 'reverted'])
  })

  test('can be ended without undoing anything', async () => {
    const log: string[] = []
    const { world, flags, change } = setting('aws', attaching(log))

    const { detach } = await apply(change, world)
    await detach()
    await detach()

    expect([log.at(-1), log.length, flags.values()]).toEqual(['ended', 2, { orders: 'azure' }])
  })

  test('is attached, and ended by revert, when it was so already', async () => {
    const log: string[] = []
    const { world, flags, change } = setting('azure', attaching(log))

    const { revert } = await apply(change, world)
    await revert()

    expect([log.at(-1), flags.values()]).toEqual(['ended', { orders: 'azure' }])
  })
})

describe('before anything is written', () => {
  test('somebody else’s edit is refused', async () => {
    const { world, flags, change } = setting()
    const { capture } = change

    const error = await rejection(
      apply(
        {
          ...change,
          async capture(context) {
            const before = await capture(context)
            flags.edit('orders', 'theirs')
            return before
          },
        },
        world,
      ),
    )

    expect(isCutoverError(error, 'CHANGE_FOREIGN')).toBe(true)
    expect(error).toMatchObject({
      message: 'flag:orders: somebody else changed it; found {"value":"theirs","version":2}',
      next: 'flagctl get orders',
    })
    expect(world.effects).toEqual([])
  })

  test.each([
    ['what capture refuses', { capture: () => Promise.reject(new Error('no such flag')) }, 'no such flag'],
    ['what the first probe cannot ask', { probe: () => Promise.reject(new Error('no network')) }, 'no network'],
    ['a before that no journal can keep', { capture: async () => ({ at: new Date(0) }) }, 'before.at is a Date'],
  ])('%s is passed on', async (_, parts, message) => {
    const { world, change } = setting('aws', parts)

    const error = await rejection(apply(change, world))

    expect(String(error)).toContain(message)
    expect(world.effects).toEqual([])
  })

  test('what was aborted is not even asked', async () => {
    const { world, change } = setting()
    const reason = new Error('stopped')

    const error = await rejection(
      apply(change, { clock: world.clock, onEvent: world.onEvent, signal: AbortSignal.abort(reason) }),
    )

    expect(error).toBe(reason)
    expect(world.events).toEqual([])
  })
})

describe('what the authority says decides', () => {
  test('a refusal says what the service said to do', async () => {
    const refused = new CutoverError('FLAGS_LOCKED', 'orders is locked', { next: 'Ask its owner first' })
    const { world, change } = setting('aws', { apply: () => Promise.reject(refused) })

    const error = await rejection(apply(change, world))

    expect(error).toMatchObject({ code: 'CHANGE_REFUSED', next: 'Ask its owner first', cause: refused })
  })

  test('a refusal that certainly did nothing says so, and can be tried again', async () => {
    const { world, flags, change } = setting()
    world.failNext('flags.write', 'refused')

    const error = await rejection(apply(change, world))

    expect(isCutoverError(error, 'CHANGE_REFUSED') && error.retryable).toBe(true)
    expect(flags.values()).toEqual({ orders: 'aws' })
    expect(world.clock.monotonic()).toBe(change.lateMs)
  })

  test.each<[Fault, number]>([
    ['reply-lost', 5_000],
    ['refused-though-done', 0],
    ['late', 50_000],
    ['slow', 20_000],
  ])('a write that met %s is found applied', async (fault, ms) => {
    const { world, change } = setting()
    world.failNext('flags.write', fault)

    const { result, changed, revert } = await apply(change, world)
    expect([result, changed, world.clock.monotonic()]).toEqual([{ version: 2 }, true, ms])
    await revert()

    expect(world.clock.monotonic()).toBe(ms)
  })

  test('a read that is stale for a while is waited for', async () => {
    const { world, change } = setting()
    const { probe } = change
    const isStale = (): boolean => world.clock.monotonic() < 30_000

    const { result } = await apply(
      {
        ...change,
        probe: (before, context) => (isStale() ? Promise.resolve({ is: 'absent' }) : probe(before, context)),
      },
      world,
    )

    expect(result).toEqual({ version: 2 })
  })

  test.each([
    [{ is: 'absent' } as const, 'it is absent'],
    [{ is: 'partial' } as const, 'it is partial'],
    [{ is: 'unknown', why: 'the API is down' } as const, 'unknown: the API is down'],
    [{ is: 'foreign', found: { size: 1n } } as const, 'somebody else changed it: [object Object]'],
    [{ is: 'foreign', found: undefined } as const, 'somebody else changed it: undefined'],
  ])('%o after an answered write is in doubt, and can be gone back from', async (standing, why) => {
    const { world, flags, change } = setting()
    const { probe } = change
    let isHidden = true

    const error = await inDoubt(
      apply(
        {
          ...change,
          probe: (before, context) =>
            world.effects.length > 0 && isHidden ? Promise.resolve(standing) : probe(before, context),
        },
        world,
      ),
    )
    expect(error.message).toBe(`Set the flag orders to azure: it may have happened: ${why}`)
    expect(error.next).toContain('error.revert()')
    isHidden = false
    await error.revert()

    expect(flags.values()).toEqual({ orders: 'aws' })
  })

  test('a rejection without a reason is one', async () => {
    const { world, change } = setting('aws', { apply: () => Promise.reject(undefined) })

    const error = await rejection(apply(change, world))

    expect(isCutoverError(error, 'CHANGE_REFUSED') && error.message).toContain('rejected without a reason')
  })

  test('an outcome that nobody can tell is in doubt, and its cause is kept', async () => {
    const { world, flags, change } = setting()
    const { probe } = change
    const cause = new Error('no network')
    let asked = 0

    const error = await inDoubt(
      apply({ ...change, probe: (...given) => (++asked === 2 ? Promise.reject(cause) : probe(...given)) }, world),
    )
    expect(error).toMatchObject({ cause, message: expect.stringContaining('nobody can say: no network') as string })
    await error.revert()

    expect(flags.values()).toEqual({ orders: 'aws' })
  })

  test.each(['settle', 'attach'] as const)('a %s that fails leaves a way back', async (part) => {
    const { world, flags, change } = setting('aws', {
      [part]: () => (world.effects.length === 1 ? Promise.reject(new Error('no quota')) : Promise.resolve()),
    })

    const error = await inDoubt(apply(change, world))
    expect(error.message).toContain('it is applied, but not known to be felt: no quota')
    await error.revert()

    expect(flags.values()).toEqual({ orders: 'aws' })
  })

  test('a settle that fails over what was so already is passed on as it is', async () => {
    const cause = new Error('no quota')
    const { world, change } = setting('azure', { settle: () => Promise.reject(cause) })

    expect(await rejection(apply(change, world))).toBe(cause)
  })
})

describe('the way back', () => {
  test('refuses to overwrite what somebody else has edited since', async () => {
    const { flags, revert } = await appliedOnce()
    flags.edit('orders', 'theirs')

    const error = await rejection(revert())

    expect(isCutoverError(error, 'CHANGE_FOREIGN')).toBe(true)
    expect(flags.values()).toEqual({ orders: 'theirs' })
  })

  test('refuses what somebody else edits while it goes', async () => {
    const { world, flags, change } = setting()
    const { revert: back } = change
    const { revert } = await apply(
      { ...change, revert: (before, context) => (flags.edit('orders', 'theirs'), back(before, context)) },
      world,
    )

    const error = await rejection(revert())

    expect(isCutoverError(error, 'CHANGE_FOREIGN')).toBe(true)
  })

  test.each<Fault>(['reply-lost', 'refused-though-done', 'late', 'slow'])(
    'is found when its write met %s',
    async (fault) => {
      const { world, flags, revert } = await appliedOnce()
      world.failNext('flags.write', fault)

      await revert()

      expect(flags.values()).toEqual({ orders: 'aws' })
    },
  )

  test('says when it did not work, with the commands to do it by hand, and can be tried again', async () => {
    const { world, flags, revert } = await appliedOnce()
    world.failNext('flags.write', 'refused')

    const error = await rejection(revert())
    expect(isCutoverError(error, 'CHANGE_NOT_REVERTED')).toBe(true)
    expect(error).toMatchObject({
      retryable: true,
      next: 'flagctl set orders aws',
      cause: { code: 'WORLD_REFUSED' },
      message: 'Set the flag orders to azure: still there after revert: it is applied',
    })
    await revert()

    expect(flags.values()).toEqual({ orders: 'aws' })
  })

  test('is not stopped by the signal that stopped the way there', async () => {
    const { world, flags, change } = setting('aws', {
      settle: (_before, _seen, { clock, signal }) => clock.sleep(60_000, { signal }),
    })
    const stop = new AbortController()
    world.later(10_000, () => stop.abort(new Error('stopped')))

    const error = await inDoubt(apply(change, { clock: world.clock, signal: stop.signal }))
    await error.revert()

    expect(flags.values()).toEqual({ orders: 'aws' })
  })

  test('waits out a request that may still take effect, before it says that nothing is there', async () => {
    const { world, flags, change } = setting()
    const stop = new AbortController()
    world.failNext('flags.write', 'late')
    world.later(1_000, () => stop.abort(new Error('stopped')))

    const error = await inDoubt(apply(change, { clock: world.clock, signal: stop.signal }))
    expect(flags.values()).toEqual({ orders: 'aws' })
    await error.revert()
    await world.advance(3_600_000)

    expect(flags.values()).toEqual({ orders: 'aws' })
  })
})

test('wherever apply is stopped, either nothing was written or the error carries the way back', async () => {
  const faults: readonly (Fault | undefined)[] = [
    undefined,
    'refused',
    'reply-lost',
    'late',
    'slow',
    'refused-though-done',
  ]
  const ends = new Set<string>()
  for (const fault of faults) {
    for (let stopAt = 0; stopAt < 40; stopAt++) {
      const { world, flags, change } = setting('aws', {
        settle: (_before, seen, { clock, signal }) => clock.sleep(10_000, { signal }).then(() => seen),
      })
      const stop = new AbortController()
      if (fault) world.failNext('flags.write', fault)
      // Counts every look at the signal and the clock: the abort falls between any two awaits.
      let looks = 0
      const look = <T>(value: T): T => {
        if (looks++ === stopAt) stop.abort(new Error('stopped'))
        return value
      }
      const clock = {
        now: () => look(world.clock.now()),
        monotonic: () => look(world.clock.monotonic()),
        sleep: (ms: number, options?: object) => look(world.clock.sleep(ms, options)),
      }
      const seen = new Proxy(change, { get: (target, key) => look(Reflect.get(target, key) as unknown) })

      const end: unknown = await apply(seen, { clock, signal: stop.signal }).catch((error: unknown) => error)
      if (isCutoverError(end, 'CHANGE_IN_DOUBT')) await end.revert()
      else if (!(end instanceof Error)) await (end as Applied<unknown>).revert()
      await world.advance(600_000)

      expect(flags.values(), `${fault} stopped at ${stopAt}`).toEqual({ orders: 'aws' })
      ends.add(isCutoverError(end) ? end.code : end instanceof Error ? end.message : 'applied')
    }
  }
  expect([...ends].sort()).toEqual(['CHANGE_IN_DOUBT', 'CHANGE_REFUSED', 'applied', 'stopped'])
})

test('without options the machine’s own clock is used, and nobody is told', async () => {
  const { flags, change } = setting()

  const { result } = await apply(change)

  expect([result, flags.values()]).toEqual([{ version: 2 }, { orders: 'azure' }])
})
