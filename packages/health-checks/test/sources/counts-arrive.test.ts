import { fakeWorld } from '@cutover/core/testing'
import { countsArrive, type CountsArriveOptions, waitFor } from '@cutover/health-checks'
import { lambdaErrors } from '@cutover/health-checks/cloudwatch'
import { inMemoryCloudWatch } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const minute = 60_000

function lambda(minutes: number, total = 60) {
  const world = fakeWorld()
  const service = inMemoryCloudWatch(world)
  const start = world.clock.now() - minutes * minute
  const bucket = (i: number) => ({ from: start + i * minute, to: start + (i + 1) * minute, total, bad: 0 })
  service.recordLambda(
    'orders',
    Array.from({ length: minutes }, (_, i) => bucket(i)),
  )
  const source = lambdaErrors({ client: service.client, functionName: 'orders', clock: world.clock })
  const ask = (options: Partial<CountsArriveOptions> = {}) =>
    countsArrive(source, { name: 'CloudWatch', ...options }).run(contextOf(world))
  return { world, source, ask }
}

test('counts that settle as they should are a pass, and it is said how far behind they are', async () => {
  const { ask } = lambda(30)

  expect(await ask()).toEqual({
    status: 'pass',
    text: 'CloudWatch is 3m behind',
    evidence: { dataAsOf: '2026-11-20T01:57:00Z', behindMs: 180_000, buckets: 30, settled: 27, requests: 1_620 },
  })
})

test('no data, old data and too little of it are undecided', async () => {
  const none = lambda(0)
  const young = lambda(2)
  const old = lambda(30)
  await old.world.advance(20 * minute)

  expect(await none.ask()).toMatchObject({
    status: 'undecided',
    text: expect.stringMatching(/no settled data .* 0 buckets/),
  })
  expect(await young.ask()).toMatchObject({ status: 'undecided', text: expect.stringMatching(/no settled data/) })
  expect(await old.ask()).toMatchObject({ status: 'undecided', text: 'CloudWatch is 20m behind' })
  expect(await lambda(30).ask({ requests: 10_000 })).toMatchObject({ status: 'undecided' })
})

test('it can be waited for until a fresh target has data', async () => {
  const { world, source } = lambda(2)

  const { evidence } = await waitFor(countsArrive(source, { name: 'CloudWatch' }), {
    clock: world.clock,
    within: '10m',
  })

  expect(evidence?.requests).toBe(60)
})

test('options that cannot be meant are refused', () => {
  const { source } = lambda(0)

  for (const make of [
    () => countsArrive({} as never, { name: 'a' }),
    () => countsArrive(source, { name: '' }),
    () => countsArrive(source, { name: 'a', requests: -1 }),
    () => countsArrive(source, { name: 'a', within: '1m' } as never),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  }
})
