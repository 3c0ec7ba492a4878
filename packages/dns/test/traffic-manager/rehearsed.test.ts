// A whole ramp at Traffic Manager, through our adapter over the service's own state machine, with every fault at every write.
import { defineCheck } from '@cutover/core'
import { dnsRecord, lowerTtl, shift } from '@cutover/dns'
import { inMemoryTrafficManager } from '@cutover/dns/testing'
import { clients, type FakeWorld, rehearse } from '@cutover/rehearsal'
import { runCutover, type RunOptions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { aws, name, off } from './example.ts'

function setUp(world: FakeWorld) {
  const manager = inMemoryTrafficManager(world, { name: 'orders', endpoints: [aws, off], ttlSeconds: 300 })
  return { manager, record: dnsRecord(manager.zone(), name, 'CNAME') }
}
type Parts = ReturnType<typeof setUp>

/** Without `lowerTtl` below it, nothing but the ramp itself can bring the weights back, also that of the endpoint that was disabled. */
const ramp = (falls: boolean, lowers: boolean) => (parts: Parts, run: RunOptions) =>
  runCutover({ id: 'ramp', ...run }, async (cutover) => {
    if (lowers) await cutover.apply(lowerTtl(parts.record, { ttlSeconds: 20 }))
    const first = await cutover.apply(shift(parts.record, { to: 'azure', percent: 5 }))
    await cutover.apply(shift(parts.record, { to: 'azure', percent: 100, origin: first.origin }))
    await cutover.require(
      defineCheck({
        id: 'healthy',
        title: 'The target is well',
        run: async () => ({ status: falls ? 'fail' : 'pass', text: falls ? 'sick' : 'well' }),
      }),
    )
  })

for (const [falls, lowers] of [
  [false, true],
  [true, true],
  [true, false],
] as const) {
  const how = lowers ? 'below a lowered TTL' : 'alone'
  test(
    `a ramp ${how} that ${falls ? 'goes back' : 'completes'} is broken by no fault`,
    { timeout: 60_000 },
    async () => {
      const report = await rehearse({
        world: setUp,
        cutover: ramp(falls, lowers),
        // At no moment is there NXDOMAIN, and nobody is sent to an endpoint that is known to be ill.
        load: ({ manager }: Parts, world: FakeWorld) =>
          clients(world, {
            name,
            everyMs: 20_000,
            resolve() {
              const { endpoints } = manager.machine.served()
              return endpoints[Math.floor(world.random() * endpoints.length)]?.target
            },
            reach: (target) => target,
          }),
      })

      expect(report.end).toBe(falls ? 'rolled-back' : 'completed')
      expect(report.violations.map(({ text }) => text)).toEqual([])
      expect(report.runs).toBeGreaterThan(100)
    },
  )
}
