import { apply, type ApplyOptions, isCutoverError } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import { describe, expect, test } from 'vitest'

import { inMemoryFlags, setFlag } from '../flag.ts'

const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail('it was not rejected'),
    (error: unknown) => error,
  )

const draw = (seed: number, count: number): readonly number[] => {
  const world = fakeWorld({ seed })
  return Array.from({ length: count }, () => world.random())
}

const refuse = (): never => {
  throw new Error('no such flag')
}

describe('time', () => {
  test('jumps when everybody sleeps: a test awaits its work, nothing else', async () => {
    const { clock } = fakeWorld({ startAt: 1_000 })

    await Promise.all([clock.sleep(86_400_000), clock.sleep(5)])

    expect([clock.now(), clock.monotonic()]).toEqual([86_401_000, 86_400_000])
  })

  test('begins at two in the night', () => {
    expect(new Date(fakeWorld().clock.now()).toISOString()).toBe('2026-11-20T02:00:00.000Z')
  })

  test('sleepers wake in the order of their time, and of their coming', async () => {
    const { clock } = fakeWorld()
    const log: string[] = []
    const sleeper = (name: string, ms: number): Promise<unknown> => clock.sleep(ms).then(() => log.push(name))

    await Promise.all([sleeper('c', 20), sleeper('a', 10), sleeper('b', 10), sleeper('d', 30)])

    expect(log).toEqual(['a', 'b', 'c', 'd'])
  })

  test('does not wait for a sleep that was aborted', async () => {
    const { clock } = fakeWorld()
    const stop = new AbortController()
    const slept = rejection(clock.sleep(1_000_000, { signal: stop.signal }))

    await clock.sleep(10)
    stop.abort('stopped')
    await slept
    await clock.sleep(10)

    expect(clock.monotonic()).toBe(20)
  })

  test('is moved by advance, exactly as far, whatever else happens', async () => {
    const world = fakeWorld()
    const at: number[] = []
    const poll = async (): Promise<void> => {
      for (;;) {
        await world.clock.sleep(400)
        at.push(world.clock.monotonic())
      }
    }
    const poller = world.spawn('poller')
    void world.runAs(poller, poll)

    await world.advance(1_000)

    expect([world.clock.monotonic(), at]).toEqual([1_000, [400, 800]])
    world.end()
  })

  test('can be advanced by more than a week', async () => {
    const world = fakeWorld()
    const poller = world.spawn('poller')
    void world.runAs(poller, async () => {
      for (;;) await world.clock.sleep(3_600_000)
    })

    await world.advance(30 * 86_400_000)

    expect(world.clock.monotonic()).toBe(30 * 86_400_000)
    world.end()
  })

  test('can be advanced by several at once, and from within', async () => {
    const world = fakeWorld()
    const at: string[] = []
    const note = (what: string): void => void at.push(`${what} ${world.clock.monotonic()}`)

    await Promise.all([
      world.advance(200).then(() => note('outer')),
      world.advance(100).then(() => note('other')),
      world.runUntil(
        world.clock
          .sleep(50)
          .then(() => world.advance(25))
          .then(() => note('inner')),
      ),
    ])

    expect(at).toEqual(['inner 75', 'other 100', 'outer 200'])
  })

  test('stands still for who was waited for, until he goes on', async () => {
    const world = fakeWorld()
    void world.clock.sleep(1_001)

    await world.advance(1_000)
    let hops = 0
    while (hops < 100) hops += await Promise.resolve(1)

    expect(world.clock.monotonic()).toBe(1_000)
  })
})

describe('runUntil', () => {
  test('answers what the promise answers, and rejects as it rejects', async () => {
    const world = fakeWorld()

    expect(await world.runUntil(world.clock.sleep(5_000).then(() => 'done'))).toBe('done')
    expect(String(await rejection(world.runUntil(Promise.reject(new Error('no')))))).toBe('Error: no')
  })

  test('says that it hangs when nobody waits for anything', async () => {
    const world = fakeWorld()

    const error = await rejection(world.runUntil(new Promise(() => {})))

    expect(isCutoverError(error, 'WORLD_HUNG') && error.message).toContain('nobody is left who waits')
  })

  test('says that it hangs when others wait for ever, at the end of its time and not later', async () => {
    const world = fakeWorld()
    let polls = 0
    const poller = world.spawn('poller')
    void world.runAs(poller, async () => {
      for (;;) {
        await world.clock.sleep(300)
        polls += 1
      }
    })

    const error = await rejection(world.runUntil(new Promise(() => {}), 1_000))

    expect(isCutoverError(error, 'WORLD_HUNG') && error.message).toContain('within 1 s of virtual time')
    expect([world.clock.monotonic(), polls]).toEqual([900, 3])
    world.end()
  })

  test('hangs only for the innermost: who waits for that one can go on', async () => {
    const world = fakeWorld()

    const inner = await world.runUntil(
      world.clock.sleep(5).then(() => rejection(world.runUntil(new Promise(() => {})))),
    )

    expect(isCutoverError(inner, 'WORLD_HUNG')).toBe(true)
  })

  test('passes on what a timer of a fake throws', async () => {
    const world = fakeWorld()
    world.later(10, () => {
      throw new Error('broken fake')
    })

    const error = await rejection(world.runUntil(world.clock.sleep(20)))

    expect(String(error)).toBe('Error: broken fake')
    await world.clock.sleep(20)
    expect(world.clock.monotonic()).toBe(30)
  })

  test('a timer that throws while nobody drives is an uncaught exception, and time goes on', async () => {
    const world = fakeWorld()
    world.later(10, () => {
      throw new Error('broken fake')
    })
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve))

    await world.clock.sleep(20)

    expect(String(await thrown)).toBe('Error: broken fake')
    for (const other of others) process.on('uncaughtException', other)
  })
})

describe('what runs beside', () => {
  test('later happens once, and time does not go on for its sake', async () => {
    const world = fakeWorld()
    const at: number[] = []
    world.later(10, () => at.push(world.clock.monotonic()))
    world.later(30, () => at.push(world.clock.monotonic()))

    await world.clock.sleep(20)

    expect([at, world.clock.monotonic()]).toEqual([[10], 20])
  })

  test('repeat happens again and again, until it is stopped', async () => {
    const world = fakeWorld()
    const at: number[] = []
    const stop = world.repeat(10, () => at.push(world.clock.monotonic()), 5)

    await world.clock.sleep(30)
    stop()
    await world.clock.sleep(30)

    expect(at).toEqual([5, 15, 25])
  })

  test.each([0, -1, Number.NaN])('repeat every %s ms is refused: time would stand still', (ms) => {
    expect(() => fakeWorld().repeat(ms, () => {})).toThrow('wanted more than 0')
  })

  test('timers fire as nobody, whoever started the clock', async () => {
    const world = fakeWorld()
    world.later(5, () => void world.call('clients.order', { write: true }, () => {}))

    await world.runAs(world.spawn('runner'), () => world.clock.sleep(10))

    expect(world.effects[0]?.process).toBe('test')
  })
})

describe('chance', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(draw(7, 5)).toEqual(draw(7, 5))
    expect(draw(7, 5)).not.toEqual(draw(8, 5))
    expect(draw(-7, 2)).toEqual(draw(7, 2))
  })

  test('lies between 0 and 1, also at first and for small seeds', () => {
    const firsts = Array.from({ length: 1_000 }, (_, seed) => draw(seed, 1)[0] ?? 0)
    const mean = firsts.reduce((sum, x) => sum + x, 0) / firsts.length

    expect(firsts.every((x) => x > 0 && x < 1)).toBe(true)
    expect(mean).toBeGreaterThan(0.45)
    expect(mean).toBeLessThan(0.55)
    expect(firsts.filter((x) => x < 0.1).length).toBeGreaterThan(50)
  })
})

describe('a call', () => {
  test('is answered with what the body answers, or rejected with what it throws', async () => {
    const world = fakeWorld()

    expect(await world.call('flags.read x', {}, () => 7)).toBe(7)
    expect(String(await rejection(world.call('flags.read x', {}, refuse)))).toBe('Error: no such flag')
    expect(String(await rejection(world.call('flags.read x', { ms: 30 }, refuse)))).toBe('Error: no such flag')
  })

  test('takes the time that it takes, and happens at its beginning', async () => {
    const world = fakeWorld()
    let doneAt = -1

    await world.call('flags.write x', { write: true, ms: 30 }, () => (doneAt = world.clock.monotonic()))

    expect([doneAt, world.clock.monotonic()]).toEqual([0, 30])
  })

  test('numbers writes, not reads, and says whether they were fenced', async () => {
    const world = fakeWorld({ trace: true })
    const runner = world.spawn('runner')

    await world.call('flags.read x', {}, () => 0)
    await world.call('flags.write x', { write: true }, () => 0)
    await world.clock.sleep(1_500)
    await world.runAs(runner, () => world.call('flags.write y', { write: true, fence: () => {} }, () => 0))

    expect(world.effects).toEqual([
      { number: 1, operation: 'flags.write x', process: 'test', at: 0, fenced: false, fault: undefined },
      { number: 2, operation: 'flags.write y', process: 'runner', at: 1_500, fenced: true, fault: undefined },
    ])
    expect(world.trace).toEqual(['     0.000 #1 flags.write x', '     1.500 #2 flags.write y'])
  })

  test('that is aborted or fenced off does nothing, and is no effect', async () => {
    const world = fakeWorld()
    const reason = new Error('stopped')
    const done: string[] = []
    const fence = (): never => {
      throw reason
    }

    const aborted = world.call('a.b', { write: true, signal: AbortSignal.abort(reason) }, () => done.push('aborted'))
    const fenced = world.call('a.b', { write: true, fence }, () => done.push('fenced'))

    expect([await rejection(aborted), await rejection(fenced)]).toEqual([reason, reason])
    expect([done, world.effects]).toEqual([[], []])
  })

  test('that is aborted while its reply is on the way was done all the same', async () => {
    const world = fakeWorld()
    const stop = new AbortController()
    const done: number[] = []
    world.later(10, () => stop.abort('stopped'))

    const error = await rejection(
      world.call('a.b', { write: true, ms: 100, signal: stop.signal }, () => done.push(world.clock.monotonic())),
    )

    expect([error, done, world.clock.monotonic()]).toEqual(['stopped', [0], 10])
  })
})

describe('what a world remembers', () => {
  test('observations, with their time', async () => {
    const world = fakeWorld()

    world.observe({ kind: 'accepted', what: 'order-1', by: 'aws' })
    await world.clock.sleep(70)
    world.observe({ kind: 'listening', source: 'queue', side: 'azure', on: true })

    expect(world.observed).toEqual([
      { kind: 'accepted', what: 'order-1', by: 'aws', at: 0 },
      { kind: 'listening', source: 'queue', side: 'azure', on: true, at: 70 },
    ])
  })

  test('what to compare in the end, by subject', () => {
    const world = fakeWorld()
    const flags = inMemoryFlags(world, { orders: 'aws' })

    flags.edit('orders', 'azure')

    expect([...world.watched].map(([subject, snapshot]) => [subject, snapshot()])).toEqual([
      ['flags', { orders: 'azure' }],
    ])
  })

  test('where accepted work waits', () => {
    const world = fakeWorld()
    const queue = ['order-1']
    world.holds('sqs/orders', () => queue)

    queue.push('order-2')

    expect([...world.waiting].map(([where, ids]) => [where, [...ids()]])).toEqual([
      ['sqs/orders', ['order-1', 'order-2']],
    ])
  })

  test('events: a world fits wherever clock, signal and onEvent are taken', async () => {
    const world = fakeWorld()
    const options: ApplyOptions = world

    await apply(setFlag(inMemoryFlags(world), 'orders', 'azure'), options)

    expect(world.events.map(({ kind }) => kind)).toEqual(['step-started', 'step-done'])
  })

  test('no trace unless it is wanted', () => {
    const world = fakeWorld()

    world.note('nothing')

    expect(world.trace).toBeUndefined()
  })
})
