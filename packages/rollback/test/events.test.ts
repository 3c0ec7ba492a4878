import type { CutoverEvent } from '@cutover/core'
import { type Cutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, setting } from './setting.ts'
import { altered, saying, turn } from './switches.ts'

const told = (events: readonly CutoverEvent[]): string[] =>
  events
    .filter(({ kind }) => kind !== 'forecast')
    .map((event) => ('step' in event && event.step ? `${event.kind} ${event.step}` : event.kind))

test('what happens is told as it happens, and the end once', async () => {
  const { run, switches, world } = setting()

  await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.value('x', () => 1)
      await cutover.waitUntil('soak', () => cutover.clock.now() + 1_000)
      await cutover.require(saying('target', 'fail'))
    }),
  )

  expect(told(world.events)).toEqual([
    'opened',
    'step-started turn:a:target',
    'step-done turn:a:target',
    'step-started x',
    'step-done x',
    'step-started soak',
    'waiting soak',
    'step-done soak',
    'step-started target',
    'check-answered target',
    'rolling-back',
    'step-undoing turn:a:target',
    'step-undone turn:a:target',
    'ended',
  ])
  expect(world.events.at(-1)).toMatchObject({ kind: 'ended', end: 'rolled-back' })
})

test.each<{ end: string; script: (cutover: Cutover) => Promise<unknown> }>([
  { end: 'completed', script: async () => {} },
  { end: 'rolled-back', script: (cutover) => cutover.rollBack('it is late') },
  { end: 'parked', script: (cutover) => cutover.require(saying('x', 'undecided')) },
  { end: 'interrupted', script: () => Promise.reject(new Error('power cut')) },
])('the end is told once, and right: $end', async ({ end, script }) => {
  const { run, world } = setting()

  await run(script).catch(() => {})
  await run(script).catch(() => {})

  expect(world.events.filter(({ kind }) => kind === 'ended')).toMatchObject([{ end }, { end }])
})

test('every event has a sentence without a newline, and a time that never falls', async () => {
  const { run, switches, world } = setting()

  await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
      await cutover.require(saying('x', 'undecided'), { within: '1m' })
    }),
  )

  for (const { text } of world.events) expect(text).toMatch(/^[^\n]+$/)
  const times = world.events.map(({ at }) => at)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('a run that goes on says so, and which steps are done already', async () => {
  const { run, switches, world } = setting()
  let broken = true
  const script = async (cutover: Cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    if (broken) throw new Error('power cut')
  }
  await errorOf(run(script))
  broken = false
  world.events.length = 0

  await run(script)

  expect(world.events[0]).toMatchObject({ kind: 'opened', cutover: 'move', journal: 'memory', resumed: true })
  expect(world.events[1]).toMatchObject({ kind: 'step-done', step: 'turn:a:target', how: 'recorded' })
})

test('a question is told with its answers', async () => {
  const { run, world } = setting()

  await reportOf(run((cutover) => cutover.require(saying('x', 'undecided'))))

  expect(world.events.find(({ kind }) => kind === 'parked')).toMatchObject({
    step: 'x',
    code: 'CHECK_UNDECIDED',
    answers: [{ answer: 'again' }, { answer: 'pass' }, { answer: 'roll-back' }],
  })
})

test('what a change reports is told with its step', async () => {
  const { run, switches, world } = setting()
  const change = turn(switches, 'a', 'target')
  const reporting = altered(change, {
    apply: async (before, context) => {
      context.report({ kind: 'progress', done: 1, total: 2, unit: 'switches' })
      await change.apply(before, context)
    },
  })

  await run((cutover) => cutover.apply(reporting))

  expect(world.events.find(({ kind }) => kind === 'progress')).toMatchObject({
    step: 'turn:a:target',
    text: 'turn:a:target: 1 of 2 switches',
  })
})

test('listeners that throw, at once or later, decide nothing', async () => {
  const { run, switches } = setting()
  const heard: string[] = []

  const report = await run((cutover) => cutover.apply(turn(switches, 'a', 'target')), {
    onEvent: [
      () => {
        throw new Error('no terminal')
      },
      () => Promise.reject(new Error('no dashboard')) as unknown as undefined,
      ({ kind }) => void heard.push(kind),
    ],
  })

  expect(report.end).toBe('completed')
  expect(heard).toContain('ended')
})

test('a listener that throws while a predecessor’s lease is waited for decides nothing', async () => {
  const { run, world, journal } = setting()
  await journal.open({ clock: world.clock })

  const report = await run(async () => {}, {
    onEvent: () => {
      throw new Error('no terminal')
    },
  })

  expect(report.end).toBe('completed')
  expect(world.clock.monotonic()).toBe(30_000)
})

test('waiting for a predecessor’s lease is told', async () => {
  const { run, world, journal } = setting()
  await journal.open({ clock: world.clock })

  await run(async () => {})

  expect(world.events[0]).toMatchObject({ kind: 'waiting', until: world.clock.now() })
  expect(world.events[0]?.text).toContain('waits until the lease of another runner is over')
})

test('an outline is recorded when the journal is opened first, told, and never obeyed', async () => {
  const { run, world, journal, switches } = setting()
  const outline = [
    { step: 'turn:a:target', title: 'Turn a to target', estimateMs: 1_000 },
    { step: 'never', title: 'Never done' },
  ]

  const report = await run((cutover) => cutover.apply(turn(switches, 'a', 'target')), { outline })

  expect(journal.entries[0]).toMatchObject({ t: 'opened', id: 'move', format: 2, outline })
  expect(world.events[0]).toMatchObject({ kind: 'opened', resumed: false, outline })
  expect(report.end).toBe('completed')
})

// ----- the forecast

test('the forecast sums what the applied changes estimate, lists those that do not, and knows the latest abort', async () => {
  const { run, switches, world } = setting({ a: 'source', b: 'source', c: 'target' })
  const windowEndsAt = world.clock.now() + 3_600_000
  const unknown = altered(turn(switches, 'b', 'target'), { estimate: undefined as never })
  const forecasts: unknown[] = []

  await run(
    async (cutover) => {
      forecasts.push(cutover.forecast())
      await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
      forecasts.push(cutover.forecast())
      await cutover.apply(unknown)
      await cutover.apply(turn(switches, 'c', 'target', { settleMs: 60_000 }))
      forecasts.push(cutover.forecast())
    },
    { windowEndsAt },
  )

  expect(forecasts).toMatchObject([
    { backMs: 0, steps: 0, unknown: [], latestAbortAt: windowEndsAt },
    { backMs: 60_000, steps: 1, unknown: [], latestAbortAt: windowEndsAt - 60_000 },
    { backMs: 60_000, steps: 2, unknown: ['turn:b:target'] },
  ])
  expect(world.events.findLast(({ kind }) => kind === 'forecast')?.text).toContain('1m')
})

test('after the point of no return there is no way back to forecast', async () => {
  const { run, switches } = setting()
  let text = ''

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
      await cutover.pointOfNoReturn('the source is deleted')
      text = cutover.forecast().text
      await cutover.require(saying('target', 'undecided'))
    }),
  )

  expect(text).toBe('no way back since the point of no return')
  expect(report.text).toContain('  State    nothing is undone since the point of no return: the source is deleted')
})

test('without a window there is no latest abort', async () => {
  const { run } = setting()
  let latest: unknown = 'not asked'

  await run(async (cutover) => {
    latest = cutover.forecast().latestAbortAt
  })

  expect(latest).toBeUndefined()
})
