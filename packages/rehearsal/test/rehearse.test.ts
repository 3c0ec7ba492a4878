import { CutoverError } from '@cutover/core'
import { type Fault, rehearse } from '@cutover/rehearsal'
import { runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { cells, setA, setB } from './planted.ts'
import { callers, fan, fanThenStep, inMemoryCell, load, move, parts, retire, retired } from './scenario.ts'

const run = { timeout: 60_000 }
const branches = (healthy: boolean, options: { readonly depth?: 1 | 2; readonly faults?: readonly Fault[] } = {}) =>
  rehearse({
    world: (world) => ['a', 'b', 'c'].map((name) => inMemoryCell(world, name, 'source')),
    cutover: (three, o) => runCutover({ id: 'fan', ...o }, fan(three, healthy)),
    ...options,
    pairs: 'all',
  })

test.each([
  { healthy: true, end: 'completed' },
  { healthy: false, end: 'rolled-back' },
])('twelve steps are safe under every fault at every write (healthy: $healthy)', run, async ({ healthy, end }) => {
  const report = await rehearse({
    world: (world) => parts(world, { healthy }),
    load,
    cutover: (p, options) => runCutover({ id: 'orders', ...options }, move(p)),
  })

  report.assertSafe()
  expect(report.end).toBe(end)
  expect(report.runs).toBeGreaterThan(250)
})

test.each([{ healthy: true }, { healthy: false }])(
  'two steps, and switches that work only later, are safe under every fault (healthy: $healthy)',
  run,
  async ({ healthy }) => {
    const report = await rehearse({
      world: (world) => retired(world, { healthy, worksAfterMs: 10_000 }),
      load: callers,
      // Late, and then slow, is still within what the changes declare.
      lateMs: 30_000,
      cutover: (p, options) => runCutover({ id: 'retire', ...options }, retire(p)),
    })

    report.assertSafe()
  },
)

test.each([{ healthy: true }, { healthy: false }])(
  'twelve steps are safe under pairs of faults (healthy: $healthy)',
  run,
  async ({ healthy }) => {
    const report = await rehearse({
      world: (world) => parts(world, { healthy }),
      load,
      cutover: (p, options) => runCutover({ id: 'orders', ...options }, move(p)),
      depth: 2,
      pairs: 1_000,
    })

    report.assertSafe()
  },
)

test('what comes after branches is undone too, by whichever process goes back', run, async () => {
  const report = await rehearse({
    world: (world) => ['a', 'b', 'c'].map((name) => inMemoryCell(world, name, 'source')),
    cutover: (three, o) => runCutover({ id: 'fan', ...o }, fanThenStep(three, false)),
  })

  report.assertSafe()
  expect(report.end).toBe('rolled-back')
})

test('branches are safe under every pair of the faults that leave a doubt', run, async () => {
  const report = await branches(false, { depth: 2, faults: ['reply-lost', 'late', 'crash', 'crash-late'] })

  report.assertSafe()
})

test('what is late is also done right before each write that overtakes it', async () => {
  const plain = await branches(false, { faults: ['reply-lost'] })
  const late = await branches(false, { faults: ['late'] })

  late.assertSafe()
  expect(late.runs).toBeGreaterThan(plain.runs)
})

test('a process that was stopped and goes on keeps its lease, however long it still takes', async () => {
  const report = await rehearse({
    world: cells,
    faults: ['zombie-early', 'zombie-in-lease'],
    cutover: (p, options) =>
      runCutover({ id: 'long', ...options }, async (cutover) => {
        await cutover.apply(setA(p))
        await cutover.waitUntil('the weekend is over', () => cutover.clock.now() + 48 * 3_600_000)
        await cutover.apply(setB(p))
      }),
  })

  report.assertSafe()
  expect(report.longestMs).toBeLessThan(50 * 3_600_000)
})

test('a world in which much is late is not judged before that has come', async () => {
  const report = await rehearse({
    world: cells,
    lateMs: 900_000,
    faults: ['late'],
    async cutover({ a }) {
      await a.write('source', 'target').catch((error: unknown) => {
        if (!(error instanceof CutoverError) || error.code !== 'WORLD_TIMEOUT') throw error
      })
    },
  })

  report.assertSafe()
  expect(report.longestMs).toBeGreaterThan(900_000)
})

test('several rehearsals at once do not take the changes of one for those of another', async () => {
  const one = (): Promise<void> =>
    rehearse({
      world: cells,
      faults: ['refused'],
      cutover: (p, options) =>
        runCutover({ id: 'one', ...options }, async (cutover) => {
          const change = setA(p)
          await cutover.waitUntil('window', () => cutover.clock.now() + 60_000)
          await cutover.apply(change)
        }),
    }).then((report) => report.assertSafe())

  await Promise.all([one(), one(), one()])
})
