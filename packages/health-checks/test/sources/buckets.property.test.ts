import { fakeWorld } from '@cutover/core/testing'
import { type CountBucket, dataAsOf } from '@cutover/health-checks'
import { functionErrors } from '@cutover/health-checks/azure-monitor'
import { lambdaErrors } from '@cutover/health-checks/cloudwatch'
import { prometheusCounts } from '@cutover/health-checks/prometheus'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const minute = 60_000
const now = Date.UTC(2026, 10, 20, 2)
const clock = { now: () => now, monotonic: () => 0, sleep: () => Promise.resolve() }
const resourceId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/orders'

/** What a service may answer for a minute, however odd. */
const value = fc.oneof(
  { weight: 5, arbitrary: fc.nat(50) },
  fc.constantFrom(undefined, null, Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5),
) as fc.Arbitrary<number | undefined>
const answers = fc.array(fc.record({ total: value, bad: value }), { maxLength: 40 })
const window = fc
  .tuple(fc.integer({ min: -3 * minute, max: 45 * minute }), fc.integer({ min: 0, max: 45 * minute }))
  .map(([from, length]) => ({ from: now - 40 * minute + from, to: now - 40 * minute + from + length }))

const at = (i: number): number => now - 40 * minute + i * minute

/** What every gate may count on. */
function holds(buckets: readonly CountBucket[], asked: { from: number; to: number }, settleMs: number): void {
  buckets.forEach((bucket, i) => {
    const { from, to, total, bad, complete } = bucket
    expect([from % minute, to - from]).toEqual([0, minute])
    expect(from).toBeGreaterThanOrEqual(asked.from)
    expect(to).toBeLessThanOrEqual(asked.to)
    expect(from).toBeGreaterThanOrEqual(buckets[i - 1]?.to ?? from)
    expect(Number.isInteger(total) && Number.isInteger(bad) && bad >= 0 && bad <= total).toBe(true)
    expect(!complete || to + settleMs <= now).toBe(true)
  })
  const newest = dataAsOf(buckets)
  expect(newest === undefined || buckets.some(({ to, complete }) => complete && to === newest)).toBe(true)
}

test('whatever CloudWatch answers, buckets are whole, in order, possible, and complete only when they have settled', async () => {
  await fc.assert(
    fc.asyncProperty(answers, window, async (data, asked) => {
      const points = (name: 'total' | 'bad') =>
        data.flatMap((one, i) => (one[name] === undefined ? [] : [[at(i), one[name]] as const]))
      const result = (Id: string, name: 'total' | 'bad') => ({
        Id,
        Timestamps: points(name).map(([start]) => new Date(start)),
        Values: points(name).map(([, one]) => one),
        StatusCode: 'Complete',
      })
      const client = {
        getMetricData: () => Promise.resolve({ MetricDataResults: [result('m0', 'total'), result('m1', 'bad')] }),
      }
      const source = lambdaErrors({ client, functionName: 'orders', clock })

      const buckets = await source.counts(asked)

      holds(buckets, asked, source.settleMs)
      for (const { from } of buckets) expect(data[(from - at(0)) / minute]?.total).toBeTypeOf('number')
    }),
  )
})

test('whatever Azure answers, likewise, and no zero behind which there is nothing is complete', async () => {
  await fc.assert(
    fc.asyncProperty(answers, window, async (data, asked) => {
      const points = (name: 'total' | 'bad') => data.map((one, i) => ({ timeStamp: new Date(at(i)), total: one[name] }))
      const client = {
        queryResource: () =>
          Promise.resolve({
            metrics: [
              { name: 'Requests', errorCode: 'Success', timeseries: [{ data: points('total') }] },
              { name: 'Http5xx', errorCode: 'Success', timeseries: [{ data: points('bad') }] },
            ],
          }),
      }
      const source = functionErrors({ client, resourceId, clock })

      const buckets = await source.counts(asked)

      holds(buckets, asked, source.settleMs)
      const late = data.findLastIndex(({ total }) => (total ?? 0) > 0)
      expect(buckets.filter(({ from, complete }) => complete && from > at(late))).toEqual([])
    }),
  )
})

test('counters are read whatever stands in their labels', async () => {
  const labels = fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), fc.string({ maxLength: 20 }), {
    maxKeys: 4,
  })
  const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  await fc.assert(
    fc.asyncProperty(labels, fc.nat(1_000_000), async (given, count) => {
      const world = fakeWorld()
      const text = Object.entries(given).map(([name, one]) => `${name}="${escaped(one)}"`)
      let seen = 0
      await using counts = prometheusCounts({
        scrape: () => Promise.resolve(`requests_total{${text.join(',')}} ${seen}\n`),
        total: { name: 'requests_total', labels: given },
        bad: { name: 'errors_total' },
        clock: world.clock,
      })
      const start = world.clock.now()
      await world.advance(1.5 * minute)
      seen = count
      await world.advance(minute)

      expect(counts.problem).toBeUndefined()
      expect(await counts.counts({ from: start, to: start + 3 * minute })).toMatchObject([{ total: count, bad: 0 }])
    }),
    { numRuns: 50 },
  )
})
