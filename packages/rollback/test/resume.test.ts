import { type Cutover, CutoverError } from '@cutover/rollback'
import { expect, test, vi } from 'vitest'

import { errorOf, reportOf, setting } from './setting.ts'
import { altered, saying, turn } from './switches.ts'

/** Ends the first process between two steps. */
function powerCut() {
  let cut = true
  return {
    here() {
      if (cut) {
        cut = false
        throw new Error('power cut')
      }
    },
  }
}

test('run again, results and values are those of the first run, and nothing is done twice', async () => {
  const { run, switches, writes } = setting()
  const power = powerCut()
  const make = vi.fn<() => number>(() => 42)
  const apply = vi.fn<(before: string) => void>()
  const change = turn(switches, 'a', 'target')
  const spied = altered(change, {
    apply: (before, context) => {
      apply(before)
      return change.apply(before, context)
    },
  })
  const seen: unknown[] = []
  const script = async (cutover: Cutover) => {
    seen.push(await cutover.value('number', make))
    seen.push(await cutover.apply(spied))
    power.here()
  }
  await errorOf(run(script))

  await run(script)

  expect(seen).toEqual([42, { to: 'target' }, 42, { to: 'target' }])
  expect(make).toHaveBeenCalledOnce()
  expect(apply.mock.calls).toEqual([['source']])
  expect(writes()).toEqual(['a'])
})

test('the result of settle is recorded, and it is waited for once', async () => {
  const { run, switches, world } = setting()
  const power = powerCut()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
    power.here()
  }
  await errorOf(run(script))
  const at = world.clock.now()

  const report = await run(script)

  expect(report.end).toBe('completed')
  expect(world.clock.now()).toBe(at)
})

test('a wait that a crash interrupts goes on from when the change was first known to be applied', async () => {
  const { run, switches, world } = setting()
  const stop = new AbortController()
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
  const startedAt = world.clock.now()
  world.later(45_000, () => stop.abort(new Error('enough')))
  await errorOf(run(script, { signal: stop.signal }))

  await run(script)

  expect(world.clock.now() - startedAt).toBe(60_000)
})

test('a recorded instant is waited for in the second run, and not counted again', async () => {
  const { run, world } = setting()
  const stop = new AbortController()
  const script = (cutover: Cutover) => cutover.waitUntil('soak', () => cutover.clock.now() + 60_000)
  const startedAt = world.clock.now()
  world.later(45_000, () => stop.abort(new Error('enough')))
  await errorOf(run(script, { signal: stop.signal }))

  await run(script)

  expect(world.clock.now() - startedAt).toBe(60_000)
})

test('a value is given frozen, and as the journal will give it back', async () => {
  const { run } = setting()

  let value: unknown
  await run(async (cutover) => {
    value = await cutover.value('list', () => ({ names: ['a'], gone: undefined }))
  })

  expect(value).toStrictEqual({ names: ['a'] })
  expect(Object.isFrozen(value)).toBe(true)
})

test('a value that a journal cannot give back is refused', async () => {
  const { run, records } = setting()

  const error = await errorOf(run((cutover) => cutover.value('now', () => new Date(0))))

  expect(error.code).toBe('CHANGE_NOT_JSON')
  expect(records()).toEqual(['opened'])
})

test('the answer of a check at the frontier is asked again', async () => {
  const { run, switches } = setting()
  const power = powerCut()
  const healthy = saying('healthy', 'pass', 'pass')
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(healthy)
    power.here()
  }
  await errorOf(run(script))

  await run(script)

  expect(healthy.asked).toBe(2)
})

test('the answer of a check that was acted upon stands, whatever it would be now', async () => {
  const { run, switches } = setting()
  const power = powerCut()
  const healthy = saying('healthy', 'pass', 'fail')
  const script = async (cutover: Cutover) => {
    await cutover.require(healthy)
    await cutover.apply(turn(switches, 'a', 'target'))
    power.here()
  }
  await errorOf(run(script))

  const report = await run(script)

  expect(healthy.asked).toBe(1)
  expect(report.end).toBe('completed')
})

test('an intent is enough to have acted upon it: nobody knows whether it happened', async () => {
  const { run, runAndDie, switches, world } = setting()
  const healthy = saying('healthy', 'pass', 'fail')
  const script = async (cutover: Cutover) => {
    await cutover.require(healthy)
    await cutover.apply(turn(switches, 'a', 'target'))
  }
  world.failNext('switches.write a', 'crash')
  await runAndDie(script)

  const report = await run(script)

  expect(healthy.asked).toBe(1)
  expect(report.end).toBe('completed')
})

test('what a parallel branch applied is not acting upon it', async () => {
  const { run, switches } = setting()
  const power = powerCut()
  const healthy = saying('healthy', 'pass', 'pass')
  const script = async (cutover: Cutover) => {
    await cutover.all({
      checks: async (steps) => {
        await steps.require(healthy)
        await steps.waitUntil('a is turned', () => steps.clock.now() + 5_000)
        power.here()
      },
      turns: async (steps) => {
        await steps.waitUntil('after the check', () => steps.clock.now() + 1_000)
        await steps.apply(turn(switches, 'a', 'target'))
      },
    })
  }
  await errorOf(run(script))

  await run(script)

  expect(switches.state['a']).toBe('target')
  expect(healthy.asked).toBe(2)
})

test('what was applied after the branches have met is acting upon it', async () => {
  const { run, switches } = setting()
  const power = powerCut()
  const healthy = saying('healthy', 'pass', 'fail')
  const script = async (cutover: Cutover) => {
    await cutover.all({ checks: (steps) => steps.require(healthy), nothing: async () => {} })
    await cutover.apply(turn(switches, 'a', 'target'))
    power.here()
  }
  await errorOf(run(script))

  await run(script)

  expect(healthy.asked).toBe(1)
})

test('a check for branching that answers otherwise when it is asked again leads into the other branch', async () => {
  const { run, switches } = setting()
  const power = powerCut()
  const warm = saying('warm', 'fail', 'pass')
  const made: number[] = []
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    const { status } = await cutover.check(warm)
    if (status === 'fail') {
      await cutover.value('heating since', () => made.push(1))
      await cutover.require(saying('heater', 'pass'))
    } else {
      await cutover.apply(turn(switches, 'b', 'target'))
    }
    power.here()
    await cutover.value('done at', () => made.push(2))
    await cutover.apply(turn(switches, 'c', 'target'))
  }
  await errorOf(run(script))
  power.here = () => {
    power.here = () => {}
    throw new Error('and again')
  }
  await errorOf(run(script))

  const report = await run(script)

  expect(report.end).toBe('completed')
  expect(switches.state).toEqual({ a: 'target', b: 'target', c: 'target' })
  expect(report.steps.map(({ number, step }) => `${number} ${step}`)).toEqual([
    '1 turn:a:target',
    '2 warm',
    '3 turn:b:target',
    '4 done at',
    '5 turn:c:target',
  ])
})

test('an attempt without an answer is looked at first, and not sent again when it has happened', async () => {
  const { run, runAndDie, switches, world, writes, journal } = setting()
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target'))
  world.failNext('switches.write a', 'crash-late')
  await runAndDie(script)

  await run(script)

  expect(writes()).toEqual(['a'])
  expect(journal.entries.find(({ t }) => t === 'outcome')).toMatchObject({ how: 'resumed', seen: { to: 'target' } })
})

test('an attempt that did not happen is sent again with the same key, but not before it can be late no longer', async () => {
  const { run, runAndDie, switches, world } = setting()
  const keys: string[] = []
  const change = turn(switches, 'a', 'target', { lateMs: 70_000 })
  const keyed = altered(change, {
    apply: (before, context) => {
      keys.push(`${context.key} at ${world.clock.monotonic()}`)
      return change.apply(before, context)
    },
  })
  world.failNext('switches.write a', 'crash')
  await runAndDie((cutover) => cutover.apply(keyed))

  await run((cutover) => cutover.apply(keyed))

  expect(keys).toEqual(['move/turn:a:target at 0', 'move/turn:a:target at 70000'])
})

test('a change that must not run twice is sent again when it is certainly absent', async () => {
  const { run, runAndDie, switches, world, writes } = setting()
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target', { rerun: 'never' }))
  world.failNext('switches.write a', 'crash')
  await runAndDie(script)

  await run(script)

  expect(writes()).toEqual(['a', 'a'])
})

test.each([
  { is: 'partial' as const, says: 'only a part of it is there' },
  { is: 'unknown' as const, why: 'the service keeps no list', says: 'the service keeps no list' },
])('a change that must not run twice is a question when it is $is', async ({ says, ...standing }) => {
  const { run, runAndDie, switches, world, writes } = setting()
  let crashed = false
  const change = altered(turn(switches, 'a', 'target', { rerun: 'never' }), {
    probe: async () => (crashed ? standing : { is: 'absent' }),
  })
  world.failNext('switches.write a', 'crash')
  await runAndDie((cutover) => cutover.apply(change))
  crashed = true

  const report = await reportOf(run((cutover) => cutover.apply(change)))

  expect(writes()).toEqual(['a'])
  expect(report.questions).toMatchObject([{ code: 'CUTOVER_STEP_IN_DOUBT', step: 'turn:a:target' }])
  expect(report.questions[0]?.question).toContain(says)
  expect(report.questions[0]?.answers.map(({ answer }) => answer)).toEqual([
    'happened',
    'did-not',
    'again',
    'roll-back',
  ])
})

test('a change that converges is sent again while only a part of it is there', async () => {
  const { run, switches, writes } = setting()
  let looks = 0
  const change = turn(switches, 'a', 'target', { lateMs: 0 })
  const parted = altered(change, {
    probe: (before, context) => (looks++ === 1 ? Promise.resolve({ is: 'partial' }) : change.probe(before, context)),
    apply: (_before, context) => switches.write('a', switches.state['a'] ?? '', 'target', context),
  })

  const report = await run((cutover) => cutover.apply(parted))

  expect(report.end).toBe('completed')
  expect(writes()).toEqual(['a', 'a'])
})

test('somebody else’s value, found after a crash, is never overwritten', async () => {
  const { run, runAndDie, switches, world } = setting()
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target'))
  world.failNext('switches.write a', 'crash')
  await runAndDie(script)
  switches.set('a', 'theirs')

  const report = await reportOf(run(script))

  expect(report.questions).toMatchObject([{ code: 'CUTOVER_STEP_FOREIGN' }])
  expect(report.questions[0]?.question).toContain('somebody else changed switch:a; read "source", found "theirs"')
  expect(switches.state['a']).toBe('theirs')
})

test('an authority that does not answer for a while is asked until it does', async () => {
  const { run, switches, world, writes } = setting()
  const change = turn(switches, 'a', 'target')
  const sick = altered(change, {
    probe: (before, context) =>
      world.clock.monotonic() > 0 && world.clock.monotonic() < 5 * 60_000
        ? Promise.reject(new Error('503'))
        : change.probe(before, context),
    apply: async (before, context) => {
      await context.clock.sleep(1)
      if (switches.state['a'] === before) await change.apply(before, context)
    },
  })

  const report = await run((cutover) => cutover.apply(sick))

  expect(report.end).toBe('completed')
  expect(writes()).toEqual(['a'])
})

test('an authority that never answers is a question when patience is over', async () => {
  const { run, switches, world } = setting()
  let sent = false
  const change = turn(switches, 'a', 'target')
  const sick = altered(change, {
    probe: (before, context) => (sent ? Promise.reject(new Error('503')) : change.probe(before, context)),
    apply: async (before, context) => {
      sent = true
      if (switches.state['a'] === before) await change.apply(before, context)
    },
  })

  const report = await reportOf(run((cutover) => cutover.apply(sick), { patience: '4m' }))

  expect(report.questions).toMatchObject([{ code: 'CUTOVER_STEP_IN_DOUBT' }])
  expect(report.questions[0]?.question).toContain('503')
  expect(world.clock.monotonic()).toBeGreaterThan(4 * 60_000)
  expect(world.clock.monotonic()).toBeLessThan(6 * 60_000)
})

test('a change that is refused for now is tried again', async () => {
  const { run, switches, world, writes } = setting()
  world.failNext('switches.write a', 'refused')

  const report = await run((cutover) => cutover.apply(turn(switches, 'a', 'target')))

  expect(report.end).toBe('completed')
  expect(writes()).toEqual(['a', 'a'])
})

test('a change that is refused for now, for longer than patience, rolls back', async () => {
  const { run, switches, world } = setting()
  const busy = altered(turn(switches, 'b', 'target', { lateMs: 0 }), {
    apply: () => Promise.reject(new CutoverError('SWITCH_BUSY', 'b is busy', { retryable: true })),
  })

  const error = await errorOf(
    run(
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target'))
        await cutover.apply(busy)
      },
      { patience: '2m' },
    ),
  )

  expect(error.code).toBe('CUTOVER_ROLLED_BACK')
  expect(error.message).toContain('b is busy')
  expect((error.cause as CutoverError).code).toBe('SWITCH_BUSY')
  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(120_000)
  expect(switches.state).toMatchObject({ a: 'source', b: 'source' })
})

test('a change that never has an effect rolls back when patience is over', async () => {
  const { run, switches, world } = setting()
  const idle = altered(turn(switches, 'a', 'target', { lateMs: 1_000 }), { apply: async () => {} })

  const report = await reportOf(run((cutover) => cutover.apply(idle), { patience: '1m' }))

  expect(report.end).toBe('rolled-back')
  expect(report.because).toContain('it had no effect')
  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(60_000)
})

// ----- time

test('a clock that jumps back while it runs moves nothing', async () => {
  const { run, world, switches } = setting()
  let jumped = 0
  const clock = { ...world.clock, now: () => world.clock.now() - jumped }

  await run(
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      jumped = 3_600_000
      await cutover.waitUntil('soak', () => cutover.clock.now() + 10_000)
      await cutover.apply(turn(switches, 'b', 'target'))
    },
    { clock },
  )

  const times = world.events.map(({ at }) => at)
  expect(world.clock.monotonic()).toBe(10_000)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('a clock that is behind the journal is refused before anything is written', async () => {
  const { run, world, switches, records } = setting()
  const power = powerCut()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    power.here()
  }
  await errorOf(run(script))
  const before = records()
  const clock = { ...world.clock, now: () => world.clock.now() - 3_600_000 }

  const error = await errorOf(run(script, { clock }))

  expect(error.code).toBe('CUTOVER_CLOCK_JUMPED_BACK')
  expect(error.message).toContain('the clock says 2026-11-20T01:00:00Z')
  expect(error.message).toContain('2026-11-20T02:00:00Z')
  expect(records()).toEqual(before)
})

test('a clock that is a second behind the journal waits for nothing, and never writes an earlier time', async () => {
  const { run, world, switches, journal } = setting()
  const power = powerCut()
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    power.here()
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await errorOf(run(script))
  const clock = { ...world.clock, now: () => world.clock.now() - 1_000 }

  await run(script, { clock })

  const times = journal.entries.map(({ at }) => at)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('the journal of another cutover is refused', async () => {
  const { run, switches, records } = setting()
  await run((cutover) => cutover.apply(turn(switches, 'a', 'target')))
  const before = records()

  const error = await errorOf(run(async () => {}, { id: 'other' }))

  expect(error.code).toBe('CUTOVER_JOURNAL_OF_ANOTHER')
  expect(error.message).toContain('memory is the journal of move, not of other')
  expect(records()).toEqual(before)
})
