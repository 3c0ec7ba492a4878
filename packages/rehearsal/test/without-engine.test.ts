// Any code can be rehearsed, also a loop around `apply` of core: what it lacks is what is reported.
import { apply } from '@cutover/core'
import { everyFault } from '@cutover/core/testing'
import { rehearse } from '@cutover/rehearsal'
import type { RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { cells, type Cells, setA, setB, setC } from './planted.ts'

const changes = (p: Cells) => [setA(p), setB(p), setC(p)]

/** Goes forward, and keeps no way back. */
const forward = async (p: Cells, { clock }: RunOptions): Promise<void> => {
  for (const change of changes(p)) await apply(change, { clock })
}

test('a loop of changes that only goes forward converges after every fault that passes', async () => {
  const report = await rehearse({
    world: cells,
    cutover: forward,
    faults: everyFault.filter((fault) => fault !== 'refused-for-ever'),
  })

  report.assertSafe()
  expect(report.matrix.map(({ operation }) => operation)).toEqual(['a.write', 'b.write', 'c.write'])
})

test('a loop that is refused for ever comes to no end, and nobody is asked', async () => {
  const report = await rehearse({ world: cells, cutover: forward, faults: ['refused-for-ever'] })

  expect(report.violations[0]?.text).toBe(
    'refused-for-ever at 1 (a.write): it never ends: run 12 times, it was interrupted every time, at last by: Set a: a.write: denied. It ended interrupted. Replay: 1:refused-for-ever',
  )
  expect(report.violations).toHaveLength(3)
})

test('a loop that keeps its way back in memory has lost it after a crash', async () => {
  const report = await rehearse({
    world: cells,
    faults: ['crash'],
    async cutover(p, { clock }) {
      const applied = []
      for (const change of changes(p)) applied.unshift(await apply(change, { clock }))
      // The verdict is bad: everything back.
      for (const { revert } of applied) await revert()
    },
  })

  expect(report.violations.map(({ replay, what }) => [replay, what])).toEqual([
    ['2:crash', 'completed, but not as intended: a is "target", wanted "source"'],
    ['3:crash', 'completed, but not as intended: a is "target", wanted "source"; b is "target", wanted "source"'],
    ['4:crash', expect.stringContaining('c is "target", wanted "source"')],
    ['5:crash', expect.stringContaining('b is "target", wanted "source"')],
    ['6:crash', 'completed, but not as intended: a is "target", wanted "source"'],
  ])
})

test('a loop that is stopped and woken writes after its successor, and is found out', async () => {
  const report = await rehearse({
    world: cells,
    faults: ['zombie-early', 'zombie-in-lease', 'zombie-after'],
    async cutover({ a, b }, { clock }) {
      // Toggles: no compare-and-swap protects it from a second process.
      await a.write(a.value, a.value === 'source' ? 'target' : 'source')
      await clock?.sleep(60_000)
      await b.write(b.value, b.value === 'source' ? 'target' : 'source')
    },
  })

  expect(report.violations.map(({ replay }) => replay)).toContain('1:zombie-after')
})
