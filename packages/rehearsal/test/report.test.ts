import { isCutoverError, rehearse, RehearsalReport } from '@cutover/rehearsal'
import { runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { cells, type Cells, setA } from './planted.ts'

const oneStep = (p: Cells, run: RunOptions) => runCutover({ id: 'one', ...run }, (cutover) => cutover.apply(setA(p)))

test('the matrix says how it ends if it fails here, for every write and every fault', async () => {
  const report = await rehearse({
    world: cells,
    cutover: (p, run) => oneStep(p, { ...run, patience: '0s' }),
    faults: ['refused', 'crash', 'refused-for-ever'],
  })

  expect(report.matrix[2]).toEqual({
    effect: 3,
    operation: 'a.write',
    ends: { refused: 'VIOLATION', crash: 'completed', 'refused-for-ever': 'rolled-back' },
  })
  expect(report.markdown()).toMatchInlineSnapshot(`
    "| # | write | refused | crash | refused-for-ever |
    | --: | --- | --- | --- | --- |
    | 1 | journal.append opened | completed | completed |  |
    | 2 | journal.append intent a | completed | completed |  |
    | 3 | a.write | VIOLATION | completed | rolled-back |
    | 4 | journal.append outcome a | completed | completed |  |
    | 5 | journal.append settled a | completed | completed |  |
    | 6 | journal.append closed | completed | completed |  |"
  `)
})

test('an operation with a bar in its name breaks no table', async () => {
  const report = await rehearse({
    world(world) {
      let done = false
      world.watch('done', () => done)
      return () => world.call('shell.run a | b', { write: true }, () => void (done = true))
    },
    cutover: (write) => write(),
    faults: ['slow'],
  })

  expect(report.markdown().split('\n').at(-1)).toBe('| 1 | shell.run a \\| b | completed |')
})

test('what is safe says so in a line, and assertSafe lets it pass', async () => {
  const report = await rehearse({ world: cells, cutover: oneStep, faults: ['crash', 'reply-lost'] })

  expect(report.text).toBe('13 runs, 0 violations; 13 completed; without a fault completed')
  expect(() => report.assertSafe()).not.toThrow()
})

test('what is unsafe is thrown with its whole text, and with how to see it happen', async () => {
  const report = await rehearse({
    world: cells,
    cutover: (p, run) => oneStep(p, { ...run, patience: '0s' }),
    faults: ['refused'],
  })

  const thrown = await Promise.resolve()
    .then(() => report.assertSafe())
    .catch((error: unknown) => error)

  expect(isCutoverError(thrown, 'REHEARSAL_UNSAFE')).toBe(true)
  expect(thrown).toMatchObject({
    message: report.text,
    next: 'See it happen: rehearse({ …, replay: "3:refused" }), then read report.trace.',
  })
  expect(report.text.split('\n').slice(0, 2)).toEqual([
    '7 runs, 1 violation; 6 completed, 1 rolled-back; without a fault completed',
    expect.stringMatching(/^✗ refused at 3 \(a\.write\): one passing fault changed the end/),
  ])
})

test('what is unsafe without a fault stops the rehearsal at once, with all that is wrong', async () => {
  const report = await rehearse({
    world: cells,
    cutover: oneStep,
    invariants: [
      { name: 'a stays', holds: ({ a }) => (a.value === 'source' ? undefined : 'it moved') },
      { name: 'b moves', holds: ({ b }) => (b.value === 'target' ? undefined : 'it stayed') },
    ],
  })

  expect(report.text).toBe(
    [
      '1 run, 2 violations; 1 completed; without a fault completed',
      '✗ without any fault: a stays: it moved. It ended completed. Replay: no fault',
      '✗ without any fault: b moves: it stayed. It ended completed. Replay: no fault',
    ].join('\n'),
  )
  expect(report.matrix).toEqual([])
})

test('of many runs that violate the first twenty are told apart, and all are counted', async () => {
  const report = await rehearse({
    world: cells,
    async cutover({ a, b, c }, run) {
      await runCutover({ id: 'values', ...run }, async (cutover) => {
        for (let i = 0; i < 30; i++) await cutover.value(`value ${i}`, () => i)
      })
      for (const { value, write } of [a, b, c]) if (value === 'source') await write('source', 'target')
    },
    // What is run again is not as the first time.
    invariants: [{ name: 'once', holds: (_parts, { effects }) => (effects.length === 35 ? undefined : 'again') }],
    faults: ['crash'],
  })

  expect(report.violations).toHaveLength(20)
  expect(report.violatingRuns).toBeGreaterThan(30)
  expect(report.text).toContain(`20 violations in ${report.violatingRuns} runs`)
})

test('the outline of the golden run tells the steps in their order, for a screen or a manual', async () => {
  const report = await rehearse({ world: cells, cutover: oneStep, faults: ['crash'] })

  expect(report.outline).toEqual([{ step: 'a', title: 'Set a', estimateMs: undefined }])
  expect(report).toBeInstanceOf(RehearsalReport)
})
