import { defineCheck } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'
import { bindHostName } from '@cutover/dns/app-service'
import { rehearse } from '@cutover/rehearsal'
import { type RunOptions, runCutover } from '@cutover/rollback'
import { describe, expect, test } from 'vitest'

import { certificate, setUp } from './setting.ts'

const bind = (healthy: boolean) => (parts: ReturnType<typeof setUp>, run: RunOptions) =>
  runCutover({ id: 'bind', ...run }, async (cutover) => {
    await cutover.run(bindHostName(parts.site, { record: parts.record, certificate }))
    await cutover.require(
      defineCheck({
        id: 'healthy',
        title: 'The app answers',
        run: async () => ({ status: healthy ? 'pass' : 'fail', text: String(healthy) }),
      }),
    )
  })

describe('bindHostName, rehearsed with every fault at every write', { timeout: 60_000 }, () => {
  for (const [healthy, end] of [
    [true, 'completed'],
    [false, 'rolled-back'],
  ] as const) {
    test(`has no violation when it is ${end}`, async () => {
      const report = await rehearse({ world: (world: FakeWorld) => setUp(world), cutover: bind(healthy) })

      expect(report.end).toBe(end)
      expect(report.violations.map(({ text }) => text)).toEqual([])
      expect(report.runs).toBeGreaterThan(50)
    })
  }
})
