import { fakeWorld, type FakeWorld, type SimulatedProcess } from '@cutover/core/testing'
import { describe, expect, test } from 'vitest'

/** Code that writes down what it gets to do. */
function logging(world: FakeWorld): { readonly log: string[]; note(what: string): void } {
  const log: string[] = []
  return { log, note: (what) => void log.push(`${what} ${world.clock.monotonic() / 1_000}`) }
}

async function noting(note: (what: string) => void, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
    note('went on')
  } catch {
    note('caught')
  } finally {
    note('finally')
  }
}

const write = (world: FakeWorld, operation = 'a.x', options: object = {}): Promise<void> =>
  world.call(operation, { write: true, ...options }, () => {})

describe('a process that dies', () => {
  test('goes on nowhere: neither catch nor finally runs, and no timer of its own', async () => {
    const world = fakeWorld()
    const { log, note } = logging(world)
    const runner = world.spawn('runner')
    const stop = new AbortController()
    world.failNext('a.x', 'crash')
    void world.runAs(runner, async () => {
      await Promise.all([
        noting(note, () => world.clock.sleep(10_000)),
        noting(note, () => world.clock.sleep(10_000, { signal: stop.signal })),
        noting(note, () => world.call('a.slow', { ms: 10_000 }, () => 1)),
        noting(note, () => world.clock.sleep(1_000).then(() => write(world))),
      ])
    })

    await world.advance(5_000)
    stop.abort(new Error('stopped'))
    await world.advance(60_000)

    expect([runner.state, log]).toEqual(['dead', []])
  })

  test('can call and sleep no more, if a continuation is still under way', async () => {
    const world = fakeWorld()
    const { log, note } = logging(world)
    const runner = world.spawn('runner')
    void world.runAs(runner, async () => {
      await world.call('a.read', {}, () => 1)
      note('between two calls')
      await Promise.race([world.clock.sleep(0), write(world)])
      note('went on')
    })

    world.kill(runner)
    await world.advance(60_000)

    expect([log, world.effects]).toEqual([['between two calls 0'], []])
  })

  test('keeps nobody waiting: time does not go on for its sleepers', async () => {
    const world = fakeWorld()
    const runner = world.spawn('runner')
    void world.runAs(runner, () => world.clock.sleep(3_600_000))

    world.kill(runner)
    await world.clock.sleep(5)
    await new Promise((resolve) => void setImmediate(resolve))

    expect(world.clock.monotonic()).toBe(5)
  })

  test('leaves nobody waiting behind', async () => {
    const world = fakeWorld()
    const runner = world.spawn('runner')
    void world.runAs(runner, () => Promise.all([world.clock.sleep(1_000), world.clock.sleep(2_000)]))

    world.kill(runner)

    await expect(world.runUntil(new Promise(() => {}))).rejects.toThrow('nobody is left who waits')
  })

  test('tells who wants to know, once', async () => {
    const world = fakeWorld()
    const runner = world.spawn('runner')
    let told = 0
    runner.onStop = () => (told += 1)

    world.kill(runner)
    world.kill(runner)
    world.pause(runner, 5)

    expect([told, runner.state]).toEqual([1, 'dead'])
  })

  test('leaves the others alone', async () => {
    const world = fakeWorld()
    const { log, note } = logging(world)
    const [first, second] = [world.spawn('first'), world.spawn('second')]
    const run = (process: SimulatedProcess): Promise<void> =>
      world.runAs(process, async () => {
        await world.clock.sleep(1_000)
        await write(world, `a.${process.name}`)
        note(process.name)
      })
    world.failNext('a.first', 'crash')
    void run(first)

    await run(second)

    expect(log).toEqual(['second 1'])
  })

  test('all die at the end of the world', async () => {
    const world = fakeWorld()
    const processes = [world.spawn('a'), world.spawn('b')]

    world.end()

    expect(processes.map(({ state }) => state)).toEqual(['dead', 'dead'])
  })
})

describe('a process that is stopped', () => {
  test('goes on at its time, and not at the next time of somebody else', async () => {
    const world = fakeWorld()
    const { log, note } = logging(world)
    world.failNext('a.x', 'zombie-early')
    void world.runAs(world.spawn('zombie'), async () => {
      await write(world)
      note('zombie')
    })

    await world.clock.sleep(3_600_000)

    expect(log).toEqual(['zombie 5'])
  })

  test('is waited for by who just awaits it', async () => {
    const world = fakeWorld()
    world.failNext('a.x', 'zombie-after')

    await world.runAs(world.spawn('zombie'), () => write(world))

    expect(world.clock.monotonic()).toBe(45 * 60_000)
  })

  test('hears only then of timers, replies, aborts and of what it had begun', async () => {
    const world = fakeWorld()
    const { log, note } = logging(world)
    const zombie = world.spawn('zombie')
    const stop = new AbortController()
    const branch = (name: string, work: Promise<unknown>): Promise<void> =>
      work.then(
        () => note(name),
        () => note(`${name} rejected`),
      )
    void world.runAs(zombie, () =>
      Promise.all([
        branch('timer', world.clock.sleep(2_000)),
        branch(
          'reply',
          world.call('a.slow', { ms: 3_000 }, () => 1),
        ),
        branch('abort', world.clock.sleep(9_000, { signal: stop.signal })),
        branch('timer before abort', world.clock.sleep(2_500, { signal: stop.signal })),
        branch('later timer', world.clock.sleep(20_000)),
      ]),
    )

    world.pause(zombie, 10_000)
    world.later(4_000, () => stop.abort(new Error('stopped')))
    await world.clock.sleep(60_000)

    expect(log).toEqual(['timer 10', 'timer before abort 10', 'abort rejected 10', 'reply 10', 'later timer 20'])
  })

  test('calls and sleeps only once it goes on, as itself', async () => {
    const world = fakeWorld()
    const { log, note } = logging(world)
    const zombie = world.spawn('zombie')
    const run = world.runAs(zombie, async () => {
      await world.call('a.read', {}, () => 1)
      const calling = write(world).then(() => note('called'))
      await world.clock.sleep(1_000)
      note('slept')
      await calling
    })

    world.pause(zombie, 10_000)
    await run

    expect(log).toEqual(['called 10', 'slept 11'])
    expect(world.effects).toMatchObject([{ process: 'zombie', at: 10_000 }])
  })

  test('is fenced by what has happened meanwhile', async () => {
    const world = fakeWorld()
    const zombie = world.spawn('zombie')
    let isReplaced = false
    const fence = (): void => {
      if (isReplaced) throw new Error('fenced')
    }
    const run = world.runAs(zombie, async () => {
      await world.call('a.read', {}, () => 1)
      await write(world, 'a.x', { fence })
    })

    world.pause(zombie, 10_000)
    isReplaced = true

    await expect(run).rejects.toThrow('fenced')
    expect(world.effects).toEqual([])
  })

  test('can be stopped again by the first thing that reaches it', async () => {
    const world = fakeWorld()
    const { log, note } = logging(world)
    const zombie = world.spawn('zombie')
    world.failNext('a.first', 'zombie-early')
    const run = world.runAs(zombie, async () => {
      await world.call('a.read', {}, () => 1)
      await Promise.all([
        write(world, 'a.first').then(() => note('first')),
        write(world, 'a.second').then(() => note('second')),
      ])
    })

    world.pause(zombie, 10_000)
    await run

    expect([...log].sort()).toEqual(['first 15', 'second 15'])
    expect(world.effects.map(({ at }) => at)).toEqual([10_000, 15_000])
  })

  test('dies without going on, and is not waited for any more', async () => {
    const world = fakeWorld()
    const { log, note } = logging(world)
    const zombie = world.spawn('zombie')
    void world.runAs(zombie, () => world.clock.sleep(1_000).then(() => note('went on')))

    world.pause(zombie, 60_000)
    await world.advance(5_000)
    world.kill(zombie)
    await world.clock.sleep(1)
    await new Promise((resolve) => void setImmediate(resolve))

    expect([log, world.clock.monotonic()]).toEqual([[], 5_001])
  })

  test('never goes on when it is stopped for ever', async () => {
    const world = fakeWorld()
    const { log, note } = logging(world)
    const zombie = world.spawn('zombie')
    void world.runAs(zombie, () => world.clock.sleep(1_000).then(() => note('went on')))

    world.pause(zombie, Number.POSITIVE_INFINITY)
    await world.advance(86_400_000)

    expect([log, zombie.state]).toEqual([[], 'paused'])
  })
})

describe('who calls', () => {
  test('is known through every kind of continuation', async () => {
    const world = fakeWorld()
    const runner = world.spawn('runner')
    const call = (): Promise<void> => write(world)

    await world.runAs(runner, async () => {
      await call()
      await world.clock.sleep(5).then(call)
      await Promise.all([1, 2].map(async () => call()))
      await new Promise<void>((resolve) => queueMicrotask(() => void call().then(resolve)))
      await new Promise<void>((resolve) => void setImmediate(() => void call().then(resolve)))
    })
    await call()

    expect(world.effects.map(({ process }) => process)).toEqual([...Array<string>(6).fill('runner'), 'test'])
  })

  test('is kept apart in two worlds at once, and a process is a stranger in the other world', async () => {
    const [here, there] = [fakeWorld(), fakeWorld()]
    const [mine, yours] = [here.spawn('mine'), there.spawn('yours')]
    const both = async (): Promise<void> => {
      await write(here)
      await here.clock.sleep(1_000)
      await write(there)
      await there.clock.sleep(1_000)
    }

    await Promise.all([
      here.runAs(mine, both),
      there.runAs(yours, both),
      here.runAs(mine, () => there.runAs(yours, both)),
    ])

    expect(here.effects.map(({ process }) => process)).toEqual(['mine', 'test', 'test'])
    expect(there.effects.map(({ process }) => process).sort()).toEqual(['test', 'yours', 'yours'])
  })

  test('a process that dies in its own world takes no time away from another', async () => {
    const [here, there] = [fakeWorld(), fakeWorld()]
    const mine = here.spawn('mine')
    void here.runAs(mine, () => there.clock.sleep(1_000))

    here.kill(mine)
    await Promise.all([here.clock.sleep(10), there.clock.sleep(2_000)])

    expect([here.clock.monotonic(), there.clock.monotonic()]).toEqual([10, 2_000])
  })
})
