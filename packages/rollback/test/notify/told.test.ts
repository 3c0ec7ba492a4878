// One message per fact, whatever happens to the process, and to whoever is told.
import type { Outline } from '@cutover/core'
import { approval, approve, memoryJournal, pause, resume, runCutover, type RunOptions } from '@cutover/rollback'
import type { Message, Notifier } from '@cutover/rollback/notify'
import { expect, test } from 'vitest'

import { errorOf, setting } from '../setting.ts'
import { is, saying, turn } from '../switches.ts'

/** Keeps what it is told; refuses as often as it is told to. */
function keeping(name = 'pager', refusals = 0) {
  const told: Message[] = []
  let tries = 0
  const notifier: Notifier = {
    name,
    async send(message) {
      tries += 1
      if (tries <= refusals) throw new Error('refused')
      told.push(message)
    },
  }
  return { notifier, told, kinds: () => told.map(({ kind }) => kind), tries: () => tries }
}

const notified = (journal: ReturnType<typeof setting>['journal']): string[] =>
  journal.entries.flatMap((entry) => (entry.t === 'notified' ? [entry.fact] : []))

test('start and end are told once each, and recorded as told', async () => {
  const { run, switches, journal } = setting()
  const { notifier, told } = keeping()

  await run((cutover) => cutover.apply(turn(switches, 'a', 'target')), { notify: [notifier] })
  await run((cutover) => cutover.apply(turn(switches, 'a', 'target')), { notify: [notifier] })

  expect(told.map(({ kind, title, cutover }) => [kind, title, cutover])).toEqual([
    ['start', 'move: begins', 'move'],
    ['end', 'move: COMPLETED', 'move'],
  ])
  expect(notified(journal)).toEqual(['pager start', 'pager end completed'])
})

test('a rollback says why and what it undoes, then that it is over', async () => {
  const { run, switches } = setting()
  const { notifier, told } = keeping()

  await errorOf(
    run(
      async (cutover) => {
        await cutover.apply(turn(switches, 'a', 'target'))
        await cutover.require(is(switches, 'b', 'target'))
      },
      { notify: [notifier] },
    ),
  )

  expect(told.map(({ title }) => title)).toEqual(['move: begins', 'move: GOES BACK', 'move: ROLLED BACK'])
  expect(told[1]?.text).toBe('Because: b is target: b is source')
  expect(told[1]?.details).toContainEqual({ name: 'To undo', value: '1 Turn a to target' })
})

test('a question is told once, with how to answer it, however often the script is run again', async () => {
  const { run, switches } = setting()
  const { notifier, told } = keeping()
  const script: Parameters<typeof run>[0] = async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('metrics', 'undecided'), { within: '1m' })
  }

  for (let i = 0; i < 3; i++) await errorOf(run(script, { notify: [notifier] }))

  expect(told.map(({ kind }) => kind)).toEqual(['start', 'question'])
  expect(told[1]?.commands.at(-1)).toContain("answer(journal, { step: 2, answer: 'ANSWER'")
  expect(told[1]?.details).toContainEqual({ name: 'Code', value: 'CHECK_UNDECIDED' })
})

test('each of several notifiers is told what it has not been told, in a later process too', async () => {
  const { run, switches, journal } = setting()
  const [pager, broken] = [keeping('pager'), keeping('broken', Number.POSITIVE_INFINITY)]
  const script: Parameters<typeof run>[0] = async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.require(saying('metrics', 'undecided'), { within: '1m' })
  }

  await errorOf(run(script, { notify: [pager.notifier, broken.notifier] }))
  const well = keeping('broken')
  await errorOf(run(script, { notify: [pager.notifier, well.notifier] }))

  expect(pager.kinds()).toEqual(['start', 'question'])
  expect(well.kinds()).toEqual(['start', 'question'])
  expect(notified(journal).map((fact) => fact.split(' ').slice(0, 2).join(' '))).toEqual([
    'pager start',
    'pager question',
    'broken start',
    'broken question',
  ])
})

const steps =
  (switches: ReturnType<typeof setting>['switches']): Parameters<ReturnType<typeof setting>['run']>[0] =>
  async (cutover) => {
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: 60_000 }))
    await cutover.apply(turn(switches, 'b', 'target', { settleMs: 60_000 }))
    await cutover.apply(turn(switches, 'c', 'target', { settleMs: 60_000 }))
  }

test.each([
  ['hangs for ever', () => new Promise<never>(() => {})],
  ['fails at once', async () => Promise.reject(new Error('broken'))],
  [
    'throws',
    () => {
      throw new Error('broken')
    },
  ],
])('a notifier that %s delays no step', async (_, send) => {
  const [quiet, loud] = [setting(), setting()]

  await quiet.run(steps(quiet.switches))
  await loud.run(steps(loud.switches), { notify: [{ name: 'pager', send }] })

  const times = ({ journal }: typeof quiet) =>
    journal.entries.flatMap(({ t, at }) => (t === 'notified' ? [] : [[t, at - (journal.entries[0]?.at ?? 0)]]))
  expect(times(loud)).toEqual(times(quiet))
  expect(loud.world.events.filter(({ kind }) => kind === 'note')).toContainEqual(
    expect.objectContaining({
      code: 'CUTOVER_NOT_NOTIFIED',
      text: expect.stringMatching(/^pager could not be told "move: begins": (no answer within 10s|broken)$/),
    }),
  )
  expect(notified(loud.journal)).toEqual([])
})

test('one that fails is tried again, and told once', async () => {
  const { run, switches, world } = setting()
  const { notifier, kinds, tries } = keeping('pager', 2)

  await run(steps(switches), { notify: [notifier] })

  expect(kinds()).toEqual(['start', 'end'])
  expect(tries()).toBe(4)
  expect(world.events.some((event) => event.kind === 'note')).toBe(false)
})

test('the end does not come later in the report because people were told of it', async () => {
  const { run, switches, world } = setting()
  const startedAt = world.clock.now()
  const slow: Notifier = { name: 'slow', send: () => world.clock.sleep(9_000) }

  await run((cutover) => cutover.apply(turn(switches, 'a', 'target')), { notify: [slow] })
  const again = await run((cutover) => cutover.apply(turn(switches, 'a', 'target')))

  expect(again.endedAt).toBe(startedAt)
})

const outline: Outline = ['a', 'b', 'c'].map((name) => ({
  step: `turn:${name}:target`,
  title: `Turn ${name} to target`,
  estimateMs: 10 * 60_000,
}))

const slowly =
  (minutes: number) =>
  (switches: ReturnType<typeof setting>['switches']) =>
  async (cutover: Parameters<Parameters<ReturnType<typeof setting>['run']>[0]>[0]) => {
    await cutover.apply(turn(switches, 'a', 'target', { settleMs: minutes * 60_000 }))
    await cutover.apply(turn(switches, 'b', 'target', { settleMs: 10 * 60_000 }))
    await cutover.apply(turn(switches, 'c', 'target', { settleMs: 10 * 60_000 }))
  }

test('a slip tells the forecast end of before and of now, once for each time it moves', async () => {
  const { run, switches, world } = setting()
  const { notifier, told } = keeping()
  const startedAt = world.clock.now()

  await run(slowly(18)(switches), { notify: [notifier], outline })

  const slips = told.filter(({ kind }) => kind === 'slip')
  expect(slips).toHaveLength(1)
  expect(slips[0]?.details.map(({ value }) => Date.parse(value) - startedAt)).toEqual([30 * 60_000, 35 * 60_000])
  expect(slips[0]?.title).toBe('move: ends 5m later than forecast')
  expect((slips[0]?.at ?? 0) - startedAt).toBe(15 * 60_000)
})

test('a script that keeps to its forecast tells no slip; neither does one without an outline', async () => {
  const [kept, without] = [setting(), setting()]
  const [first, second] = [keeping(), keeping()]

  await kept.run(slowly(10)(kept.switches), { notify: [first.notifier], outline })
  await without.run(slowly(50)(without.switches), { notify: [second.notifier] })

  expect(first.kinds()).toEqual(['start', 'end'])
  expect(second.kinds()).toEqual(['start', 'end'])
})

test('an operator who pauses, an approval, and an alarm are told', async () => {
  const { world, switches } = setting()
  const journal = memoryJournal({ operators: true })
  const { notifier, kinds, told } = keeping()
  const by = { who: 'ana', why: 'a look', clock: world.clock }
  const go = approval('Go?', { from: ['ana'] })

  const running = runCutover(
    {
      id: 'move',
      journal,
      clock: world.clock,
      notify: [notifier],
      criteria: [{ id: 'errors', check: saying('errors', 'fail'), then: 'notify', owner: 'bo', toleratedForMs: 1_000 }],
    },
    async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target', { settleMs: 30_000 }))
      await cutover.require(go)
    },
  )
  await world.clock.sleep(5_000)
  await pause(journal, by)
  await world.clock.sleep(60_000)
  await resume(journal, by)
  await world.clock.sleep(5_000)
  await approve(journal, { ...by, step: 2 })
  await running

  expect(new Set(kinds())).toEqual(new Set(['start', 'alarm', 'pause', 'approval', 'end']))
  expect(told.filter(({ kind }) => kind === 'alarm').map(({ title }) => title)).toEqual([
    'move: ALARM entered: errors is well',
    'move: ALARM exceeded: errors is well',
  ])
  expect(told.find(({ kind }) => kind === 'pause')?.text).toContain('ana: a look')
})

test('a script that throws tells that it was interrupted, each time', async () => {
  const { run } = setting()
  const { notifier, kinds } = keeping()
  const script = async (): Promise<never> => Promise.reject(new Error('power cut'))

  for (let i = 0; i < 2; i++) await errorOf(run(script, { notify: [notifier] }))

  expect(kinds()).toEqual(['start', 'interrupted', 'interrupted'])
})

test.each([
  ['a word', 'slack', /notify is not a list/],
  ['nothing that can send', [{ name: 'x' }], /cannot send/],
  ['no name', [{ name: '', send: async () => {} }], /a notifier is named ""/],
  ['the same name twice', ['x', 'x'].map((name) => ({ name, send: async () => {} })), /two notifiers are named x/],
])('notify refuses %s before anything is opened', async (_, notify, text) => {
  const { run, journal } = setting()

  const error = await errorOf(run(async () => {}, { notify: notify as unknown as NonNullable<RunOptions['notify']> }))

  expect(error.code).toBe('CUTOVER_OPTIONS_INVALID')
  expect(error.message).toMatch(text)
  expect(journal.entries).toEqual([])
})
