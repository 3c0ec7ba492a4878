import { fakeWorld } from '@cutover/core/testing'
import { type AppShape, estimate, priceTable } from '@cutover/cost-watch'
import { armMonitorMetrics, functionsUsage } from '@cutover/cost-watch/azure'
import { inMemoryFunctionMetrics } from '@cutover/cost-watch/testing'
import { expect, test } from 'vitest'

import { app, day, hourMs } from '../usage.ts'

const flex: AppShape = { resourceId: app, region: 'eastus', plan: 'flex' }
const at = (hour: number, value: number) => ({ at: day + hour * hourMs + 60_000, value })
const metrics = {
  OnDemandFunctionExecutionCount: [at(0, 100), at(1, 50), at(2, 10)],
  // MB-milliseconds: 100 s and 50 s of 2,048 MB.
  OnDemandFunctionExecutionUnits: [at(0, 204_800_000), at(1, 102_400_000), at(2, 2_048_000)],
  AlwaysReadyFunctionExecutionCount: [],
  AlwaysReadyFunctionExecutionUnits: [],
  AlwaysReadyUnits: [],
}
const setUp = (
  afterMs: number,
  given: Readonly<Record<string, readonly { at: number; value: number }[]>> = metrics,
  shape = flex,
) => {
  const world = fakeWorld({ startAt: day + afterMs })
  const client = inMemoryFunctionMetrics(world, { resourceId: app, metrics: given, since: day })
  return { world, client, source: functionsUsage({ client, apps: [shape], clock: world.clock }) }
}

test('execution units become GB-seconds, by ÷ 1,024,000', async () => {
  const { source } = setUp(4 * hourMs)

  const { rows, missing } = await source.usage({ from: day, to: day + hourMs })

  expect(missing).toEqual([])
  expect(rows).toMatchObject([
    { meter: 'flex/executions', quantity: '100', account: 's1', region: 'eastus' },
    { meter: 'flex/gb-seconds', quantity: '200' },
    { meter: 'flex/always-ready/executions', quantity: '0' },
    { meter: 'flex/always-ready/gb-seconds', quantity: '0' },
    { meter: 'flex/always-ready/baseline-gb-seconds', quantity: '0' },
  ])
  expect(estimate(rows, { prices: priceTable() }).mid.amount).toBe('0.00524')
})

test('the newest minutes are zeros that are not: the hour is not complete, and in no sum', async () => {
  const { source, world } = setUp(2 * hourMs + 2 * 60_000)
  const window = { from: day, to: day + 3 * hourMs }
  const newest = async () => {
    const { rows } = await source.usage(window)
    return rows.filter(({ meter, from }) => meter === 'flex/executions' && from === day + 2 * hourMs)
  }

  expect(await newest()).toMatchObject([{ quantity: '0', complete: false }])
  await world.advance(2 * hourMs)
  expect(await newest()).toMatchObject([{ quantity: '10', complete: true }])
})

test('an hour without a value is missing, not idle', async () => {
  const { source } = setUp(4 * hourMs)
  const { rows, missing } = await source.usage({ from: day - 2 * hourMs, to: day + hourMs })
  expect(rows.every(({ from }) => from === day)).toBe(true)
  expect(missing).toHaveLength(5)
  expect(missing[0]).toMatchObject({
    from: day - 2 * hourMs,
    to: day,
    why: expect.stringMatching(/no value of OnDemand/),
  })
})

test('a metric that the service does not answer is missing, and its row is not there', async () => {
  const { AlwaysReadyUnits: _, ...others } = metrics
  const { source } = setUp(4 * hourMs, others)
  const { rows, missing } = await source.usage({ from: day, to: day + 2 * hourMs })
  expect(rows.some(({ meter }) => meter.includes('baseline'))).toBe(false)
  expect(missing).toMatchObject([{ meter: 'AlwaysReadyUnits', why: 'Azure Monitor did not answer AlwaysReadyUnits' }])
})

test('a Premium plan is billed by its instances, whatever they do', async () => {
  const shape: AppShape = { ...flex, plan: 'premium', instance: { vcpus: 1, gib: 3.5 } }
  const { source } = setUp(4 * hourMs, { InstanceCount: [at(0, 2)] }, shape)
  const { rows } = await source.usage({ from: day, to: day + hourMs })
  expect(rows).toMatchObject([
    { meter: 'premium/vcpu-hours', quantity: '2' },
    { meter: 'premium/gib-hours', quantity: '7' },
  ])
})

test('the successor of the deprecated client answers the same', async () => {
  const { client, world } = setUp(4 * hourMs)
  const successor = armMonitorMetrics({
    metrics: {
      async list(resourceUri, { timespan = '', metricnames = '', interval, aggregation } = {}) {
        const [startTime, endTime] = timespan.split('/').map((text) => new Date(text))
        expect([interval, aggregation]).toEqual(['PT1H', 'Total'])
        const answer = await client.queryResource(resourceUri, metricnames.split(','), {
          timespan: { startTime: startTime ?? new Date(0), endTime: endTime ?? new Date(0) },
          aggregations: ['Total'],
        })
        return { value: answer.metrics.map(({ name, ...others }) => ({ name: { value: name }, ...others })) }
      },
    },
  })
  const window = { from: day, to: day + 3 * hourMs }
  const read = (given: typeof successor) =>
    functionsUsage({ client: given, apps: [flex], clock: world.clock }).usage(window)

  expect(await read(successor)).toEqual(await read(client))
})

test('an app that there is not is an error, not an empty answer', async () => {
  const { client } = setUp(4 * hourMs)
  const source = functionsUsage({ client, apps: [{ ...flex, resourceId: `${app}2` }] })
  await expect(source.usage({ from: day, to: day + hourMs })).rejects.toMatchObject({ code: 'COST_NOT_FOUND' })
})

test.each([
  [{ resourceId: 'orders' }, /wanted \/subscriptions/],
  [{ plan: 'dedicated' as 'flex' }, /wanted 'flex', 'consumption' or 'premium'/],
  [{ plan: 'premium' as const }, /needs its instance/],
])('an app that cannot be meant is refused: %j', (other, message) => {
  expect(() => functionsUsage({ client: setUp(0).client, apps: [{ ...flex, ...other }] })).toThrow(message)
})
