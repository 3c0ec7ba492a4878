import { rehearse } from '@cutover/rehearsal'
import { runCutover } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { fan, inMemoryCell, load, move, parts } from './scenario.ts'

const run = { timeout: 60_000 }

test.each([
  { healthy: true, end: 'completed' },
  { healthy: false, end: 'rolled-back' },
])('every fault at every write is safe (healthy: $healthy)', run, async ({ healthy, end }) => {
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
  'pairs of faults are safe (healthy: $healthy)',
  run,
  async ({ healthy }) => {
    const report = await rehearse({
      world: (world) => parts(world, { healthy }),
      load,
      cutover: (p, options) => runCutover({ id: 'orders', ...options }, move(p)),
      depth: 2,
      pairs: 1_500,
    })

    report.assertSafe()
  },
)

test('branches are safe under every pair of faults', run, async () => {
  const report = await rehearse({
    world: (world) => ['a', 'b', 'c'].map((name) => inMemoryCell(world, name, 'source')),
    cutover: (cells, options) => runCutover({ id: 'fan', ...options }, fan(cells, false)),
    faults: ['refused', 'reply-lost', 'late', 'crash', 'crash-late'],
    depth: 2,
    pairs: 'all',
  })

  report.assertSafe()
})
