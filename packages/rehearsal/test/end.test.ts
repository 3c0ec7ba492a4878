import { defineCheck } from '@cutover/core'
import { rehearse } from '@cutover/rehearsal'
import { memoryJournal, runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { cells, type Cells, setA } from './planted.ts'

const saying = (status: 'pass' | 'fail' | 'undecided') =>
  defineCheck({ id: 'sure', title: 'a is well', run: async () => ({ status, text: `it says ${status}` }) })

const asking = (status: 'pass' | 'fail' | 'undecided') => (p: Cells, run: RunOptions) =>
  runCutover({ id: 'one', ...run }, async (cutover) => {
    await cutover.apply(setA(p))
    await cutover.require(saying(status))
  })

test('a run that parks without any fault is a violation, and says why it parks', async () => {
  const report = await rehearse({ world: cells, cutover: asking('undecided') })

  expect(() => report.assertSafe()).toThrow('it ended parked without any fault')
  expect(report.text).toContain('1 run, 1 violation; 1 parked; without a fault parked')
  expect(report.violations[0]?.what).toMatch(
    /: PARKED at step 2: a is well .*; is that meant\? Then say so: end: 'parked'$/,
  )
})

test('one that is meant to park is rehearsed to there', async () => {
  const report = await rehearse({ world: cells, cutover: asking('undecided'), end: 'parked', faults: ['crash'] })

  report.assertSafe()
  expect(report.text).toMatch(/^\d+ runs, 0 violations; \d+ parked; without a fault parked$/)
})

test.each([
  { status: 'fail', end: 'completed', came: 'rolled-back' },
  { status: 'pass', end: 'parked', came: 'completed' },
] as const)('one that is meant to end $end, and ends $came, is a violation', async ({ status, end, came }) => {
  const report = await rehearse({ world: cells, cutover: asking(status), end, faults: ['crash'] })

  expect(report.violations[0]?.what).toMatch(`it ended ${came} without any fault`)
  expect(report.violations[0]?.what).toMatch(`; wanted ${end}`)
})

test('code that takes the journal and not the clock is told to hand both on', async () => {
  await expect(
    rehearse({
      world: cells,
      cutover: (p, { journal }) => runCutover({ id: 'one', journal }, (cutover) => cutover.apply(setA(p))),
    }),
  ).rejects.toMatchObject({
    code: 'REHEARSAL_REAL_CLOCK',
    next: 'Spread `...run` into the options of runCutover: { id, ...run }.',
  })
})

test('code that takes nothing, and waits for the real time, is told so as well', async () => {
  const report = await rehearse({
    world: cells,
    cutover: () =>
      runCutover({ id: 'one', journal: memoryJournal() }, (cutover) =>
        cutover.waitUntil('soak', () => cutover.clock.now() + 50),
      ),
  })

  expect(report.text).toContain('Its journal was never opened: does it wait for the real clock? Spread `...run`')
})
