// A name is planned, lowered and moved, with the plan held to before each step, under every fault at every write. What binds it
// before is rehearsed by itself.
import { defineCheck } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'
import { dnsRecord, lowerTtl, planHolds, planRepoint, repoint } from '@cutover/dns'
import { inMemoryZone } from '@cutover/dns/testing'
import { rehearse } from '@cutover/rehearsal'
import { runCutover, type RunOptions } from '@cutover/rollback'
import { describe, expect, test } from 'vitest'

import { api, asuid, to, well } from './setting.ts'

const parts = (world: FakeWorld) => ({
  record: dnsRecord(inMemoryZone(world, [api, asuid]), api.name, 'CNAME'),
  endpoint: well(world),
})

const move =
  (healthy: boolean) =>
  ({ record, endpoint }: ReturnType<typeof parts>, run: RunOptions) =>
    runCutover({ id: 'move', ...run }, async (cutover) => {
      const options = { to, rto: '5m', endpoint, validFor: '1d' } as const
      const plan = await cutover.value('plan', () => planRepoint(record, options, cutover))
      if (!plan.ok) throw new Error(JSON.stringify(plan.findings))
      await cutover.require(planHolds(record, plan), { within: '15m' })
      const { safeAt } = await cutover.apply(lowerTtl(record, { ttlSeconds: 30, until: 'authoritative' }))
      await cutover.waitUntil('the former TTL is forgotten', () => safeAt)
      await cutover.require(planHolds(record, plan), { as: 'the plan holds before the switch', within: '15m' })
      await cutover.apply(repoint(record, { to, notBefore: safeAt, rto: '5m' }))
      await cutover.require(
        defineCheck({
          id: 'healthy',
          title: 'The new side is well',
          run: async () => ({ status: healthy ? 'pass' : 'fail', text: String(healthy) }),
        }),
      )
    })

describe('a planned move', { timeout: 60_000 }, () => {
  for (const [healthy, end] of [
    [true, 'completed'],
    [false, 'rolled-back'],
  ] as const) {
    test(`has no violation when it is ${end}`, async () => {
      const report = await rehearse({ world: parts, cutover: move(healthy) })

      expect(report.end).toBe(end)
      expect(report.violations.map(({ text }) => text)).toEqual([])
      expect(report.runs).toBeGreaterThan(50)
    })
  }
})
