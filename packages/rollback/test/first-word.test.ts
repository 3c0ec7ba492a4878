// What operators put into the box takes effect once, in the order of the box, whatever dies in between.
import { fakeWorld } from '@cutover/core/testing'
import {
  answer,
  approval,
  approve,
  type Cutover,
  type Journal,
  type JournalEntry,
  memoryJournal,
  pause,
  rollBack,
  runCutover,
  skip,
} from '@cutover/rollback'
import { expect, test } from 'vitest'

import { reportOf } from './setting.ts'
import { inMemorySwitches, saying, turn } from './switches.ts'

const kim = { who: 'kim', why: 'a reason' }
const raj = { who: 'raj', why: 'another' }

function setUp() {
  const world = fakeWorld()
  const switches = inMemorySwitches(world, { a: 'source', b: 'source' })
  const journal = memoryJournal({ operators: true })
  return {
    world,
    switches,
    journal,
    run: (script: (cutover: Cutover) => Promise<unknown>, on: Journal = journal) =>
      runCutover({ id: 'move', journal: on, clock: world.clock }, script),
  }
}

/** The same journal in a process that dies before it writes the next record after one of that kind. */
const dyingAfter = (journal: Journal, kind: JournalEntry['t']): Journal => ({
  ...journal,
  async open(options) {
    const opened = await journal.open(options)
    const append = opened.append.bind(opened)
    let isDead = false
    return Object.assign(opened, {
      append: async (entry: JournalEntry) => {
        if (isDead) throw new Error('killed')
        await append(entry)
        isDead = entry.t === kind
      },
    })
  },
})

test('of two who skip a check, the first is named', async () => {
  const { switches, journal, run } = setUp()
  const cut = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    throw new Error('power cut')
  }
  await run(cut).catch(() => {})
  await skip(journal, { ...kim, step: 'well' })
  await skip(journal, { ...raj, step: 'well' })

  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('well', 'fail'))
  })

  expect(journal.entries.find(({ t }) => t === 'check')).toMatchObject({ skipped: kim })
})

test('a wish to go back is decided by its own record: killed right after it, the next run goes back', async () => {
  const { switches, journal, run } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('well', 'undecided'), { within: '1h' })
  }
  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    throw new Error('power cut')
  }).catch(() => {})
  await rollBack(journal, kim)
  await run(script, dyingAfter(journal, 'asked')).catch(() => {})
  journal.holderDied()

  const report = await reportOf(run(script))

  expect(report).toMatchObject({ end: 'rolled-back', because: 'kim: a reason', rto: { forecast: 0 } })
  expect(switches.state['a']).toBe('source')
})

test('a wish to go back is heard although a question is open', async () => {
  const { switches, journal, run } = setUp()
  const script = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('well', 'undecided'))
  }
  await run(script).catch(() => {})
  await rollBack(journal, kim)

  expect(await reportOf(run(script))).toMatchObject({ end: 'rolled-back', because: 'kim: a reason', questions: [] })
  expect(switches.state['a']).toBe('source')
})

test('what has completed can be asked to go back; nothing else is asked of it', async () => {
  const { switches, journal, run } = setUp()
  const script = (cutover: Cutover): Promise<unknown> => cutover.apply(turn(switches, 'a', 'target'))
  await run(script)
  await journal.requests?.send({ do: 'pause', ...raj })
  expect((await run(script)).end).toBe('completed')
  const records = journal.entries.length
  await rollBack(journal, kim)

  expect(await reportOf(run(script))).toMatchObject({ end: 'rolled-back', because: 'kim: a reason' })
  expect(switches.state['a']).toBe('source')
  expect(journal.entries.slice(records).map(({ t }) => t)).toContain('undone')
})

test('a yes that is found after the approval has expired does not count; asked again, it must be said again', async () => {
  const { world, journal, run } = setUp()
  const script = (cutover: Cutover): Promise<unknown> =>
    cutover.require(approval('Go?', { id: 'go', expires: '10m', quorum: 2 }))
  world.later(60_000, () => void approve(journal, { ...kim, step: 'go' }))
  expect(await reportOf(run(script) as never)).toMatchObject({ end: 'parked' })
  await approve(journal, { ...raj, step: 'go' }).catch(() => {})
  await answer(journal, { answer: 'again', ...kim, clock: world.clock })

  expect(await reportOf(run(script) as never)).toMatchObject({
    end: 'parked',
    questions: [{ question: expect.stringMatching(/expired with 0 of 2/) }],
  })
})

test('a pause that comes twice is one pause', async () => {
  const { world, switches, journal, run } = setUp()
  world.later(5_000, () => void pause(journal, kim))
  world.later(6_000, () => void pause(journal, raj))
  world.later(100_000, () => void journal.requests?.send({ do: 'resume', ...kim }))

  await run(async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
    await cutover.apply(turn(switches, 'b', 'target'))
  })

  expect(world.clock.monotonic()).toBeGreaterThanOrEqual(100_000)
  expect(world.clock.monotonic()).toBeLessThan(110_000)
})
