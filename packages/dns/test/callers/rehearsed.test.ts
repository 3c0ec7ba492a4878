import { defineCheck } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'
import { repointEndpoint } from '@cutover/dns'
import { inMemoryAppConfiguration, inMemoryLambdaEnvironment, inMemoryParameterStore } from '@cutover/dns/testing'
import { rehearse } from '@cutover/rehearsal'
import { runCutover, type RunOptions } from '@cutover/rollback'
import { describe, expect, test } from 'vitest'

const from = 'https://d-1.execute-api.us-east-1.amazonaws.com/prod'
const to = 'https://orders.azurewebsites.net/prod'

const parts = (world: FakeWorld) => ({
  lambda: inMemoryLambdaEnvironment(world, { functionName: 'shop', variables: { ORDERS_URL: from, LEVEL: 'info' } }),
  store: inMemoryParameterStore(world, { '/shop/orders-url': { Value: from } }),
  configuration: inMemoryAppConfiguration(world, { 'orders:url': { value: from } }),
})

const move =
  (healthy: boolean) =>
  ({ lambda, store, configuration }: ReturnType<typeof parts>, run: RunOptions) =>
    runCutover({ id: 'callers', ...run }, async (cutover) => {
      await cutover.apply(repointEndpoint(lambda.variable('ORDERS_URL'), { to, from }))
      await cutover.apply(repointEndpoint(store.parameter('/shop/orders-url'), { to, from }))
      await cutover.apply(repointEndpoint(configuration.setting('orders:url'), { to, from }))
      await cutover.require(
        defineCheck({
          id: 'healthy',
          title: 'The new side is well',
          run: async () => ({ status: healthy ? 'pass' : 'fail', text: String(healthy) }),
        }),
      )
    })

describe('callers moved one after the other, rehearsed with every fault at every write', { timeout: 60_000 }, () => {
  for (const [healthy, end] of [
    [true, 'completed'],
    [false, 'rolled-back'],
  ] as const) {
    test(`have no violation when it is ${end}`, async () => {
      const report = await rehearse({ world: parts, cutover: move(healthy) })

      expect(report.end).toBe(end)
      expect(report.violations.map(({ text }) => text)).toEqual([])
      expect(report.runs).toBeGreaterThan(50)
    })
  }
})
