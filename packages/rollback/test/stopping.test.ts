import type { Clock } from '@cutover/core'
import { answer, type Cutover, type MemoryJournal, type OpenOptions, runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, setting } from './setting.ts'
import { altered, is, saying, turn } from './switches.ts'

const initial = { a: 'source', b: 'source', c: 'source', d: 'source' }
const target = { a: 'target', b: 'target', c: 'target', d: 'target' }

/** A script with everything that waits. */
function scripted(healthy: boolean) {
  const set = setting(initial)
  const { switches } = set
  const script = async (cutover: Cutover) => {
    await cutover.require(is(switches, 'a', 'source'))
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 20_000 }))
    await cutover.waitUntil('soak', () => cutover.clock.now() + 10_000)
    await cutover.all({
      b: (steps) => steps.apply(turn(switches, 'b', 'target', { settleMs: 20_000 })),
      c: async (steps) => {
        await steps.waitUntil('a moment', () => steps.clock.now() + 5_000)
        await steps.apply(turn(switches, 'c', 'target'))
      },
    })
    await cutover.require(saying('target', 'undecided', healthy ? 'pass' : 'fail'), { within: '1m' })
    await cutover.apply(turn(switches, 'd', 'target'))
  }
  return { ...set, script }
}

/** Stops it at the n-th time that anybody waits, asks or writes; answers whether it came so far. */
function stopAt(
  n: number,
  world: { clock: Clock; call: object },
  stop: AbortController,
): { count: number; clock: Clock } {
  const seen = { count: 0, clock: world.clock }
  const tick = (): void => {
    seen.count += 1
    if (seen.count === n) stop.abort(new Error(`stopped at ${n}`))
  }
  const call = (world as unknown as { call: (...given: unknown[]) => unknown }).call.bind(world)
  Object.assign(world, {
    call: (...given: unknown[]) => {
      tick()
      return call(...given)
    },
  })
  seen.clock = {
    now: world.clock.now,
    monotonic: world.clock.monotonic,
    sleep: (ms, options) => {
      tick()
      return world.clock.sleep(ms, options)
    },
  }
  return seen
}

test.each([{ healthy: true }, { healthy: false }])(
  'stopped at any wait, any call, it stands still; run again it ends as intended (healthy: $healthy)',
  async ({ healthy }) => {
    let stops = 0
    for (let n = 1; ; n++) {
      const { run, script, world, switches, records } = scripted(healthy)
      const stop = new AbortController()
      const seen = stopAt(n, world, stop)
      const first = await run(script, { signal: stop.signal, clock: seen.clock }).catch(
        (error: { code: string }) => error,
      )
      if (seen.count < n) break
      if ('code' in first && first.code === 'CUTOVER_INTERRUPTED') stops += 1
      const recorded = records().length

      const second = await run(script).catch((error: { report: unknown }) => error.report)

      expect({ n, end: (second as { end: string }).end, state: switches.state }).toEqual({
        n,
        end: healthy ? 'completed' : 'rolled-back',
        state: healthy ? target : initial,
      })
      expect(records().length).toBeGreaterThanOrEqual(recorded)
    }
    expect(stops).toBeGreaterThan(20)
  },
)

test.each([{ healthy: true }, { healthy: false }])(
  'stopped at any record of the journal, it ends as intended when it is run again (healthy: $healthy)',
  async ({ healthy }) => {
    for (let n = 1; ; n++) {
      const { run, script, switches, journal } = scripted(healthy)
      const stop = new AbortController()
      let appended = 0
      const stopping = {
        ...journal,
        async open(options: OpenOptions) {
          const opened = await journal.open(options)
          const append = opened.append.bind(opened)
          return Object.assign(opened, {
            append: async (entry: Parameters<typeof append>[0]) => {
              if (++appended === n) stop.abort(new Error('enough'))
              await append(entry)
            },
          })
        },
      }
      await run(script, { signal: stop.signal, journal: stopping }).catch(() => {})
      if (appended < n) break

      const second = await run(script).catch((error: { report: unknown }) => error.report)

      expect({ n, end: (second as { end: string }).end, state: switches.state }).toEqual({
        n,
        end: healthy ? 'completed' : 'rolled-back',
        state: healthy ? target : initial,
      })
    }
  },
)

test('a signal that is aborted already stops before the journal is touched', async () => {
  const { run, script, records } = scripted(true)

  const error = await errorOf(run(script, { signal: AbortSignal.abort(new Error('enough')) }))

  expect(error.code).toBe('CUTOVER_INTERRUPTED')
  expect((error.cause as Error).message).toBe('enough')
  expect(records()).toEqual([])
})

test('a stop while the first record is being written is heard: no step begins', async () => {
  const { run, script, writes, journal, world } = scripted(true)
  const stop = new AbortController()
  const stopping = {
    ...journal,
    open: async (options: OpenOptions) => {
      const opened = await journal.open(options)
      const append = opened.append.bind(opened)
      return Object.assign(opened, {
        append: (entry: Parameters<typeof append>[0]) => {
          stop.abort(new Error('enough'))
          return append(entry)
        },
      })
    },
  }

  const error = await errorOf(run(script, { signal: stop.signal, journal: stopping }))

  expect(error.code).toBe('CUTOVER_INTERRUPTED')
  expect(writes()).toEqual([])
  expect(world.clock.monotonic()).toBe(0)
})

test('a stop while a predecessor’s lease is waited for is the same interruption', async () => {
  const { run, script, world, journal, records } = scripted(true)
  await journal.open({ clock: world.clock })
  const stop = new AbortController()
  world.later(10_000, () => stop.abort(new Error('enough')))

  const error = await errorOf(run(script, { signal: stop.signal }))

  expect(error.code).toBe('CUTOVER_INTERRUPTED')
  expect(world.clock.monotonic()).toBe(10_000)
  expect(records()).toEqual([])
})

test('a stop says how to go on and how to go back, and keeps its reason as the cause', async () => {
  const { run, script, world } = scripted(true)
  const stop = new AbortController()
  world.later(15_000, () => stop.abort(new Error('enough')))

  const error = await errorOf(run(script, { signal: stop.signal }))

  expect(error.code).toBe('CUTOVER_INTERRUPTED')
  expect(error.retryable).toBe(true)
  expect(error.message).toContain('nothing was undone')
  expect(error.next).toBe('Go on: run it again. Go back: run it with rollBack: true.')
  expect((error.cause as Error).message).toBe('enough')
  expect(world.events.at(-1)).toMatchObject({ kind: 'ended', end: 'interrupted' })
  expect(world.events.at(-1)?.text).toMatch(/^INTERRUPTED .*; nothing was undone$/)
})

test('a stop on the way back says that it goes on going back', async () => {
  const { run, switches, world } = setting()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target', { settleMs: 60_000 }))
  }
  await run(script)
  const stop = new AbortController()
  world.later(30_000, () => stop.abort(new Error('enough')))

  const error = await errorOf(run(script, { signal: stop.signal, rollBack: true }))
  const told = world.events.at(-1)
  const report = await reportOf(run(script))

  expect(error.code).toBe('CUTOVER_INTERRUPTED')
  expect(error.message).not.toContain('nothing was undone')
  expect(error.next).toBe('Go on going back: run it again.')
  expect(told?.text).toBe('INTERRUPTED while going back, 0 of 2 undone: asked to go back')
  expect(report.end).toBe('rolled-back')
})

test('a service that makes its own error of an abort does not hide who stopped', async () => {
  const { run, switches, world } = setting()
  const deaf = altered(turn(switches, 'a', 'target'), {
    settle: (_before, _seen, { signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new TypeError('aborted')), { once: true }),
      ),
  })
  const stop = new AbortController()
  const sleeping = world.clock.sleep(1_000).then(() => stop.abort(new Error('enough')))

  const error = await errorOf(
    run(
      async (cutover) => {
        await cutover.apply(deaf)
      },
      { signal: stop.signal },
    ),
  )
  await sleeping
  const back = new AbortController()
  const again = world.clock.sleep(60_000).then(() => back.abort(new Error('enough')))
  const onTheWayBack = await errorOf(run((cutover) => cutover.apply(deaf), { signal: back.signal, rollBack: true }))
  await again

  expect(error.code).toBe('CUTOVER_INTERRUPTED')
  expect(onTheWayBack.code).toBe('CUTOVER_INTERRUPTED')
})

test('no listener is left at the signal, whatever the end', async () => {
  for (const healthy of [true, false]) {
    const { run, script } = scripted(healthy)
    const stop = new AbortController()
    const counts = { added: 0, removed: 0 }
    const { signal } = stop
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
    Object.assign(signal, {
      addEventListener: (...given: Parameters<typeof add>) => {
        counts.added += 1
        add(...given)
      },
      removeEventListener: (...given: Parameters<typeof remove>) => {
        counts.removed += 1
        remove(...given)
      },
    })

    await run(script, { signal }).catch(() => {})

    expect(counts.added).toBeGreaterThan(0)
    expect(counts.removed).toBe(counts.added)
  }
})

test('no listener is left for SIGINT, whatever the end', async () => {
  const before = process.listenerCount('SIGINT')

  for (const script of [
    async () => {},
    (cutover: Cutover) => cutover.rollBack('it is late'),
    () => Promise.reject(new Error('power cut')),
  ]) {
    const { run, world } = setting()
    let during = 0
    await run(
      async (cutover) => {
        during = process.listenerCount('SIGINT')
        await script(cutover)
      },
      { interruptible: true, clock: world.clock },
    ).catch(() => {})
    expect(during).toBe(before + 1)
  }

  expect(process.listenerCount('SIGINT')).toBe(before)
})

test('a fake clock is not interruptible unless it is said', async () => {
  const { run } = setting()
  const before = process.listenerCount('SIGINT')
  let during = -1

  await run(async () => {
    during = process.listenerCount('SIGINT')
  })

  expect(during).toBe(before)
})

// ----- the journal stops it

test('after a journal that cannot be written, nothing is done any more, and the next run goes on', async () => {
  for (let n = 1; ; n++) {
    const { run, script, switches, journal } = scripted(true)
    let appended = 0
    const failing = {
      ...journal,
      async open(options: OpenOptions) {
        const opened = await journal.open(options)
        const append = opened.append.bind(opened)
        return Object.assign(opened, {
          append: async (entry: Parameters<typeof append>[0]) => {
            if (++appended >= n) throw new Error('ENOSPC: no space left on device')
            await append(entry)
          },
        })
      },
    }
    const error = await run(script, { journal: failing }).catch((e: { code: string }) => e)
    if (appended < n) break

    expect(error).toMatchObject({ code: 'CUTOVER_JOURNAL_FAILED', retryable: true })
    expect(error).toHaveProperty('message', expect.stringContaining('ENOSPC'))
    expect({ n, report: await run(script), state: switches.state }).toMatchObject({
      n,
      report: { end: 'completed' },
      state: target,
    })
  }
})

test('a journal that cannot be closed hides neither the end nor its reason', async () => {
  const sticky = (journal: MemoryJournal) => ({
    ...journal,
    open: async (options: OpenOptions) =>
      Object.assign(await journal.open(options), { close: () => Promise.reject(new Error('EIO')) }),
  })
  const [healthy, broken] = [scripted(true), scripted(true)]

  const report = await healthy.run(healthy.script, { journal: sticky(healthy.journal) })
  const error = await errorOf(
    broken.run(() => Promise.reject(new TypeError('x is not a function')), { journal: sticky(broken.journal) }),
  )

  expect(report.end).toBe('completed')
  expect(error).toBeInstanceOf(TypeError)
})

test('a runner that slept through its lease writes nothing any more once another has taken over', async () => {
  const { world, switches, journal } = setting()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.waitUntil('soak', () => cutover.clock.now() + 10_000)
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  const zombie = world.spawn('zombie')
  const first = world
    .runAs(zombie, () => runCutover({ id: 'move', journal, clock: world.clock }, script))
    .catch((error: { code: string }) => error.code)
  await world.advance(5_000)
  world.pause(zombie, 10 * 60_000)
  const second = await runCutover({ id: 'move', journal, clock: world.clock }, script)
  const effects = world.effects.length
  const recorded = journal.entries.length

  expect(await world.runUntil(first)).toBe('CUTOVER_FENCED')
  expect(second.end).toBe('completed')
  expect(world.effects).toHaveLength(effects)
  expect(journal.entries).toHaveLength(recorded)
})

test('an answer is refused while a runner is alive', async () => {
  const { journal, world, run } = setting()
  await run(async () => {})
  const opened = await journal.open({ clock: world.clock })
  const beat = world.clock.sleep(20_000).then(() => opened.renew())

  const error = await errorOf(answer(journal, { answer: 'again', who: 'ana', why: 'x', clock: world.clock }))
  await beat

  expect(error.code).toBe('CUTOVER_JOURNAL_IN_USE')
})
