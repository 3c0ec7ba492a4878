import { fakeWorld } from '@cutover/core/testing'
import { capacity, type CapacityOptions, type HostingPlan, type WorkloadPeaks } from '@cutover/health-checks'
import { lambdaPeaks } from '@cutover/health-checks/cloudwatch'
import { inMemoryCloudWatch } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const minute = 60_000
const peaks: WorkloadPeaks = {
  concurrency: 200,
  perMinute: 6_000,
  averageMs: 800,
  durationMs: 20_000,
  payloadBytes: 4_000,
  days: 14,
  daysWithData: 14,
}
const flex: HostingPlan = { plan: 'flex', instances: 40, perInstance: 16 }
const side = (found: WorkloadPeaks) => ({ name: 'lambda:orders', peaks: () => Promise.resolve(found) })

const ask = (change: Partial<WorkloadPeaks> = {}, options: Partial<CapacityOptions> = {}) =>
  capacity(side({ ...peaks, ...change }), { plan: flex, ...options }).run(contextOf())

test('each row says what is needed, what is there, how much room that is and how to raise it', async () => {
  const { status, evidence } = await ask()

  expect(status).toBe('pass')
  expect(evidence?.rows.map(({ what, need, have, headroom, unit }) => [what, need, have, headroom, unit])).toEqual([
    ['concurrency', 300, 640, 2.13, 'executions'],
    ['rate', 150, 800, 5.33, 'executions per second'],
    ['duration', 20_000, 230_000, 11.5, 'ms'],
    ['payload', 4_000, 220_200_960, 55_050.24, 'bytes'],
  ])
  expect(evidence?.rows[0]?.raise).toContain('--maximum-instance-count')
})

test.each([
  ['concurrency', { concurrency: 500 }, {}],
  ['rate', { perMinute: 60_000 }, {}],
  ['duration', { durationMs: 240_000 }, {}],
  ['payload', { payloadBytes: 60_000 }, { plan: { ...flex, carrier: 'storage-queue' } }],
  ['duration', { durationMs: 400_000 }, { plan: { plan: 'consumption', perInstance: 100, carrier: 'storage-queue' } }],
] as const)('%s that does not fit is a fail, and says what to do', async (what, change, options) => {
  const { status, text, evidence } = await ask(change, options)

  expect(status).toBe('fail')
  expect(text).toContain(`${what}: `)
  expect(evidence?.rows.find((row) => row.what === what)?.headroom).toBeLessThan(1)
})

test('what came over a queue may take longer than an answer over HTTP', async () => {
  expect(await ask({ durationMs: 240_000 }, { plan: { ...flex, carrier: 'service-bus-standard' } })).toMatchObject({
    status: 'pass',
  })
})

test('a peak that nobody knows is undecided, as are too few days', async () => {
  expect(await ask({ payloadBytes: undefined })).toMatchObject({
    status: 'undecided',
    text: 'not known of lambda:orders: payload',
  })
  expect(await ask({ payloadBytes: undefined }, { payloadBytes: 1_000 })).toMatchObject({ status: 'pass' })
  expect(await ask({ daysWithData: 3 })).toMatchObject({ status: 'undecided', text: expect.stringMatching(/3 days/) })
  expect(await ask({ averageMs: undefined })).toMatchObject({ status: 'undecided' })
})

test('quotas count what the target takes, and one that is full in any case', async () => {
  const quotas = {
    name: 'westeurope',
    quotas: () =>
      Promise.resolve({
        FlexCores: { used: 200, limit: 250, unit: 'Cores' },
        Other: { used: 10, limit: 10, unit: 'Count' },
      }),
  }
  const rest = { ...quotas, quotas: () => Promise.resolve({ FlexCores: { used: 200, limit: 250, unit: 'Cores' } }) }

  expect(await ask({}, { quotas: rest, takes: { FlexCores: 40 } })).toMatchObject({ status: 'pass' })
  expect(await ask({}, { quotas: rest, takes: { FlexCores: 80 } })).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(/quota FlexCores: 80 Cores are needed, 50 are there/),
  })
  expect(await ask({}, { quotas, takes: { FlexCores: 40 } })).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(/quota Other/),
  })
  expect(await ask({}, { quotas: rest, takes: { Unknown: 1 } })).toMatchObject({ status: 'undecided' })
})

test('peaks of a Lambda function are those of its minutes, and of its queue', async () => {
  const world = fakeWorld()
  const service = inMemoryCloudWatch(world, { pageSize: 1_000 })
  const now = world.clock.now()
  const of = (metric: string) => ({ namespace: 'AWS/Lambda', metric, dimensions: { FunctionName: 'orders' } })
  for (let day = 1; day <= 5; day++) {
    const at = now - day * 86_400_000
    service.record(of('Invocations'), { at, value: 1, times: day * 100 })
    service.record(of('Duration'), { at, value: day * 10, times: day * 100 })
    service.record(of('ConcurrentExecutions'), { at, value: 7 - day })
    service.record(of('ConcurrentExecutions'), { at: at + 1_000, value: 1 })
    const queue = { namespace: 'AWS/SQS', metric: 'SentMessageSize', dimensions: { QueueName: 'orders' } }
    service.record(queue, { at, value: 1_000 * day })
  }
  service.record(of('Duration'), { at: now - 3_600_000, value: 9_000 })
  await world.advance(10 * minute)

  const source = lambdaPeaks({
    client: service.client,
    functionName: 'orders',
    queueName: 'orders',
    clock: world.clock,
  })

  expect(await source.peaks()).toEqual({
    concurrency: 6,
    perMinute: 500,
    averageMs: 50,
    durationMs: 9_000,
    payloadBytes: 5_000,
    days: 14,
    daysWithData: 5,
  })
})

test('a function that nobody called has no peaks, and is undecided', async () => {
  const world = fakeWorld()
  const { client } = inMemoryCloudWatch(world)

  const check = capacity(lambdaPeaks({ client, functionName: 'orders', clock: world.clock }), { plan: flex })

  expect(await check.run(contextOf(world))).toMatchObject({
    status: 'undecided',
    evidence: { peaks: { daysWithData: 0 } },
  })
})

test('options that cannot be meant are refused', () => {
  for (const options of [
    { plan: { ...flex, plan: 'free' as never } },
    { plan: { ...flex, instances: 1_001 } },
    { plan: { plan: 'premium', perInstance: 1 } },
    { plan: { plan: 'consumption', perInstance: 1, functionTimeout: '11m' } },
    { plan: { ...flex, carrier: 'fax' as never } },
    { plan: flex, margin: 0.5 },
    { plan: flex, takes: { Cores: 1 } },
    { plan: flex, days: 7 } as never,
  ] satisfies CapacityOptions[]) {
    expect(() => capacity(side(peaks), options)).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  }
})
