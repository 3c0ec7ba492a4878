import { type Check, defineCheck } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'
import { rehearse } from '@cutover/rehearsal'
import { type Cutover, runCutover, type RunOptions } from '@cutover/rollback'
import { activate, cordon, drained, type Listeners, oneListener } from '@cutover/triggers'
import { inMemoryFunctionApp, inMemoryLambda, inMemoryQueue } from '@cutover/triggers/testing'
import { describe, expect, test } from 'vitest'

type Side = Listeners<'queue' | 'audit'>

/** Two queues that both clouds can reach, and a consumer of each at either side. */
const parts = (world: FakeWorld, { healthy }: { healthy: boolean }) => {
  const queues = { queue: inMemoryQueue(world, { name: 'orders' }), audit: inMemoryQueue(world, { name: 'audit' }) }
  const lambda = inMemoryLambda(world, {
    functionName: 'orders',
    triggers: { queue: { sqs: 'orders' }, audit: { sqs: 'audit' } },
    queues,
  })
  const triggers = { queue: 'consumeOrders', audit: 'writeAudit' }
  return { lambda, app: inMemoryFunctionApp(world, { name: 'orders', triggers, queues }), queues, healthy }
}

/** Producers that never stop. */
const load = ({ queues }: ReturnType<typeof parts>, world: FakeWorld) => {
  let orders = 0
  return world.repeat(9_000, () => {
    orders += 1
    queues.queue.send(`order-${orders}`)
    queues.audit.send(`audit-${orders}`)
  })
}

const isHealthy = (healthy: boolean): Check =>
  defineCheck({
    id: 'healthy',
    title: 'The target is healthy',
    run: async () => ({ status: healthy ? 'pass' : 'fail', text: String(healthy) }),
  })

/** Both queues at once, or one after the other. */
const move =
  ({ lambda, app, healthy }: { lambda: Side; app: Side; healthy: boolean }, together: boolean) =>
  async (cutover: Cutover): Promise<void> => {
    if (together) {
      await cutover.all({
        queue: (steps) => steps.apply(cordon(lambda, 'queue')),
        audit: (steps) => steps.apply(cordon(lambda, 'audit')),
      })
    } else {
      await cutover.apply(cordon(lambda, 'queue'))
      await cutover.apply(cordon(lambda, 'audit'))
    }
    await cutover.require(drained(lambda), { within: '20m' })
    if (together) {
      await cutover.all({
        consume: (steps) => steps.apply(activate(app, 'queue')),
        write: (steps) => steps.apply(activate(app, 'audit')),
      })
    } else {
      await cutover.apply(activate(app, 'queue'))
      await cutover.apply(activate(app, 'audit'))
    }
    await cutover.require(oneListener(lambda, app), { within: '10m' })
    await cutover.require(isHealthy(healthy))
  }

const cutover = (together: boolean) => (built: ReturnType<typeof parts>, run: RunOptions) =>
  runCutover({ id: 'orders', ...run }, move(built, together))

describe('rehearsed with every fault at every write', { timeout: 60_000 }, () => {
  for (const [how, together] of [
    ['step by step', false],
    ['both queues at once', true],
  ] as const) {
    test(`a move to a healthy target is safe, ${how}`, async () => {
      const world = (made: FakeWorld) => parts(made, { healthy: true })

      const report = await rehearse({ world, cutover: cutover(together), load })

      expect(report.end).toBe('completed')
      expect(report.violations.map(({ text }) => text)).toEqual([])
      expect(report.runs).toBeGreaterThan(50)
    })
  }

  test('a move to a sick target is safe, and goes back', async () => {
    const world = (made: FakeWorld) => parts(made, { healthy: false })

    const report = await rehearse({ world, cutover: cutover(false), load })

    expect(report.end).toBe('rolled-back')
    expect(report.violations.map(({ text }) => text)).toEqual([])
  })

  test('a move that does not wait for the source is found out', async () => {
    const hasty = async ({ lambda, app }: ReturnType<typeof parts>, run: RunOptions) =>
      runCutover({ id: 'orders', ...run }, async (steps) => {
        await steps.apply(activate(app, 'queue'))
        await steps.apply(cordon(lambda, 'queue'))
      })

    const report = await rehearse({
      world: (world) => parts(world, { healthy: true }),
      cutover: hasty,
      load,
      faults: ['slow'],
    })

    expect(report.violations[0]?.what).toBe('lambda:orders and functions:orders listened to queue at once')
  })
})
