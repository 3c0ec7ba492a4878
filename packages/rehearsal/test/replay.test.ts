import { type FakeWorld, rehearse } from '@cutover/rehearsal'
import { runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { type Cells, cells, setA, setB } from './planted.ts'

const twoSteps = {
  world: cells,
  cutover: (p: Cells, options: RunOptions) =>
    runCutover({ id: 'two', ...options }, async (cutover) => {
      await cutover.apply(setA(p))
      await cutover.apply(setB(p))
    }),
}

/** Retries once, and then gives up without a word: safe under one fault, not under two. */
const twice = async ({ a, b }: Cells): Promise<void> => {
  const once = (): Promise<void> => (a.value === 'source' ? a.write('source', 'target') : Promise.resolve())
  await once().catch(() => once().catch(() => {}))
  if (b.value === 'source') await b.write('source', 'target')
}

test('a violation that takes two faults keeps both, and its replay id runs exactly these', async () => {
  const options = { world: cells, cutover: twice, faults: ['refused'] } as const
  const report = await rehearse({ ...options, depth: 2, pairs: 'all' })

  expect(report.violations.map(({ replay, what, faults }) => ({ replay, what, faults }))).toEqual([
    {
      replay: '1:refused+2:refused',
      what: 'completed, but not as intended: a is "source", wanted "target"',
      faults: [
        { effect: 1, fault: 'refused', operation: 'a.write' },
        { effect: 2, fault: 'refused', operation: 'a.write' },
      ],
    },
  ])
  const again = await rehearse({ ...options, replay: '1:refused+2:refused' })
  expect(again.violations).toEqual(report.violations)
  expect(again.runs).toBe(2)
})

test('a pair that needs only its second fault is told as that one', async () => {
  const report = await rehearse({
    world: cells,
    async cutover({ a, b }) {
      if (a.value === 'source') await a.write('source', 'target')
      if (b.value === 'source') await b.write('source', 'target').catch(() => {})
    },
    faults: ['slow', 'refused'],
    depth: 2,
    pairs: 'all',
  })

  expect(report.violations.map(({ replay }) => replay)).toEqual(['2:refused'])
  expect(report.violatingRuns).toBe(3)
  expect(report.text).toMatch(/^\d+ runs, 1 violation in 3 runs; /)
})

test('a late write that hurts only before a certain other is told so, and can be replayed', async () => {
  // Whether `a` has moved is looked at between two writes, and never again.
  const options = {
    world: cells,
    faults: ['late'],
    async cutover({ a, b, c }: Cells) {
      await a.write('source', 'target').catch(() => {})
      const plan = a.value
      if (b.value === 'source') await b.write('source', 'target').catch(() => {})
      if (a.value !== plan) return
      if (c.value === 'source') await c.write('source', 'target').catch(() => {})
    },
    invariants: [
      { name: 'all or nothing', holds: ({ b, c }: Cells) => (b.value === c.value ? undefined : 'only b has moved') },
    ],
  } as const
  const report = await rehearse(options)

  expect(report.violations.map(({ text }) => text)).toEqual([
    'late at 1 (a.write), done right before 2 (b.write): completed, but not as intended: c is "source", wanted "target". Also: all or nothing: only b has moved. It ended completed. Replay: 1:late@2',
  ])
  const again = await rehearse({ ...options, replay: '1:late@2' })
  expect(again.violations).toEqual(report.violations)
  expect(again.trace.slice(0, 3).map((line) => line.trim())).toEqual([
    '0.000 #1 a.write meets late',
    '5.000 #2 b.write',
    '5.000 late, but before #2 b.write',
  ])
})

test('a replay tells all that happened in its run', async () => {
  const { trace, ...report } = await rehearse({ ...twoSteps, replay: '4:reply-lost' })

  expect(report).toMatchObject({ runs: 2, violations: [], ends: { completed: 2 } })
  expect(trace.filter((line) => line.includes('done before'))).toHaveLength(1)
  expect(trace.map((line) => line.trim()).filter((line) => /^\S+ (#|runner|late)/.test(line))).toEqual([
    '0.000 #1 journal.append opened',
    '0.000 #2 journal.append intent a',
    '0.000 #3 a.write',
    '0.000 #4 journal.append outcome a meets reply-lost',
    '5.000 runner-1 is killed',
    '20.000 #5 journal.append settled a',
    '20.000 #6 journal.append intent b',
    '20.000 #7 b.write',
    '20.000 #8 journal.append outcome b',
    '20.000 #9 journal.append settled b',
    '20.000 #10 journal.append closed',
    '380.000 runner-2 is killed',
  ])
})

test('an id that is no replay id is refused before anything runs', async () => {
  const ids = [
    '',
    'crash',
    '0:crash',
    '1:crush',
    '1:crash+1:late',
    '3:crash+2:crash',
    '1:crash@2',
    '5:late@5',
    '1:crash ',
    '1e3:crash',
  ]
  const built: string[] = []
  const world = (fresh: FakeWorld, replay: string): Cells => {
    built.push(replay)
    return cells(fresh)
  }

  const refused = await Promise.allSettled(
    ids.map((replay) => rehearse({ ...twoSteps, world: (fresh) => world(fresh, replay), replay })),
  )

  for (const answer of refused)
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'REHEARSAL_REPLAY_INVALID' } })
  expect(built).toEqual([])
})

test('an id whose write the run does not have is refused: the script has changed since', async () => {
  await expect(rehearse({ ...twoSteps, replay: '400:crash' })).rejects.toMatchObject({
    code: 'REHEARSAL_REPLAY_INVALID',
    message: 'replay is "400:crash"; its run has 10 writes, so there is no 400: has the script or the world changed?',
  })
})

test('a replay without a fault tells the golden run', async () => {
  const report = await rehearse({ ...twoSteps, replay: 'no fault' })

  expect(report.trace.filter((line) => line.includes('#'))).toHaveLength(10)
})
