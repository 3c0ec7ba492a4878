import { type Check, defineCheck } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'
import { capSpend } from '@cutover/cost-watch'
import { inMemoryConcurrency, inMemoryFlexApp } from '@cutover/cost-watch/testing'
import { rehearse } from '@cutover/rehearsal'
import { runCutover, type RunOptions } from '@cutover/rollback'
import { describe, expect, test } from 'vitest'

const isCalm = (calm: boolean): Check =>
  defineCheck({
    id: 'calm',
    title: 'The costs are calm',
    run: async () => ({ status: calm ? 'pass' : 'fail', text: String(calm) }),
  })

/** Both sides are capped, one after the other; and then they are calm, or the caps are taken back. */
const parts = (calm: boolean) => (world: FakeWorld) => ({
  lambda: inMemoryConcurrency(world, { functionName: 'orders-source' }),
  app: inMemoryFlexApp(world, { name: 'orders-target' }),
  calm,
})
const cutover = ({ lambda, app, calm }: ReturnType<ReturnType<typeof parts>>, run: RunOptions) =>
  runCutover({ id: 'caps', ...run }, async (steps) => {
    await steps.apply(capSpend(lambda.cap, { limit: 20 }))
    await steps.apply(capSpend(app.cap, { limit: 40 }))
    await steps.require(isCalm(calm))
  })

describe('rehearsed with every fault at every write', { timeout: 60_000 }, () => {
  test.each([
    ['caps that hold', true, 'completed'],
    ['caps that are taken back', false, 'rolled-back'],
  ] as const)('%s leave nothing half done', async (_, calm, end) => {
    const report = await rehearse({ world: parts(calm), cutover })

    expect(report.end).toBe(end)
    expect(report.violations.map(({ text }) => text)).toEqual([])
    expect(report.runs).toBeGreaterThan(20)
  })
})
