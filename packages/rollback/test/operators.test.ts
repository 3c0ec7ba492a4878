import { defineCheck } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import {
  answer,
  approval,
  approve,
  type Cutover,
  decline,
  memoryJournal,
  pause,
  resume,
  rollBack,
  runCutover,
  type RunOptions,
  skip,
} from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, recordsOf, reportOf } from './setting.ts'
import { inMemorySwitches, saying, turn } from './switches.ts'

const kim = { who: 'kim', why: 'a reason' }

function setUp() {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source', c: 'source' })
  const journal = memoryJournal({ operators: true })
  const events: string[] = []
  const onEvent = ({ kind, text }: { kind: string; text: string }): void => void events.push(`${kind}: ${text}`)
  return {
    world,
    switches,
    journal,
    events,
    told: (kind: string) => events.filter((event) => event.startsWith(`${kind}: `)),
    run: (script: (cutover: Cutover) => Promise<unknown>, options: Partial<RunOptions> = {}) =>
      runCutover({ id: 'move', journal, clock: world.clock, onEvent, ...options }, script),
    /** Somebody does this from another process at that time. */
    at: (ms: number, act: () => Promise<unknown>) => world.later(ms, () => void act()),
  }
}

test('a pause finishes the step under way, stops before the next, and goes on when resumed', async () => {
  const { world, switches, journal, run, at, told } = setUp()
  at(5_000, () => pause(journal, kim))
  at(600_000, () => resume(journal, { who: 'ana', why: 'looked' }))
  let second = 0

  const report = await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
    await cutover.apply(turn(switches, 'b', 'target'))
    second = world.clock.monotonic()
  })

  expect(report.end).toBe('completed')
  expect(second).toBeGreaterThanOrEqual(600_000)
  expect(second).toBeLessThan(603_000)
  expect(told('paused')).toEqual(['paused: PAUSED before the next step, kim: a reason'])
  expect(recordsOf(journal.entries).filter((record) => record.startsWith('asked'))).toHaveLength(2)
})

test('a pause outlives the process', async () => {
  const { world, switches, journal, run, at } = setUp()
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    throw new Error('power cut')
  }).catch(() => {})
  await pause(journal, kim)
  at(100_000, () => resume(journal, kim))

  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target'))
  })

  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(100_000)
})

test('an operator goes back in the middle of a step that only waits, and the reason says who', async () => {
  const { world, switches, journal, run, at } = setUp()
  at(30_000, () => rollBack(journal, kim))

  const report = await reportOf(run((cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))))

  expect(report).toMatchObject({ end: 'rolled-back', because: 'kim: a reason' })
  expect(switches.state['a']).toBe('source')
  expect(world.clock.monotonic()).toBeLessThan(30_000 + 2_000 + 600_000 + 1_000)
})

test('who wants to go back while nobody runs it is heard by the next run', async () => {
  const { switches, journal, run } = setUp()
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    throw new Error('power cut')
  }).catch(() => {})
  await rollBack(journal, kim)

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.apply(turn(switches, 'b', 'target'))
    }),
  )

  expect(report).toMatchObject({ end: 'rolled-back', because: 'kim: a reason' })
  expect(switches.state).toEqual({ a: 'source', b: 'source', c: 'source' })
})

test('nobody goes back after the point of no return', async () => {
  const { switches, journal, run } = setUp()
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.pointOfNoReturn('the source is deleted')
    throw new Error('power cut')
  }).catch(() => {})

  expect((await errorOf(rollBack(journal, kim))).code).toBe('CUTOVER_PAST_NO_RETURN')
})

test('a check that is skipped while it is asked stays visible, and is accepted by name before the point of no return', async () => {
  const { world, switches, journal, run, at, told } = setUp()
  at(20_000, () => skip(journal, { ...kim, step: 'target' }))
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('target', 'undecided'), { within: '1h' })
    await cutover.pointOfNoReturn('the source is deleted')
  }

  const parked = await reportOf(run(script))
  expect(told('check-answered').at(-1)).toBe('check-answered: target is well: SKIPPED by kim: a reason')
  expect(parked).toMatchObject({
    end: 'parked',
    questions: [
      { step: '@skipped/target', code: 'CUTOVER_SKIPPED', answers: [{ answer: 'accept' }, { answer: 'roll-back' }] },
    ],
  })
  await answer(journal, {
    step: '@skipped/target',
    answer: 'accept',
    who: 'ana',
    why: 'looked by hand',
    clock: world.clock,
  })

  expect((await run(script)).end).toBe('completed')
})

test('a check can be skipped before it is asked, and going on without it is still possible', async () => {
  const { switches, journal, run } = setUp()
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    throw new Error('power cut')
  }).catch(() => {})
  await skip(journal, { ...kim, step: 'target' })
  const target = saying('target', 'fail')

  const report = await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(target)
  })

  expect(report.end).toBe('completed')
  expect(target.asked).toBe(0)
})

test.each([
  ['pause', { who: '', why: 'x' }, /who and why are recorded/],
  ['skip', { ...kim, step: 1 }, /is no check that could be skipped/],
  ['skip', { ...kim, step: 99 }, /wanted the path of a check/],
  ['approve', { ...kim, step: 1 }, /one that asks for approval: none does/],
  ['pause', { ...kim, because: 'x' }, /because/],
] as const)('%s %j is refused before anything is sent', async (what, options, message) => {
  const { switches, journal, run } = setUp()
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    throw new Error('power cut')
  }).catch(() => {})
  const calls = { pause, skip, approve } as Record<string, (...given: never[]) => Promise<void>>

  const error = await errorOf(calls[what]?.(journal as never, options as never) ?? Promise.resolve())

  expect(error).toMatchObject({ code: 'CUTOVER_REQUEST_INVALID', message: expect.stringMatching(message) })
  expect(await journal.requests?.since(0)).toEqual([])
})

test('nothing is asked of a cutover that has ended, nor of a journal without a box', async () => {
  const { journal, run } = setUp()
  await run(async () => {})

  expect((await errorOf(pause(journal, kim))).code).toBe('CUTOVER_ENDED')
  expect((await errorOf(pause(memoryJournal(), kim))).code).toBe('CUTOVER_REQUEST_INVALID')
})

// ----- approvals

const go = (options = {}) => approval('Go?', { id: 'go', ...options })

test('an approval waits for its quorum; each person has one word, and others have none', async () => {
  const { world, journal, run, at, told } = setUp()
  for (const [ms, who] of [
    [10_000, 'ana'],
    [20_000, 'ana'],
    [30_000, 'eve'],
    [40_000, 'raj'],
  ] as const)
    at(ms, () => approve(journal, { step: 'go', who, why: 'yes' }))
  let text = ''

  await run(async (cutover) => {
    text = (await cutover.require(go({ from: ['ana', 'raj'], quorum: 2 }))).text
  })

  expect(text).toBe('approved by ana, raj')
  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(40_000)
  expect(world.clock.monotonic()).toBeLessThan(43_000)
  expect(told('approval')[0]).toBe('approval: Go? 0 of 2 approved, of ana, raj')
})

test('one no fails it, also after a yes', async () => {
  const { switches, journal, run, at } = setUp()
  at(10_000, () => approve(journal, { step: 'go', who: 'ana', why: 'yes' }))
  at(20_000, () => decline(journal, { step: 'go', who: 'raj', why: 'the queue is deep' }))

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.require(go({ quorum: 2 }))
    }),
  )

  expect(report).toMatchObject({ end: 'rolled-back', because: 'Go?: raj declined: the queue is deep' })
})

test('silence is no yes: it expires undecided, and asks', async () => {
  const { world, run } = setUp()

  const report = await reportOf(run((cutover) => cutover.require(go({ expires: '20m' }))))

  expect(report).toMatchObject({ end: 'parked', questions: [{ code: 'CHECK_UNDECIDED' }] })
  expect(world.clock.monotonic()).toBe(20 * 60_000)
})

test('an approval goes on waiting in a later process, and what was said before counts', async () => {
  const { journal, run, at, world } = setUp()
  const controller = new AbortController()
  at(10_000, () => approve(journal, { step: 'go', who: 'ana', why: 'yes' }))
  at(15_000, async () => controller.abort())
  await run((cutover) => cutover.require(go({ quorum: 2, expires: '1m' })), { signal: controller.signal }).catch(
    () => {},
  )
  at(5_000, () => approve(journal, { step: 'go', who: 'raj', why: 'yes' }))

  const report = await run((cutover) => cutover.require(go({ quorum: 2, expires: '1m' })))

  expect(report.end).toBe('completed')
  expect(world.clock.monotonic()).toBeLessThan(60_000)
})

test('a long wait asks the named checks again', async () => {
  const { journal, run, at } = setUp()
  at(30 * 60_000, () => approve(journal, { step: 'go', who: 'ana', why: 'yes' }))
  const drained = saying('drained', 'pass', 'fail')

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.require(drained)
      await cutover.require(go({ revalidate: [drained] }), { onFail: 'park' })
    }),
  )

  expect(report.end).toBe('parked')
  expect(report.questions[0]?.question).toMatch(/approved, but it took long, and now: drained is well/)
})

test.each([
  [{ quorum: 3, from: ['ana', 'raj'] }, /quorum is 3; wanted a whole number from 1 to 2/],
  [{ quorum: 0 }, /quorum is 0/],
  [{ from: 'ana' }, /from is "ana"; wanted a list of names/],
  [{ expire: '1m' }, /expire/],
])('approval refuses %j', (options, message) => {
  expect(() => approval('Go?', options as object)).toThrow(
    expect.objectContaining({ code: 'CUTOVER_OPTIONS_INVALID', message: expect.stringMatching(message) }),
  )
})

// ----- guards and criteria

/** A check that fails in these spans of the world's time, and cannot be asked in those. */
const metric = (
  world: ReturnType<typeof fakeWorld>,
  fails: readonly [number, number][],
  blind: readonly [number, number][] = [],
) =>
  defineCheck({
    id: 'errors',
    title: 'The target has few errors',
    async run() {
      const now = world.clock.monotonic()
      const isIn = (spans: readonly [number, number][]): boolean => spans.some(([from, to]) => now >= from && now < to)
      if (isIn(blind)) throw new Error('metrics are out')
      return isIn(fails) ? { status: 'fail', text: '9 % failed' } : { status: 'pass', text: '1 % failed' }
    },
  })

test('an anomaly in the middle of a long step is told within two intervals, and acted upon without waiting for the step', async () => {
  const { world, switches, run, told } = setUp()
  let at = 0

  const report = await reportOf(
    run(async (cutover) => {
      cutover.guard(metric(world, [[200_000, 9e9]]), { every: '15s', then: 'roll-back' })
      await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000, lateMs: 0 })).catch((error: unknown) => {
        at = world.clock.monotonic()
        throw error
      })
    }),
  )

  expect(report).toMatchObject({ end: 'rolled-back', because: 'The target has few errors: 9 % failed' })
  expect(at).toBeGreaterThanOrEqual(200_000)
  expect(at).toBeLessThanOrEqual(230_000)
  expect(told('alarm')[0]).toBe('alarm: ALARM: The target has few errors: 9 % failed')
  expect(switches.state['a']).toBe('source')
})

test('a metrics outage rolls nothing back, and does not end a failure that has begun', async () => {
  const { world, switches, run, told } = setUp()
  const guarded = metric(world, [[100_000, 400_000]], [[110_000, 300_000]])

  const report = await run(async (cutover) => {
    cutover.guard(guarded, { every: '10s', patience: '10m', then: 'roll-back' })
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
  })

  expect(report.end).toBe('completed')
  expect(told('alarm')).toEqual([
    'alarm: failing: The target has few errors: 9 % failed',
    expect.stringMatching(/nobody can say: .*metrics are out/),
    'alarm: resolved: The target has few errors',
  ])
})

test('a guard that is blind all night decides nothing', async () => {
  const { world, switches, run } = setUp()

  const report = await run(async (cutover) => {
    cutover.guard(metric(world, [], [[0, 9e9]]), { then: 'roll-back' })
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
  })

  expect(report.end).toBe('completed')
})

test('a guard stands while people wait, and ends at the point of no return', async () => {
  const { world, switches, run } = setUp()

  const waiting = await reportOf(
    run(async (cutover) => {
      cutover.guard(metric(world, [[60_000, 9e9]]), { then: 'roll-back' })
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.require(go())
    }),
  )
  expect(waiting.end).toBe('rolled-back')

  const { world: other, switches: its, run: again } = setUp()
  const report = await again(async (cutover) => {
    cutover.guard(metric(other, [[60_000, 9e9]]), { then: 'roll-back' })
    await cutover.apply(turn(its, 'a', 'target'))
    await cutover.pointOfNoReturn('deleted')
    await cutover.apply(turn(its, 'b', 'target', { settleMs: 600_000 }))
  })
  expect(report.end).toBe('completed')
})

test('a guard may ask: accepted, it is quiet until it has been well again', async () => {
  const { world, switches, journal, run } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    cutover.guard(metric(world, [[60_000, 9e9]]), { then: 'ask' })
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
  }

  const parked = await reportOf(run(script))
  expect(parked).toMatchObject({ end: 'parked', questions: [{ step: '@alarm/errors', code: 'CUTOVER_GUARD' }] })
  await answer(journal, { step: '@alarm/errors', answer: 'accept', who: 'ana', why: 'known', clock: world.clock })

  expect((await run(script)).end).toBe('completed')
})

test('a guard may pause', async () => {
  const { world, switches, journal, run, at, told } = setUp()
  at(900_000, () => resume(journal, kim))

  await run(async (cutover) => {
    cutover.guard(metric(world, [[60_000, 120_000]]), { then: 'pause' })
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 600_000 }))
    await cutover.apply(turn(switches, 'b', 'target'))
  })

  expect(told('paused')).toEqual([
    'paused: PAUSED before the next step, guard errors: The target has few errors: 9 % failed',
  ])
  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(900_000)
})

const criterion = (check: ReturnType<typeof metric>, then: 'roll-back' | 'notify' = 'roll-back') => ({
  id: 'errors',
  check,
  toleratedForMs: 60_000,
  resolveWithinMs: 300_000,
  then,
  owner: 'ana',
})

test('a criterion is counted down: entered, exceeded, and then what was agreed happens', async () => {
  const { world, switches, journal, run, told } = setUp()
  let at = 0

  const report = await reportOf(
    run(
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target', { settleMs: 3_600_000 })).catch((error: unknown) => {
          at = world.clock.monotonic()
          throw error
        })
      },
      { criteria: [criterion(metric(world, [[100_000, 9e9]]))] },
    ),
  )

  expect(report.end).toBe('rolled-back')
  expect(at).toBeGreaterThanOrEqual(100_000 + 360_000)
  expect(at).toBeLessThan(100_000 + 360_000 + 30_000)
  expect(told('alarm').map((text) => text.replace(/\d\d:\d\d:\d\d.*?,/, 'T,').slice(0, 60))).toEqual([
    'alarm: failing: The target has few errors: 9 % failed',
    expect.stringMatching(/^alarm: ALARM: The target has few errors: 9 % failed; ana has/),
    expect.stringMatching(/^alarm: ALARM: The target has few errors: 9 % failed; roll-/),
  ])
  const alarms = journal.entries.flatMap((entry) => (entry.t === 'alarm' ? [entry.state] : []))
  expect(alarms).toEqual(['entered', 'exceeded'])
})

test('a criterion that is resolved in time is journalled, and nothing follows', async () => {
  const { world, switches, journal, run } = setUp()

  const report = await run((cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 3_600_000 })), {
    criteria: [criterion(metric(world, [[100_000, 300_000]]))],
  })

  expect(report.end).toBe('completed')
  const alarms = journal.entries.flatMap((entry) => (entry.t === 'alarm' ? [entry.state] : []))
  expect(alarms).toEqual(['entered', 'resolved'])
})

test('a countdown goes on in a later process where it was', async () => {
  const { world, switches, run, at } = setUp()
  const controller = new AbortController()
  at(200_000, async () => controller.abort())
  const options = { criteria: [criterion(metric(world, [[100_000, 9e9]]))] }
  const script = (cutover: Cutover) => cutover.apply(turn(switches, 'a', 'target', { settleMs: 3_600_000, lateMs: 0 }))
  await run(script, { ...options, signal: controller.signal }).catch(() => {})
  await world.clock.sleep(100_000)

  await reportOf(run(script, options))

  expect(world.clock.monotonic()).toBeLessThan(460_000 + 30_000 + 3_600_000)
  expect(switches.state['a']).toBe('source')
})

test.each([
  [[{ id: 'x', check: saying('x', 'pass'), then: 'roll-back' }], /owner is undefined/],
  [[{ id: 'x', check: {}, then: 'roll-back', owner: 'ana' }], /check is/],
  [[{ id: 'x', check: saying('x', 'pass'), then: 'panic', owner: 'ana' }], /then is "panic"/],
  [[criterion(saying('x', 'pass')), criterion(saying('x', 'pass'))], /each id once/],
])('criteria %# are refused before anything is opened', async (criteria, message) => {
  const { run, journal } = setUp()

  const error = await errorOf(run(async () => {}, { criteria: criteria as never }))

  expect(error).toMatchObject({ code: 'CUTOVER_OPTIONS_INVALID', message: expect.stringMatching(message) })
  expect(journal.entries).toEqual([])
})

// ----- drift

test('what somebody else undid is told, and stops the next step until a person has answered', async () => {
  const { world, switches, journal, run, told, at } = setUp()
  at(200_000, async () => switches.set('a', 'source'))
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(turn(switches, 'b', 'target', { settleMs: 600_000 }))
    await cutover.apply(turn(switches, 'c', 'target'))
  }

  const parked = await reportOf(run(script, { drift: { every: '1m' } }))
  expect(told('drift')).toEqual(['drift: step 1, Turn a to target: it is not so any more: it is as it was before'])
  expect(parked).toMatchObject({
    end: 'parked',
    questions: [{ step: '@drift/turn:a:target', code: 'CUTOVER_DRIFTED' }],
  })
  expect(switches.state['c']).toBe('source')
  await answer(journal, {
    step: '@drift/turn:a:target',
    answer: 'accept',
    who: 'ana',
    why: 'we wanted that',
    clock: world.clock,
  })

  expect((await run(script, { drift: { every: '1m' } })).end).toBe('completed')
})

test('drift is looked for under a budget, and only in the last change of a subject', async () => {
  const { world, switches, run, told } = setUp()
  const reads = { count: 0 }
  const counting = {
    ...switches,
    read: (...call: Parameters<typeof switches.read>) => ((reads.count += 1), switches.read(...call)),
  }

  const report = await run(
    async (cutover) => {
      await cutover.apply(turn(counting, 'a', 'halfway'))
      await cutover.apply(turn(counting, 'a', 'target'))
      await cutover.value('wait', () => world.clock.sleep(600_000).then(() => 1))
    },
    { drift: { every: '1s', perMinute: 6 } },
  )

  expect(report.end).toBe('completed')
  expect(told('drift')).toEqual([])
  // 10 minutes, 6 a minute, and what the two steps need themselves.
  expect(reads.count).toBeLessThan(60 + 12)
})
