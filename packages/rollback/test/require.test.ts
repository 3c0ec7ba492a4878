import { type Cutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, reportOf, setting } from './setting.ts'
import { saying, turn } from './switches.ts'

test('require answers the answer, with its evidence', async () => {
  const { run } = setting()
  let answered: unknown

  await run(async (cutover) => {
    answered = await cutover.require(
      saying('target', { status: 'pass', text: '0 of 100 failed', evidence: { failed: 0 } }),
    )
  })

  expect(answered).toEqual({ status: 'pass', text: '0 of 100 failed', evidence: { failed: 0 } })
})

test('check answers a fail, and nothing is decided', async () => {
  const { run } = setting()
  let status: unknown

  const report = await run(async (cutover) => {
    status = (await cutover.check(saying('target', 'fail'))).status
  })

  expect(status).toBe('fail')
  expect(report).toMatchObject({ end: 'completed', steps: [{ kind: 'check', end: 'fail' }] })
})

test('a fail rolls back at once, however long it may take to decide', async () => {
  const { run, switches, world } = setting()

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.require(saying('target', 'fail'), { within: '1h' })
    }),
  )

  expect(report.end).toBe('rolled-back')
  expect(world.clock.monotonic()).toBe(0)
})

test('with patience a fail counts when it has lasted', async () => {
  const { run, world } = setting()

  const report = await reportOf(
    run((cutover) => cutover.require(saying('target', 'fail'), { patience: '1m', every: '10s' })),
  )

  expect(report.end).toBe('rolled-back')
  expect(world.clock.monotonic()).toBe(60_000)
})

test('with patience a fail that passes is no fail', async () => {
  const { run } = setting()

  const report = await run((cutover) =>
    cutover.require(saying('target', 'fail', 'fail', 'pass'), { patience: '1m', every: '10s' }),
  )

  expect(report.end).toBe('completed')
})

test('onFail: park asks instead of going back', async () => {
  const { run, switches } = setting()

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.require(saying('target', 'fail'), { onFail: 'park' })
    }),
  )

  expect(report.questions).toMatchObject([
    { code: 'CHECK_FAILED', answers: [{ answer: 'again' }, { answer: 'pass' }, { answer: 'roll-back' }] },
  ])
  expect(switches.state['a']).toBe('target')
})

test('undecided is asked again within its time, and is a question then; it never rolls back', async () => {
  const { run, world, switches } = setting()
  const target = saying('target', 'undecided')

  const report = await reportOf(
    run(async (cutover) => {
      await cutover.apply(turn(switches, 'a', 'target'))
      await cutover.require(target, { within: '1m', every: '10s' })
    }),
  )

  expect(report.questions).toMatchObject([{ code: 'CHECK_UNDECIDED' }])
  expect(world.clock.monotonic()).toBe(60_000)
  expect(target.asked).toBe(7)
  expect(switches.state['a']).toBe('target')
})

test('consecutive passes are wanted in a row', async () => {
  const { run } = setting()
  const target = saying('target', 'pass', 'undecided', 'pass', 'pass', 'pass')

  await run((cutover) => cutover.require(target, { within: '10m', every: '10s', consecutive: 3 }))

  expect(target.asked).toBe(5)
})

test('a check that throws is undecided, and says why', async () => {
  const { run } = setting()
  const broken = { ...saying('target'), run: () => Promise.reject(new Error('no such metric')) }

  const report = await reportOf(run((cutover) => cutover.require(broken)))

  expect(report.questions[0]?.question).toContain('no such metric')
})

test.each([
  [{ every: '0s' }, 'CHECK_INVALID', 'every'],
  [{ within: '1 hour' as '1h' }, 'DURATION_INVALID', 'within'],
  [{ consecutive: 0 }, 'CHECK_INVALID', 'consecutive'],
] as const)('%j is refused, and nothing is written', async (options, code, field) => {
  const { run, records } = setting()

  const error = await errorOf(run((cutover: Cutover) => cutover.require(saying('target'), options)))

  expect(error.code).toBe(code)
  expect(error.message).toContain(field)
  expect(records()).toEqual(['opened'])
})

test('evidence that a journal cannot give back is refused', async () => {
  const { run, records } = setting()
  const check = saying('target', { status: 'pass', text: 'yes', evidence: new Map() })

  const error = await errorOf(run((cutover) => cutover.require(check)))

  expect(error.code).toBe('CHANGE_NOT_JSON')
  expect(error.message).toContain('target: evidence')
  expect(records()).toEqual(['opened'])
})

test('the same check twice needs another name', async () => {
  const { run, records } = setting()
  const check = saying('target')

  await run(async (cutover) => {
    await cutover.require(check)
    await cutover.require(check, { as: 'target, an hour later' })
  })

  expect(records()).toEqual(['opened', 'check target', 'check target, an hour later', 'closed'])
})
