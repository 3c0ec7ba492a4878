// Who reads the journal hears what those heard who listened to the run.
import { type Change, type CutoverEvent, defineChange } from '@cutover/core'
import { fakeWorld } from '@cutover/core/testing'
import {
  answer,
  approval,
  approve,
  type Cutover,
  memoryJournal,
  pause,
  resume,
  rollBack,
  runCutover,
  type RunOptions,
  skip,
  watch,
} from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf } from './setting.ts'
import { inMemorySwitches, is, saying, turn } from './switches.ts'

const kim = { who: 'kim', why: 'a reason' }

function setUp() {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source', c: 'target' })
  const journal = memoryJournal({ operators: true })
  const told: CutoverEvent[] = []
  return {
    world,
    switches,
    journal,
    told,
    run: (script: (cutover: Cutover) => Promise<unknown>, options: Partial<RunOptions> = {}) =>
      runCutover(
        { id: 'move', journal, clock: world.clock, onEvent: (event) => void told.push(event), ...options },
        script,
      ).catch((error: unknown) => error),
    async watched(): Promise<CutoverEvent[]> {
      const heard: CutoverEvent[] = []
      await watch(journal, { clock: world.clock, onEvent: (event) => void heard.push(event) })
      return heard
    },
  }
}

/** Of a check nothing is written when it begins: that is told later, with its time. */
const inOrder = (events: readonly CutoverEvent[]): CutoverEvent[] => events.toSorted((one, other) => one.at - other.at)

/** What a record can tell: not a wait, nor what a check said before it answered. */
const recorded = (events: readonly CutoverEvent[]): unknown[] =>
  inOrder(events).flatMap((event): unknown[] => {
    const { kind, at } = event
    switch (kind) {
      case 'step-started':
      case 'step-undoing':
        return [[kind, event.step, event.title, at]]
      case 'step-done':
        return [[kind, event.step, event.how, event.tookMs, at]]
      case 'step-undone':
        return [[kind, event.step, event.tookMs, at]]
      case 'check-answered':
        return event.final ? [[kind, event.step, event.status, event.text, at]] : []
      case 'rolling-back':
        return [[kind, event.because, at]]
      case 'forecast':
        return [[kind, event.backMs, event.latestAbortAt, event.unestimated, at]]
      case 'parked':
        return [[kind, event.step, event.number, event.question, event.answers, at]]
      case 'approval':
        // Who was the last to approve, the run tells as the answer.
        if (event.given.length === event.quorum) return []
        return [[kind, event.step, event.number, event.from, event.quorum, event.given, event.expiresAt, at]]
      case 'paused':
      case 'resumed':
        return [[kind, event.who, event.why, at]]
      case 'alarm':
        return event.state === 'failing' || event.state === 'blind'
          ? []
          : [[kind, event.id, event.state, event.owner, event.until, event.then, at]]
      case 'ended':
        return [[kind, event.end, event.text, event.report, at]]
      default:
        return []
    }
  })

test('a cutover that completes: changes, one that was so already, values, checks, an approval, a pause, an alarm', async () => {
  const { world, switches, journal, told, run, watched } = setUp()
  const at = (ms: number, act: () => Promise<unknown>): void => world.later(ms, () => void act())
  at(100_000, () => approve(journal, { ...kim, step: 'go' }))
  at(200_000, () => pause(journal, kim))
  at(400_000, () => resume(journal, { who: 'ana', why: 'looked' }))
  at(900_000, () => skip(journal, { ...kim, step: 'never' }))
  const criterion = {
    id: 'load',
    check: {
      id: 'load',
      title: 'The load is low',
      run: async () => {
        const now = world.clock.monotonic()
        return { status: now > 500_000 && now < 700_000 ? ('fail' as const) : ('pass' as const), text: 'it is 9' }
      },
    },
    toleratedForMs: 60_000,
    resolveWithinMs: 300_000,
    then: 'notify' as const,
    owner: 'ana',
  }

  await run(
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
      await cutover.require(approval('Go?', { id: 'go', from: ['kim'], expires: '1h' }))
      await cutover.value('seen', () => 1)
      await cutover.apply(turn(switches, 'c', 'target'))
      await cutover.require(saying('steady', 'undecided', 'pass'), { within: '5m', every: '250s' })
      await cutover.apply(turn(switches, 'b', 'target', { settleMs: 250_000 }))
      await cutover.check(saying('never', 'undecided'), { within: '1h' })
      await cutover.require(is(switches, 'b', 'target'))
    },
    { windowEndsAt: world.clock.now() + 3_600_000, criteria: [criterion] },
  )

  expect(told.at(-1)).toMatchObject({ kind: 'ended', end: 'completed' })
  expect(recorded(await watched())).toEqual(recorded(told))
})

/** It is done as soon as it is applied. */
function withoutSettle(change: Change<string, { readonly to: string }>) {
  const { settle, ...rest } = change
  return settle ? defineChange(rest) : change
}

test('a cutover that goes back by itself, with what waits until it is felt', async () => {
  const { switches, told, run, watched } = setUp()

  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
    await cutover.apply(withoutSettle(turn(switches, 'b', 'target')))
    await cutover.require(saying('healthy', 'undecided', 'fail'), { within: '20m', every: '1m' })
  })

  expect(told.at(-1)).toMatchObject({ kind: 'ended', end: 'rolled-back' })
  expect(recorded(await watched())).toEqual(recorded(told))
})

test('branches beside each other', async () => {
  const { switches, told, run, watched } = setUp()

  await run((cutover) =>
    cutover.all({
      left: (steps) => steps.apply(turn(switches, 'a', 'target', { settleMs: 60_000 })),
      right: async (steps) => {
        await steps.apply(turn(switches, 'b', 'target', { settleMs: 30_000 }))
        await steps.require(is(switches, 'b', 'target'))
      },
    }),
  )

  expect(recorded(await watched())).toEqual(recorded(told))
})

test('one that parks is told as parked, then what was answered, then the next run, and the watching goes on until the end', async () => {
  const { world, switches, journal, run } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('healthy', 'undecided'))
    await cutover.apply(turn(switches, 'b', 'target'))
  }
  await run(script)
  const heard: string[] = []
  const watching = watch(journal, {
    clock: world.clock,
    onEvent: ({ kind, text }) => void heard.push(`${kind}: ${text}`),
  })
  await world.clock.sleep(5_000)

  await answer(journal, { step: 2, answer: 'pass', ...kim, clock: world.clock })
  await world.clock.sleep(5_000)
  await rollBack(journal, { who: 'ana', why: 'not today' })
  await run(script)
  const report = await watching

  expect(heard.filter((text) => /^(parked|ended|note|rolling-back)/.test(text))).toEqual([
    expect.stringMatching(/^parked: PARKED: healthy is well/),
    expect.stringMatching(/^ended: PARKED at step 2/),
    'note: kim answered pass: a reason',
    'rolling-back: Rolling back: ana: not today',
    expect.stringMatching(/^ended: ROLLED BACK/),
  ])
  expect(heard).toContain('check-answered: healthy is well: pass: kim: a reason')
  expect(report.end).toBe('rolled-back')
})

test('what was asked in a later process is not said to have begun before that one was killed', async () => {
  const { world, switches, run, told, watched } = setUp()
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    throw new Error('power cut')
  })
  await world.clock.sleep(8 * 3_600_000)
  const before = told.length

  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(is(switches, 'a', 'target'))
  })

  const begun = (events: readonly CutoverEvent[]): CutoverEvent | undefined =>
    events.find((event) => event.kind === 'step-started' && event.step === 'is:a:target')
  expect(begun(await watched())?.at).toBe(begun(told.slice(before))?.at)
})

test('records that were put in the place of others are told anew', async () => {
  const [first, second] = [setUp(), setUp()]
  await first.run(async (cutover) => {
    await cutover.apply(turn(first.switches, 'a', 'target'))
    throw new Error('power cut')
  })
  await second.run((cutover) => cutover.apply(turn(second.switches, 'b', 'target')))
  let isOther = false
  const journal = {
    ...first.journal,
    read: async () => (isOther ? second.journal.entries : first.journal.entries),
  }
  const heard: string[] = []
  const watching = watch(journal, {
    clock: first.world.clock,
    onEvent: (event) => void heard.push('step' in event ? `${event.kind} ${event.step}` : event.kind),
  })
  await first.world.clock.sleep(3_000)
  isOther = true
  await watching

  expect(heard.filter((kind) => kind === 'opened')).toHaveLength(2)
  expect(heard).toContain('step-done turn:b:target')
})

test('what watch is given is checked first', async () => {
  const { journal } = setUp()

  expect((await errorOf(watch(journal, { onEvent: () => {} }))).code).toBe('CUTOVER_NOTHING_BEGUN')
  expect((await errorOf(watch(journal, { onEvent: () => {}, evry: '1s' } as never))).code).toBe(
    'CUTOVER_OPTIONS_INVALID',
  )
})

test('watching is ended by its signal', async () => {
  const { world, journal, run } = setUp()
  await run(async (cutover) => {
    await cutover.value('x', () => 1)
    throw new Error('power cut')
  })
  const stop = new AbortController()
  const reason = new Error('enough')
  world.later(5_000, () => stop.abort(reason))

  expect(await errorOf(watch(journal, { onEvent: () => {}, clock: world.clock, signal: stop.signal }))).toBe(reason)
})
